import {
  accessSync,
  closeSync,
  constants,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OpenSink } from '../6-emit/target.ts';
import { failure, usageError } from './io.ts';
import { noteFinished, noteUnfinished } from './unfinished-files.ts';

/** Small writes are gathered into pieces of this size. */
const pieceBytes = 1 << 18;

/** Files that are written whole or not at all: each under a temporary name in its folder until `commit`. */
export interface OutputFiles {
  readonly open: OpenSink;
  /** Gives the files their names, the main one last: whoever sees it sees all of it. */
  commit(): void;
  /** Removes what was written. */
  discard(): void;
}

interface Opened {
  readonly path: string;
  /** Where it is written until it is renamed; absent for devices and pipes, which are written as they are. */
  readonly temporary?: string;
  readonly file: number;
  readonly piece: Uint8Array;
  filled: number;
  closed: boolean;
}

/**
 * Prepares to write `path` and files beside it (`path.data`).
 * @param shown how the user calls the file, for messages.
 */
export function createOutputFiles(path: string, shown: string): OutputFiles {
  const target = targetOf(path, shown);
  const opened: Opened[] = [];
  const flush = (out: Opened) => {
    writeAll(out.file, out.piece.subarray(0, out.filled), shown);
    out.filled = 0;
  };
  const close = (out: Opened) => {
    if (out.closed) return;
    out.closed = true;
    attemptWrite(shown, () => closeSync(out.file));
  };
  return {
    open(suffix) {
      const out = openTemporary(target + suffix, shown);
      if (suffix === '') opened.push(out);
      else opened.unshift(out);
      const write = (bytes: Uint8Array) => {
        if (out.filled + bytes.length > pieceBytes) flush(out);
        if (bytes.length > pieceBytes) return writeAll(out.file, bytes, shown);
        out.piece.set(bytes, out.filled);
        out.filled += bytes.length;
      };
      return { sink: { write }, name: basename(target + suffix) };
    },
    commit() {
      for (const out of opened) {
        flush(out);
        close(out);
      }
      for (let out = opened[0]; out; out = opened[0]) {
        const { path: final, temporary } = out;
        if (temporary !== undefined) {
          attemptWrite(shown, () => renameSync(temporary, final));
          noteFinished(temporary);
        }
        opened.shift();
      }
    },
    discard() {
      for (const out of opened.splice(0)) {
        const { temporary } = out;
        try {
          close(out);
        } catch {
          // The file goes anyway.
        }
        if (temporary === undefined) continue;
        rmSync(temporary, { force: true });
        noteFinished(temporary);
      }
    },
  };
}

/** Writes a text as a file, whole or not at all. */
export function writeTextFile(path: string, shown: string, text: string): void {
  const files = createOutputFiles(path, shown);
  try {
    files.open('').sink.write(new TextEncoder().encode(text));
    files.commit();
  } finally {
    files.discard();
  }
}

/** The file that a path means: a symbolic link is written through, not replaced. */
function targetOf(path: string, shown: string): string {
  let target = path;
  try {
    target = realpathSync(path);
  } catch {
    // It does not exist yet.
  }
  if (statOf(target)?.isDirectory()) throw usageError(`'${shown}' is a folder: give the file a name`);
  return target;
}

function openTemporary(path: string, shown: string): Opened {
  const stat = statOf(path);
  const piece = new Uint8Array(pieceBytes);
  if (stat?.isDirectory())
    throw usageError(`'${basename(path)}' is a folder, but a file of that name is to be written`);
  if (stat && !stat.isFile())
    return { path, file: attemptWrite(shown, () => openSync(path, 'w')), piece, filled: 0, closed: false };
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.${process.pid}.tmp`);
  // Noted first: a signal may come as soon as the file is there.
  noteUnfinished(temporary);
  if (stat) attemptWrite(shown, () => accessSync(path, constants.W_OK));
  const mode = stat ? stat.mode & 0o777 : 0o666;
  const file = attemptWrite(shown, () => openSync(temporary, 'w', mode));
  return { path, temporary, file, piece, filled: 0, closed: false };
}

function writeAll(file: number, bytes: Uint8Array, shown: string): void {
  for (let done = 0; done < bytes.length; ) {
    done += attemptWrite(shown, () => writeSync(file, bytes, done, bytes.length - done));
  }
}

/** Does what writes; where it cannot be done, says why in plain words. */
export function attemptWrite<T>(shown: string, action: () => T): T {
  try {
    return action();
  } catch (e) {
    throw failure(`cannot write '${shown}': ${writeProblem(e, shown)}`);
  }
}

/** Why a file cannot be written, in plain words. */
function writeProblem(e: unknown, shown: string): string {
  const { code, message } = e as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full';
  if (code === 'EACCES' || code === 'EPERM') return `there is no permission to write it`;
  if (code === 'EROFS') return 'the file system is read-only';
  if (code === 'ENOENT') return `there is no folder '${dirname(shown)}'`;
  if (code === 'ENOTDIR') return `'${dirname(shown)}' is no folder`;
  if (code === 'EPIPE') return 'the reader has gone';
  if (code === 'ENAMETOOLONG') return 'the name is too long';
  if (code === 'EFBIG') return 'the file system allows no file of that size';
  return message;
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
