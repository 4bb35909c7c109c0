import { type Dirent, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { statOf } from '../../node/file-stat.ts';
import { orUndefined } from '../../node/or-undefined.ts';
import { readProblem } from '../../node/system-errors.ts';
import { readFully, withFile } from './bytes-of-file.ts';
import { formatOf, headBytes } from './picture-format.ts';
import { DataError } from './types.ts';

/** What systems, archivers and camera software leave behind, in addition to everything whose name starts with a dot. */
const leftovers = new Set([
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'icon\r',
  '__macosx',
  '__pycache__',
  '@eadir',
  'lost+found',
  '$recycle.bin',
  'system volume information',
]);

/** Endings of what sharp's prebuilt libraries decode; the contents of other files are checked. */
const extensions = ['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif', '.svg'];

/** Endings of pictures of formats that are not decoded. */
const unreadExtensions = ['.heic', '.heif', '.bmp', '.dib', '.jxl', '.jp2', '.j2k', '.psd'];

/** The contents of a folder, following links, sorted by character codes. A broken link counts as a file. */
export function listFolder(folder: string): { name: string; folder: boolean }[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (e) {
    throw new DataError(`the folder '${folder}' cannot be read: ${readProblem(e)}.`);
  }
  return entries
    .filter(({ name }) => !name.startsWith('.') && !leftovers.has(name.toLowerCase()))
    .flatMap((entry) => {
      const what = entry.isSymbolicLink() ? statOf(join(folder, entry.name)) : entry;
      // a broken link counts as a file, which is found unreadable and counted when it is read
      if (!what) return [{ name: entry.name, folder: false }];
      // pipes and devices are skipped
      return what.isDirectory() || what.isFile() ? [{ name: entry.name, folder: what.isDirectory() }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a file counts as a picture by its ending: then its contents are not checked before it is read. */
export function hasPictureEnding(name: string): boolean {
  return extensions.includes(extname(name).toLowerCase());
}

/** Whether a file is, by its ending, a picture of a format that is not decoded. */
export function hasUnreadEnding(name: string): boolean {
  return unreadExtensions.includes(extname(name).toLowerCase());
}

/** Whether a file starts like a decodable picture, whatever its ending. */
export function startsAsPicture(path: string): boolean {
  // a pipe would never open
  if (!statOf(path)?.isFile()) return false;
  const head = new Uint8Array(headBytes);
  const bytes = orUndefined(() => withFile(path, (file) => head.subarray(0, readFully(file, head, 0))));
  return bytes !== undefined && formatOf(bytes)?.readable === true;
}

/** How many files have each ending, the most frequent first: "20 .bmp, 10 .heic". */
export function endingsText(endings: ReadonlyMap<string, number>): string {
  const sorted = [...endings].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const shown = sorted.slice(0, 5).map(([ending, count]) => `${count} ${ending === '' ? 'without an ending' : ending}`);
  const rest = sorted.slice(5).reduce((sum, [, count]) => sum + count, 0);
  return [...shown, ...(rest > 0 ? [`${rest} others`] : [])].join(', ');
}
