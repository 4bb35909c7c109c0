import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { reasonOf } from '../reason-of.ts';
import { splitOfFiles } from './image-list.ts';
import { DataError, type Split, type SplitName } from './types.ts';

/** What sharp's prebuilt libraries decode. */
const extensions = ['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif'];
/** Links can lead in circles; nothing real is nested this deep. */
const maxDepth = 8;

const splitFolders: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['val', 'valid', 'validation'],
  test: ['test', 'testing'],
};

/** Whether a folder holds splits, by the name of a folder in it. */
export function hasTrainFolder(folder: string): boolean {
  return listFolder(folder).some((entry) => entry.folder && splitFolders.train.includes(entry.name.toLowerCase()));
}

/**
 * Opens `train/` and, where they are there, `val/` and `test/`, each with a folder a class.
 * @throws DataError where there are no pictures, or a class has no folder in `train/`.
 */
export function openSplitFolders(folder: string): { classes: string[]; splits: Partial<Record<SplitName, Split>> } {
  const entries = listFolder(folder).filter((entry) => entry.folder);
  const found = new Map<SplitName, string>();
  for (const [split, names] of Object.entries(splitFolders) as [SplitName, readonly string[]][]) {
    const matches = entries.filter((entry) => names.includes(entry.name.toLowerCase())).map((entry) => entry.name);
    if (matches.length > 1) {
      throw new DataError(`'${folder}' has several folders for ${split}: ${quoted(matches)}. Keep one of them.`);
    }
    if (matches[0] !== undefined) found.set(split, matches[0]);
  }
  const classes = classFolders(join(folder, found.get('train') as string));
  const splits: Partial<Record<SplitName, Split>> = {};
  for (const [split, name] of found) {
    const unknown = classFolders(join(folder, name)).filter((c) => !classes.includes(c));
    if (unknown.length > 0) {
      throw new DataError(
        `'${join(folder, name)}' has classes that '${found.get('train')}' lacks: ${quoted(unknown)}.`,
      );
    }
    splits[split] = openClasses(folder, name, classes);
  }
  return { classes, splits };
}

/**
 * Opens a folder of one folder a class.
 * @throws DataError where there are no pictures.
 */
export function openClassFolders(folder: string): { classes: string[]; splits: { train: Split } } {
  const classes = classFolders(folder);
  return { classes, splits: { train: openClasses(folder, '', classes) } };
}

/** The folders below a folder that are no hidden ones, by the characters' codes as torchvision's ImageFolder sorts them. */
function classFolders(folder: string): string[] {
  return listFolder(folder)
    .filter((entry) => entry.folder)
    .map((entry) => entry.name);
}

function openClasses(root: string, below: string, classes: readonly string[]): Split {
  const files: string[] = [];
  const labels: number[] = [];
  const others = new Map<string, number>();
  classes.forEach((name, label) => {
    const within = join(below, name);
    if (!statOf(join(root, within))) return;
    collect(root, within, files, others, 0);
    while (labels.length < files.length) labels.push(label);
  });
  if (files.length === 0) throw new DataError(noPictures(join(root, below), classes, others));
  return splitOfFiles({ root, files, labels: Int32Array.from(labels) });
}

function collect(root: string, within: string, files: string[], others: Map<string, number>, depth: number): void {
  for (const entry of listFolder(join(root, within))) {
    const path = join(within, entry.name);
    const extension = extname(entry.name).toLowerCase();
    if (entry.folder) {
      if (depth < maxDepth) collect(root, path, files, others, depth + 1);
    } else if (extensions.includes(extension)) files.push(path);
    else others.set(extension, (others.get(extension) ?? 0) + 1);
  }
}

function noPictures(folder: string, classes: readonly string[], others: ReadonlyMap<string, number>): string {
  const wanted = `looked for pictures (${extensions.join(' ')}) in one folder a class below '${folder}'`;
  if (classes.length === 0) return `${wanted}, but it has no folders.`;
  const most = [...others].sort((a, b) => b[1] - a[1])[0];
  const found = most ? `only other files, most with the ending '${most[0]}'` : 'none';
  return `${wanted}, and found ${found}; its folders are ${quoted(classes)}.`;
}

function quoted(names: readonly string[]): string {
  const shown = names
    .slice(0, 5)
    .map((name) => `'${name}'`)
    .join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** What is not hidden, links followed, sorted by the characters' codes. What a link does not lead to is no folder. */
function listFolder(folder: string): { name: string; folder: boolean }[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (e) {
    throw new DataError(`the folder '${folder}' cannot be read: ${reasonOf(e)}.`);
  }
  return entries
    .filter((entry) => !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const what = entry.isSymbolicLink() ? statOf(join(folder, entry.name)) : entry;
      // a link to nothing stands for a file that cannot be read, which is found out and counted when it is read
      if (!what) return [{ name: entry.name, folder: false }];
      // pipes and devices are passed over
      return what.isDirectory() || what.isFile() ? [{ name: entry.name, folder: what.isDirectory() }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Nothing where there is nothing, or a link leads to itself. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
