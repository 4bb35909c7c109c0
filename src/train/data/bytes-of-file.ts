import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { readProblem } from '../../node/system-errors.ts';
import { DataError } from './types.ts';

/** Runs `use` with a file that is open for reading, and closes it whatever happens. */
export function withFile<T>(path: string, use: (file: number, bytes: number) => T): T {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (e) {
    throw new DataError(`'${path}' cannot be read: ${readProblem(e)}`);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new DataError(`'${path}' cannot be read: it is not a regular file`);
    return use(file, stat.size);
  } finally {
    closeSync(file);
  }
}

/** Fills `into` from an offset of the file; returns how many bytes there were. */
export function readFully(file: number, into: Uint8Array, offset: number): number {
  let done = 0;
  while (done < into.length) {
    const n = readSync(file, into, done, into.length - done, offset + done);
    if (n === 0) break;
    done += n;
  }
  return done;
}

/** The lines of a file of names, without blanks around them and empty ones; undefined if there is no such file. */
export function namesInFile(path: string): string[] | undefined {
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}
