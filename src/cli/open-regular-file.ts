import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { RandomAccess } from '../weights/readers/format.ts';
import { failure } from './io.ts';
import { readProblem } from './system-errors.ts';

/** Opens a regular file for reading in places. @param shown how the user calls it, for messages. */
export function openRegularFile(absolute: string, shown: string): { file: RandomAccess; close(): void } {
  const refuse = (e: unknown) => failure(`'${shown}' cannot be read: ${readProblem(e)}`);
  let file: number;
  try {
    file = openSync(absolute, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (e) {
    throw refuse(e);
  }
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw failure(`'${shown}' cannot be read: ${stat.isDirectory() ? 'it is a folder' : 'it is not a regular file'}`);
  }
  let buffer = new Uint8Array(0);
  const read = (offset: number, length: number) => {
    if (buffer.length < length) buffer = new Uint8Array(length);
    let done = 0;
    try {
      while (done < length) {
        const n = readSync(file, buffer, done, length - done, offset + done);
        if (n === 0) break;
        done += n;
      }
    } catch (e) {
      throw refuse(e);
    }
    return buffer.subarray(0, done);
  };
  return { file: { size: stat.size, read }, close: () => closeSync(file) };
}
