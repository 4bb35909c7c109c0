import { statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { openSafetensors } from '../weights/safetensors.ts';
import type { Io } from './io.ts';
import { type OpenedCheckpoint, openModelFolder, openModelJson } from './open-layers-model.ts';
import { openRegularFile } from './open-regular-file.ts';

export type { OpenedCheckpoint };

/**
 * Opens a safetensors file, or a layers model by its folder or its model.json, by its path, as typed. Only its header is
 * read yet.
 */
export function openCheckpoint(path: string, io: Io): OpenedCheckpoint {
  const absolute = resolve(io.cwd, path);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return openModelFolder(absolute, path);
  if (extname(path).toLowerCase() === '.json') return openModelJson(absolute, path);
  const { file, close } = openRegularFile(absolute, path);
  return { ...openSafetensors(file, path), close };
}
