import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ByteSink } from '../weights/write-safetensors.ts';
import { removeAbandoned, temporaryPath } from './temporary-names.ts';

/** Small writes are gathered into pieces of this size. */
const pieceBytes = 1 << 18;

/** A file that is written in any order; not mixed with `ByteSink.write`. */
export interface RandomFile {
  /** In bytes. */
  size(): number;
  writeAt(bytes: Uint8Array, position: number): void;
  /** @returns how many bytes there were */
  readAt(bytes: Uint8Array, position: number): number;
}

/** A file under a temporary name (`temporaryPath`) in its folder. Every method throws what the system reports. */
export interface AtomicFile extends ByteSink, RandomFile {
  /** All bytes are written after this, and no more can be. */
  finish(): void;
  /** Gives the finished file its name. @param path another one than it was opened for, in the same folder */
  rename(path?: string): void;
  /** Removes it, unless it has its name. */
  discard(): void;
}

export interface AtomicOptions {
  /** Permissions, as of open(2); 0o666 by default. */
  readonly mode?: number;
  /** Whether bytes and name are on the disk when `rename` returns, so that a power cut cannot take them back. */
  readonly durable?: boolean;
  /** The path is a device or a pipe, which is written directly. */
  readonly inPlace?: boolean;
}

/**
 * Opens a file that is written completely or not at all: at any moment, and after any crash, `path` is either the old file or
 * the new one. Leftovers of dead processes in the folder are removed.
 */
export function openAtomically(path: string, options: AtomicOptions = {}): AtomicFile {
  const { mode = 0o666, durable = false, inPlace = false } = options;
  const temporary = temporaryPath(path);
  if (!inPlace) removeAbandoned(dirname(path));
  const file = openSync(inPlace ? path : temporary, inPlace ? 'w' : 'w+', mode);
  const piece = new Uint8Array(pieceBytes);
  let filled = 0;
  let state: 'open' | 'finished' | 'named' = 'open';
  const writeAll = (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
  };
  const flush = () => {
    const length = filled;
    filled = 0;
    writeAll(piece.subarray(0, length));
  };
  return {
    write(bytes) {
      if (filled + bytes.length > pieceBytes) flush();
      if (bytes.length > pieceBytes) return writeAll(bytes);
      piece.set(bytes, filled);
      filled += bytes.length;
    },
    size: () => fstatSync(file).size,
    writeAt(bytes, position) {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(file, bytes, done, bytes.length - done, position + done);
      }
    },
    readAt: (bytes, position) => readSync(file, bytes, 0, bytes.length, position),
    finish() {
      flush();
      if (durable) fsyncSync(file);
      state = 'finished';
      closeSync(file);
    },
    rename(to = path) {
      if (!inPlace) renameSync(temporary, to);
      state = 'named';
      if (durable) syncFolder(dirname(to));
    },
    discard() {
      try {
        if (state === 'open') closeSync(file);
      } catch {
        // The file goes anyway.
      }
      if (state !== 'named' && !inPlace) rmSync(temporary, { force: true });
      state = 'named';
    },
  };
}

/** Writes a whole file durably; if `write` throws, the old one stays. */
export function writeFileAtomically(path: string, write: (sink: ByteSink) => void): void {
  const file = openAtomically(path, { durable: true });
  try {
    write(file);
    file.finish();
    file.rename();
  } finally {
    file.discard();
  }
}

/** The same for a text. */
export function writeTextAtomically(path: string, text: string): void {
  writeFileAtomically(path, (sink) => sink.write(new TextEncoder().encode(text)));
}

/** Renames and removals in a folder last after this. Windows has no such call, and refuses to open folders. */
function syncFolder(folder: string): void {
  let file: number;
  try {
    file = openSync(folder, 'r');
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'EISDIR' || code === 'EPERM' || code === 'EACCES') return;
    throw e;
  }
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
