import { join, resolve } from 'node:path';
import { statOf } from '../node/file-stat.ts';
import { hasPictureEnding, listFolder, startsAsPicture } from '../train/data/list-folder.ts';
import { DataError } from '../train/data/types.ts';

/** The depth to which folders of pictures are searched: links may lead in circles. */
const mostDepth = 32;

/**
 * The pictures that paths refer to: a file, or all pictures in a folder and its subfolders, sorted by name. @returns paths as they are shown, beginning like the given ones.
 * @throws DataError for a path that leads nowhere, and if there is no picture.
 */
export function findPictures(paths: readonly string[], cwd: string): string[] {
  const found = paths.flatMap((path) => {
    const stat = statOf(resolve(cwd, path));
    if (!stat && /^https?:\/\//i.test(path)) {
      throw new DataError(`'${path}' is an address: pictures are read from files, so download it first`);
    }
    if (!stat) throw new DataError(`there is no file or folder '${path}'`);
    return stat.isDirectory() ? picturesIn(path, cwd, mostDepth) : [path];
  });
  if (found.length === 0) {
    throw new DataError(
      `there is no picture in ${paths.map((path) => `'${path}'`).join(', ')} (JPEG, PNG, WebP, TIFF, GIF, AVIF, SVG)`,
    );
  }
  return [...new Set(found)];
}

function picturesIn(folder: string, cwd: string, depth: number): string[] {
  if (depth === 0) throw new DataError(`the folders in '${folder}' are deeper than ${mostDepth}, or lead in a circle`);
  return listFolder(resolve(cwd, folder)).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.folder) return picturesIn(path, cwd, depth - 1);
    return hasPictureEnding(entry.name) || startsAsPicture(resolve(cwd, path)) ? [path] : [];
  });
}
