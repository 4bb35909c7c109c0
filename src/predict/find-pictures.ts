import { realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { orUndefined } from '../node/or-undefined.ts';
import { readProblem } from '../node/system-errors.ts';
import { hasPictureEnding, hasUnreadEnding, listFolder, startsAsPicture } from '../train/data/list-folder.ts';
import { DataError } from '../train/data/types.ts';

/** The depth to which folders of pictures are searched. */
const mostDepth = 32;

/**
 * The pictures that paths refer to: a file, or all pictures in a folder and its subfolders, sorted by name; those of formats that are not
 * read too, so that they are not left out in silence. @returns paths as they are shown, beginning like the given ones.
 * @throws DataError for a path that leads nowhere, and if there is no picture.
 */
export function findPictures(paths: readonly string[], cwd: string): string[] {
  const found = paths.flatMap((path) => (isFolder(path, cwd) ? picturesIn(path, cwd, []) : [path]));
  if (found.length === 0) {
    throw new DataError(
      `there is no picture in ${paths.map((path) => `'${path}'`).join(', ')} (JPEG, PNG, WebP, TIFF, GIF, AVIF, SVG)`,
    );
  }
  return [...new Set(found)];
}

function isFolder(path: string, cwd: string): boolean {
  try {
    return statSync(resolve(cwd, path)).isDirectory();
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw new DataError(`'${path}' cannot be read: ${readProblem(e)}`);
    if (/^https?:\/\//i.test(path))
      throw new DataError(`'${path}' is an address: pictures are read from files, so download it first`);
    throw new DataError(`there is no file or folder '${path}'`);
  }
}

/** @param within the folders that it is in, as they are on the disk: a link to one of them leads in a circle */
function picturesIn(folder: string, cwd: string, within: readonly string[]): string[] {
  const real = orUndefined(() => realpathSync(resolve(cwd, folder))) ?? '';
  if (within.includes(real)) return [];
  if (within.length === mostDepth) throw new DataError(`'${folder}' is deeper than ${mostDepth} folders`);
  return listFolder(resolve(cwd, folder)).flatMap((entry) => {
    const { name } = entry;
    const path = join(folder, name);
    if (entry.folder) return picturesIn(path, cwd, [...within, real]);
    return hasPictureEnding(name) || hasUnreadEnding(name) || startsAsPicture(resolve(cwd, path)) ? [path] : [];
  });
}
