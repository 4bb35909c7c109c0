import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Host } from '../host.ts';
import { orUndefined } from './or-undefined.ts';
import { maxBytes, Pieces } from './pieces.ts';
import { readProblem } from './system-errors.ts';

/** How long to wait for a pipe's first byte if it has no writer. */
const pipeMilliseconds = 1000;

/** A host over Node's file system whose imports stay in `root`. */
export function nodeHost(cwd: string, root: string): Host {
  return {
    root,
    readFile: (path) => readBounded(path),
    resolvePath: (from, path) => realPath(resolve(from === '' ? cwd : dirname(from), path)),
  };
}

/** Where the imports of a spec must stay: the current folder if the spec lies in it, else the spec's own. */
export function rootFor(cwd: string, specPath: string): string {
  const current = realPath(cwd);
  const path = realPath(specPath);
  return path.startsWith(current.endsWith(sep) ? current : current + sep) ? current : dirname(path);
}

/**
 * The bytes of a file; undefined if there is none. Throws, in plain words, for a file that exists but cannot be read. A
 * pipe is read (`<(command)`), but not waited for without a writer.
 */
export function readBounded(path: string): Uint8Array | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Error(readProblem(e));
  }
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new Error('it is a folder');
    if (!stat.isFile() && !stat.isFIFO()) throw new Error('it is not a regular file');
    return stat.isFIFO() ? readPipe(file) : readAll(file, stat.size);
  } catch (e) {
    throw new Error(readProblem(e));
  } finally {
    closeSync(file);
  }
}

/** Everything from a pipe. If it has no writer yet, waits for a moment. */
function readPipe(file: number): Uint8Array {
  const pieces = new Pieces();
  const end = Date.now() + pipeMilliseconds;
  for (;;) {
    const piece = new Uint8Array(1 << 16);
    let length: number;
    try {
      length = readSync(file, piece, 0, piece.length, null);
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'EAGAIN') throw e;
      pause();
      continue;
    }
    if (length > 0) pieces.add(piece.subarray(0, length));
    else if (pieces.size > 0) return pieces.join();
    else if (Date.now() > end) throw new Error('it is a pipe that nothing writes to');
    else pause();
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
}

function readAll(file: number, size: number): Uint8Array {
  const pieces = new Pieces();
  for (;;) {
    const piece = new Uint8Array(Math.max(1 << 16, Math.min(size, maxBytes) - pieces.size + 1));
    const length = readSync(file, piece, 0, piece.length, null);
    if (length === 0) return pieces.join();
    pieces.add(piece.subarray(0, length));
  }
}

/** The path with symbolic links resolved, as far as it exists. */
function realPath(path: string): string {
  const parent = dirname(path);
  const asItIs = () => (parent === path ? path : join(realPath(parent), basename(path)));
  return orUndefined(() => realpathSync(path)) ?? asItIs();
}
