import { createHash, type Hash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OpenSink } from '../6-emit/target.ts';
import { usageError } from './io.ts';
import { attemptWrite } from './system-errors.ts';
import { removeAbandoned, temporaryPath } from './temporary-names.ts';
import { noteFinished, noteUnfinished } from './unfinished-files.ts';

/** Small writes are gathered into pieces of this size. */
const pieceBytes = 1 << 18;

/** So much of a file is read for the names of its data: one whose data lie apart is smaller. */
const mostReferringBytes = 64 << 20;

/** Files that are written whole or not at all: each under a temporary name in its folder until `commit`. */
export interface OutputFiles {
  readonly open: OpenSink;
  /** Gives the files their names, the main one last: whoever sees it sees all of it. */
  commit(): void;
  /** Removes what was written. */
  discard(): void;
}

interface Opened {
  /** Where it goes; of data beside the main file only known when they are all written. */
  path(): string;
  /** Where it is written until it is renamed; absent for devices and pipes, which are written as they are. */
  readonly temporary?: string;
  readonly file: number;
  readonly piece: Uint8Array;
  /** Of data: of all that went into the file. */
  readonly hash?: Hash;
  filled: number;
  closed: boolean;
}

/**
 * Prepares to write `path` and files beside it. These are called by what they hold (`net.onnx.1f0c35b2a9d4.data`): so there is no
 * moment in which the older main file finds the new data, or the new one older data. Data that only the older file knew go
 * with it.
 * @param shown how the user calls the file, for messages.
 */
export function createOutputFiles(path: string, shown: string): OutputFiles {
  const target = targetOf(path, shown);
  const opened: Opened[] = [];
  const writeAll = (out: Opened, bytes: Uint8Array) => {
    out.hash?.update(bytes);
    for (let done = 0; done < bytes.length; ) {
      done += attemptWrite(shown, () => writeSync(out.file, bytes, done, bytes.length - done));
    }
  };
  const flush = (out: Opened) => {
    const { filled } = out;
    if (filled === 0) return;
    out.filled = 0;
    writeAll(out, out.piece.subarray(0, filled));
  };
  const close = (out: Opened) => {
    if (out.closed) return;
    out.closed = true;
    attemptWrite(shown, () => closeSync(out.file));
  };
  return {
    open(suffix) {
      const out = suffix === '' ? openMain(target, shown) : openBeside(target, suffix, shown, flush);
      if (suffix === '') opened.push(out);
      else opened.unshift(out);
      const write = (bytes: Uint8Array) => {
        if (out.filled + bytes.length > pieceBytes) flush(out);
        if (bytes.length > pieceBytes) return writeAll(out, bytes);
        out.piece.set(bytes, out.filled);
        out.filled += bytes.length;
      };
      return {
        sink: { write },
        get name() {
          return basename(out.path());
        },
      };
    },
    commit() {
      const names = new Set(opened.map((out) => basename(out.path())));
      const older = opened.at(-1)?.temporary === undefined ? [] : dataOf(target).filter((name) => !names.has(name));
      for (const out of opened) {
        flush(out);
        close(out);
      }
      for (let out = opened[0]; out; out = opened[0]) {
        const { temporary } = out;
        const final = out.path();
        if (temporary !== undefined) {
          attemptWrite(shown, () => renameSync(temporary, final));
          noteFinished(temporary);
        }
        opened.shift();
      }
      for (const name of older) rmSync(join(dirname(target), name), { force: true });
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
  const stat = statOf(path);
  if (stat?.isDirectory()) throw usageError(`'${shown}' is a folder: give the file a name`);
  // A pipe's true path (`/dev/stdout`) is none that can be opened.
  if (stat && !stat.isFile()) return path;
  try {
    return realpathSync(path);
  } catch {
    // It does not exist yet.
    return path;
  }
}

function openMain(path: string, shown: string): Opened {
  const stat = statOf(path);
  if (stat && !stat.isFile()) {
    const file = attemptWrite(shown, () => openSync(path, 'w'));
    return { path: () => path, file, piece: new Uint8Array(pieceBytes), filled: 0, closed: false };
  }
  if (stat) attemptWrite(shown, () => accessSync(path, constants.W_OK));
  return { path: () => path, ...openTemporary(path, shown, stat ? stat.mode & 0o777 : 0o666) };
}

/** Opens a file beside the main one, called by what it holds. */
function openBeside(target: string, suffix: string, shown: string, flush: (out: Opened) => void): Opened {
  const stat = statOf(target);
  if (stat && !stat.isFile()) {
    throw usageError(`'${shown}' takes one file, but another of weights is to be written beside it`);
  }
  const hash = createHash('sha256');
  let path: string | undefined;
  const out: Opened = {
    path() {
      if (path === undefined) {
        flush(out);
        path = `${target}.${hash.digest('hex').slice(0, 12)}${suffix}`;
      }
      return path;
    },
    hash,
    ...openTemporary(target + suffix, shown, 0o666),
  };
  return out;
}

function openTemporary(path: string, shown: string, mode: number) {
  removeAbandoned(dirname(path));
  const temporary = temporaryPath(path);
  // Noted first: a signal may come as soon as the file is there.
  noteUnfinished(temporary);
  const file = attemptWrite(shown, () => openSync(temporary, 'w', mode));
  return { temporary, file, piece: new Uint8Array(pieceBytes), filled: 0, closed: false };
}

/** The files of data that a file refers to and that stand beside it under names made from its own. */
function dataOf(path: string): string[] {
  const stat = statOf(path);
  if (!stat?.isFile() || stat.size > mostReferringBytes) return [];
  const own = basename(path);
  const isData = (name: string) =>
    name.startsWith(`${own}.`) && /^\.([0-9a-f]{12}\.)?data$/.test(name.slice(own.length));
  try {
    const beside = readdirSync(dirname(path)).filter(isData);
    if (beside.length === 0) return [];
    const content = readFileSync(path);
    return beside.filter((name) => content.includes(name));
  } catch {
    return [];
  }
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
