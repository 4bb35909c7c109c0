import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Host } from '../host.ts';

/** No spec is so long; a bound that keeps a device or a wrong file from filling the memory. */
const maxBytes = 64 << 20;

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

/** The bytes of a file; undefined where there is none. Throws, in plain words, for what is there but cannot be read. */
export function readBounded(path: string): Uint8Array | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Error(readProblem(e));
  }
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new Error('it is a folder');
    if (!stat.isFile() && !stat.isFIFO()) throw new Error('it is no regular file');
    return readAll(file, stat.isFile() ? stat.size : 0);
  } catch (e) {
    throw new Error(readProblem(e));
  } finally {
    closeSync(file);
  }
}

/** Why a file cannot be read, in plain words. */
export function readProblem(e: unknown): string {
  const { code, message } = e as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'there is no permission to read it';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'ELOOP') return 'its symbolic links go in a circle';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'ENAMETOOLONG') return 'the name is too long';
  return message;
}

function readAll(file: number, size: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const chunk = new Uint8Array(Math.max(1 << 16, Math.min(size, maxBytes) - total + 1));
    const length = readSync(file, chunk, 0, chunk.length, null);
    if (length === 0) break;
    total += length;
    if (total > maxBytes) throw new Error(`it is larger than ${maxBytes >> 20} MiB`);
    chunks.push(chunk.subarray(0, length));
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

/** The path with symbolic links resolved, as far as it exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}
