import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { statOf } from './file-stat.ts';

/**
 * Makes a folder, and missing ones above it. Node's own call for this (`mkdir` with `recursive`) never returns if a file system claims that a folder does not exist although its parent does, as /proc does.
 * @throws what the system reports, or a plain Error if a folder takes no others
 */
export function makeFolders(path: string): void {
  if (isFolder(path)) return;
  try {
    mkdirSync(path);
  } catch (e) {
    // another process may have made it in between
    if (isFolder(path)) return;
    const above = dirname(path);
    if ((e as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw e;
    if (isFolder(above)) throw new Error(`no folder can be created in '${above}'`);
    makeFolders(above);
    makeFolders(path);
  }
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}
