import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openLayersFolder } from '../6-emit/tfjs/layers/open-folder.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { openSafetensors, type RandomAccess } from '../weights/safetensors.ts';
import { failure, type Io } from './io.ts';
import { readBounded } from './node-host.ts';
import { readProblem } from './system-errors.ts';

export interface OpenedCheckpoint {
  readonly checkpoint?: Checkpoint;
  readonly diagnostics: readonly Diagnostic[];
  close(): void;
}

/** Opens a safetensors file, or the folder of a layers model, by its path, as typed. Only its header is read yet. */
export function openCheckpoint(path: string, io: Io): OpenedCheckpoint {
  const absolute = resolve(io.cwd, path);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return openFolder(absolute, path);
  const { file, close } = openFile(absolute, path);
  return { ...openSafetensors(file, path), close };
}

function openFolder(absolute: string, path: string): OpenedCheckpoint {
  let text: Uint8Array | undefined;
  try {
    text = readBounded(join(absolute, 'model.json'));
  } catch (e) {
    throw failure(`'${join(path, 'model.json')}' cannot be read: ${(e as Error).message}`);
  }
  if (!text) throw failure(`'${path}' cannot be read: ${folderProblem(absolute, path)}`);
  const opened: { close(): void }[] = [];
  const close = () => {
    for (const { close: closeFile } of opened.splice(0)) closeFile();
  };
  try {
    const open = (name: string) => {
      const { file, close: closeFile } = openFile(join(absolute, name), join(path, name));
      opened.push({ close: closeFile });
      return file;
    };
    return { ...openLayersFolder(path, new TextDecoder().decode(text), open), close };
  } catch (e) {
    close();
    throw e;
  }
}

function folderProblem(absolute: string, path: string): string {
  const best = join(path, 'best.safetensors');
  return existsSync(join(absolute, 'best.safetensors'))
    ? `it is a folder, perhaps a run; its weights are '${best}'`
    : 'it is a folder without a model.json';
}

/** Opens a regular file for reading in places. @param shown how the user calls it, for messages. */
function openFile(absolute: string, shown: string): { file: RandomAccess; close(): void } {
  const refuse = (e: unknown) => failure(`'${shown}' cannot be read: ${readProblem(e)}`);
  let file: number;
  try {
    file = openSync(absolute, 'r');
  } catch (e) {
    throw refuse(e);
  }
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw failure(`'${shown}' cannot be read: ${stat.isDirectory() ? 'it is a folder' : 'it is no regular file'}`);
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
