import { dirname, resolve } from 'node:path';
import type { CheckpointSource } from '../weights/readers/format.ts';
import { modelFolderFiles } from './model-folder-files.ts';
import { openRandomAccess } from './regular-file.ts';

/** A file that a network is in. */
export interface OpenedModelFile {
  readonly source: CheckpointSource;
  close(): void;
}

/** Opens a file of a network by its path, as given by the user. @throws FileError, from reading it too */
export function openModelFile(path: string, cwd: string): OpenedModelFile {
  const absolute = resolve(cwd, path);
  const { file, close } = openRandomAccess(absolute, path);
  const near = modelFolderFiles(dirname(absolute), dirname(path), path);
  return {
    source: { name: path, file, openNear: near.open },
    close() {
      close();
      near.close();
    },
  };
}
