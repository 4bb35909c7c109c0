import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { openSafetensors } from '../weights/safetensors.ts';
import { failure, type Io } from './io.ts';
import { readProblem } from './node-host.ts';

export interface OpenedCheckpoint {
  readonly checkpoint?: Checkpoint;
  readonly diagnostics: readonly Diagnostic[];
  close(): void;
}

/** Opens a safetensors file by its path, as typed. Only its header is read yet. */
export function openCheckpoint(path: string, io: Io): OpenedCheckpoint {
  const refuse = (e: unknown) => failure(`'${path}' cannot be read: ${readProblem(e)}`);
  let file: number;
  try {
    file = openSync(resolve(io.cwd, path), 'r');
  } catch (e) {
    throw refuse(e);
  }
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw failure(`'${path}' cannot be read: ${stat.isDirectory() ? 'it is a folder' : 'it is no regular file'}`);
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
  return { ...openSafetensors({ size: stat.size, read }, path), close: () => closeSync(file) };
}
