import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { OpenedTensors } from '../weights/readers/format.ts';
import { checkpointFormats, openCheckpointFile } from '../weights/readers/readers.ts';
import { folderProblem, modelFolderFiles } from './model-folder-files.ts';
import { openRandomAccess } from './regular-file.ts';
import { FileError } from './system-errors.ts';

export interface OpenedCheckpoint extends OpenedTensors {
  close(): void;
}

/**
 * Opens a checkpoint by its path, as given by the user: a file of any format that is read, or a folder that one stands for.
 * Only what describes the tensors is read yet.
 * @param cwd the folder that a relative path starts from.
 * @param key see `CheckpointSource`.
 * @throws FileError, from reading its tensors too.
 */
export function openCheckpoint(path: string, cwd: string, key?: string): OpenedCheckpoint {
  const absolute = resolve(cwd, path);
  const isFolder = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const format = isFolder ? checkpointFormats.find(({ folderFile }) => holds(absolute, folderFile)) : undefined;
  if (isFolder && !format) throw new FileError(`'${path}' cannot be read: ${folderProblem(absolute, path)}`);
  const inFolder = format?.folderFile ?? '';
  const main = openRandomAccess(join(absolute, inFolder), join(path, inFolder));
  const near = isFolder
    ? modelFolderFiles(absolute, path, path)
    : modelFolderFiles(dirname(absolute), dirname(path), path);
  const close = () => {
    main.close();
    near.close();
  };
  try {
    const source = { name: path, file: main.file, openNear: near.open, ...(key !== undefined && { key }) };
    return { ...openCheckpointFile(source, format), close };
  } catch (e) {
    close();
    throw e;
  }
}

function holds(folder: string, file: string | undefined): boolean {
  return file !== undefined && existsSync(join(folder, file));
}
