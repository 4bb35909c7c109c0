import { realpathSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { splitOfFiles } from './image-list.ts';
import { endingsText, hasPictureEnding, listFolder, startsAsPicture } from './list-folder.ts';
import { looseName, quotedNames } from './quoted-names.ts';
import { DataError, type Dataset, type Split, type SplitName } from './types.ts';

const splitFolders: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['val', 'valid', 'validation'],
  test: ['test', 'testing'],
};

type Opened = Pick<Dataset, 'classes' | 'splits' | 'warnings'>;

/** A folder with one folder per class, and the pictures in them. */
interface ClassFolders {
  readonly path: string;
  /** Their files, within the set's folder, by the class's name. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Other files of each class, by ending. */
  readonly others: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Pictures whose ending is not a picture's, by ending. */
  readonly renamed: ReadonlyMap<string, number>;
  /** Pictures that lie next to the classes' folders. */
  readonly loose: number;
  /** Links that are not followed, within the set's folder. */
  readonly again: readonly string[];
}

/** Whether a folder holds splits: `train/`, or no other folders than `val/`, `test/`. */
export function hasSplitFolders(folder: string): boolean {
  const folders = foldersIn(folder);
  const splits = folders.filter((name) => splitOf(name));
  if (splits.length === 0) return false;
  if (splits.length === folders.length) return true;
  // next to other folders `train` is a class (of vehicles) if it contains pictures, not classes
  return splits.some((name) => splitOf(name) === 'train' && foldersIn(join(folder, name)).length > 0);
}

/** Whether folders of splits contain folders: otherwise a list next to them states the classes. */
export function splitsHoldFolders(folder: string): boolean {
  return foldersIn(folder).some((name) => splitOf(name) && foldersIn(join(folder, name)).length > 0);
}

/**
 * Opens `train/`, `val/` and `test/`, those that are there, each with one folder per class.
 * @param known the classes of the network to be measured: there may be fewer, but no others. @throws DataError if there are no pictures, a class has none in `train/`, or other splits have other classes.
 */
export function openSplitFolders(folder: string, known: readonly string[] | undefined): Opened {
  const found = new Map<SplitName, ClassFolders>();
  const others: string[] = [];
  for (const name of foldersIn(folder)) {
    const split = splitOf(name);
    if (!split) {
      others.push(name);
      continue;
    }
    const before = found.get(split);
    if (before) {
      const names = [before.path, join(folder, name)].map((path) => path.slice(join(folder, '/').length));
      throw new DataError(`'${folder}' has several folders for ${split}: ${quotedNames(names)}. Keep one of them.`);
    }
    found.set(split, readClassFolders(folder, name));
  }
  const train = found.get('train');
  if (train) requirePictures(train);
  const classes = known ?? (train ? [...train.files.keys()] : unionOf([...found.values()]));
  const splits: Partial<Record<SplitName, Split>> = {};
  const warnings = others.length > 0 ? [noSplits(folder, others)] : [];
  for (const [name, part] of found) {
    const unknown = [...part.files].filter(([c, files]) => files.length > 0 && !classes.includes(c)).map(([c]) => c);
    const empty = ![...part.files.values()].some((files) => files.length > 0);
    if (part.loose > 0) warnings.push(loosePictures(part));
    else if (empty) warnings.push(`'${part.path}' has no pictures: it is skipped`);
    if (empty) continue;
    if (unknown.length > 0) {
      // unlabelled pictures of a challenge, in a folder of any name
      const none = name === 'test' && !known && ![...part.files.keys()].some((c) => classes.includes(c));
      if (!none) throw new DataError(unknownClasses(part.path, unknown, classes, known ? undefined : train?.path));
      warnings.push(`'${part.path}' has none of the classes of '${train?.path}': it is skipped`);
      continue;
    }
    splits[name] = splitOfClasses(folder, part, classes);
  }
  if (Object.keys(splits).length === 0) throw new DataError(noPictures([...found.values()][0] as ClassFolders));
  return { classes, splits, warnings: [...warnings, ...skippedFiles([...found.values()])] };
}

/**
 * Opens a folder of one folder per class.
 * @throws DataError if there are no pictures, or a class has none.
 */
export function openClassFolders(folder: string, known: readonly string[] | undefined): Opened {
  const all = readClassFolders(folder, '');
  requirePictures(all);
  const classes = known ?? [...all.files.keys()];
  const unknown = [...all.files.keys()].filter((name) => !classes.includes(name));
  if (unknown.length > 0) throw new DataError(unknownClasses(folder, unknown, classes, undefined));
  const warnings = [...(all.loose > 0 ? [loosePictures(all)] : []), ...skippedFiles([all])];
  return { classes, splits: { train: splitOfClasses(folder, all, classes) }, warnings };
}

function splitOf(name: string): SplitName | undefined {
  const entries = Object.entries(splitFolders) as [SplitName, readonly string[]][];
  return entries.find(([, names]) => names.includes(name.toLowerCase()))?.[0];
}

function foldersIn(folder: string): string[] {
  return listFolder(folder).flatMap((entry) => (entry.folder ? [entry.name] : []));
}

/** Classes are in the order of their names' characters, as in torchvision's ImageFolder. */
function readClassFolders(root: string, within: string): ClassFolders {
  const files = new Map<string, string[]>();
  const others = new Map<string, Map<string, number>>();
  const renamed = new Map<string, number>();
  const again: string[] = [];
  const top = realpathSync(join(root, within));
  let loose = 0;
  for (const entry of listFolder(join(root, within))) {
    if (!entry.folder) {
      if (hasPictureEnding(entry.name) || startsAsPicture(join(root, within, entry.name))) loose++;
      continue;
    }
    // some systems spell é with one character, others with two
    const name = entry.name.normalize();
    const found = {
      files: files.get(name) ?? [],
      others: others.get(name) ?? new Map<string, number>(),
      renamed,
      again,
    };
    files.set(name, found.files);
    others.set(name, found.others);
    collect(root, join(within, entry.name), found, new Set([top]));
  }
  return { path: join(root, within), files, others, renamed, loose, again };
}

interface FolderFiles {
  readonly files: string[];
  readonly others: Map<string, number>;
  readonly renamed: Map<string, number>;
  readonly again: string[];
}

/** @param seen the real paths of the class's folders, and of their parent: links may lead in circles, or to other classes' files. */
function collect(root: string, within: string, found: FolderFiles, seen: Set<string>): void {
  const real = realpathSync(join(root, within));
  if ([...seen].some((path) => path === real || path.startsWith(join(real, sep)))) {
    found.again.push(within);
    return;
  }
  seen.add(real);
  for (const { name, folder } of listFolder(join(root, within))) {
    const path = join(within, name);
    if (folder) {
      collect(root, path, found, seen);
      continue;
    }
    const known = hasPictureEnding(name);
    const picture = known || startsAsPicture(join(root, path));
    if (picture) found.files.push(path);
    if (known) continue;
    const counts = picture ? found.renamed : found.others;
    const ending = extname(name).toLowerCase();
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
}

function splitOfClasses(root: string, { files }: ClassFolders, classes: readonly string[]): Split {
  const numbered = classes.flatMap((name, label) => (files.get(name) ?? []).map((file) => ({ file, label })));
  return splitOfFiles({
    root,
    files: numbered.map(({ file }) => file),
    labels: Int32Array.from(numbered, ({ label }) => label),
  });
}

function unionOf(parts: readonly ClassFolders[]): string[] {
  const names = parts.flatMap(({ files }) => [...files].filter(([, own]) => own.length > 0).map(([name]) => name));
  return [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
}

/** @throws DataError if there are no pictures, or a class has none: nothing could be learnt about it. */
function requirePictures(part: ClassFolders): void {
  const empty = [...part.files].filter(([, own]) => own.length === 0).map(([name]) => name);
  if (empty.length === part.files.size) throw new DataError(noPictures(part));
  if (empty.length === 0) return;
  const [first = ''] = empty;
  const endings = part.others.get(first) ?? new Map();
  const found = endings.size === 0 ? 'it holds no files' : `it holds ${endingsText(endings)}`;
  const where = `'${join(part.path, first)}'`;
  if (empty.length === 1) throw new DataError(`the class '${first}' has no picture in ${where}: ${found}.`);
  throw new DataError(`the classes ${quotedNames(empty)} have no pictures; ${where}, for example: ${found}.`);
}

function noPictures({ path, files, others, loose }: ClassFolders): string {
  const wanted = `looked for pictures (JPEG, PNG, WebP, GIF, TIFF, AVIF, SVG) in one folder for each class below '${path}'`;
  const loosely =
    loose > 0 ? `; ${loose} ${nounFor(loose, 'picture lies', 'pictures lie')} outside of the class folders` : '';
  const flat = loose > 0 ? ' Sort them into such folders, or name the path and the label of each in a CSV file' : '';
  if (files.size === 0) return `${wanted}, but it has no folders${loosely}.${flat && `${flat}.`}`;
  const endings = sumOf([...others.values()]);
  const found = endings.size === 0 ? 'none' : `only other files (${endingsText(endings)})`;
  return `${wanted}, and found ${found}; its folders are ${quotedNames([...files.keys()])}${loosely}.`;
}

function noSplits(folder: string, names: readonly string[]): string {
  const are = nounFor(names.length, 'is', 'are');
  return `${quotedNames(names)} in '${folder}' ${are} skipped: folders of splits are called train, val (or validation) and test`;
}

function loosePictures({ path, loose }: ClassFolders): string {
  const them = nounFor(loose, 'it is', 'they are');
  return `'${path}' has ${loose} ${nounFor(loose, 'picture', 'pictures')} outside of the class folders: without labels ${them} skipped`;
}

function skippedFiles(parts: readonly ClassFolders[]): string[] {
  const others = sumOf(parts.flatMap((part) => [...part.others.values()]));
  const renamed = sumOf(parts.map((part) => part.renamed));
  const total = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  const [passed, read] = [total(others), total(renamed)];
  const again = parts.flatMap((part) => part.again);
  const are = (count: number) => `${count} ${nounFor(count, 'file is', 'files are')}`;
  return [
    ...(passed > 0
      ? [
          `${are(passed)} skipped, ${nounFor(passed, 'which is not a picture', 'which are not pictures')} that can be read: ${endingsText(others)}`,
        ]
      : []),
    ...(read > 0
      ? [
          `${are(read)} read as ${nounFor(read, 'a picture', 'pictures')} by content, whatever the file name: ${endingsText(renamed)}`,
        ]
      : []),
    ...(again.length > 0
      ? [
          `${quotedNames(again)} ${nounFor(again.length, 'leads', 'lead')} to a folder that is already read: ${nounFor(again.length, 'it is', 'they are')} not followed`,
        ]
      : []),
  ];
}

function sumOf(maps: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const map of maps) for (const [key, count] of map) sum.set(key, (sum.get(key) ?? 0) + count);
  return sum;
}

function unknownClasses(
  path: string,
  unknown: readonly string[],
  classes: readonly string[],
  train: string | undefined,
): string {
  const other = classes.find((name) => looseName(name) === looseName(unknown[0] ?? ''));
  const near = other === undefined ? '' : `; there it is '${other}'`;
  const whose = train === undefined ? 'that the network does not have' : `that '${train}' does not have`;
  return `'${path}' has classes ${whose}: ${quotedNames(unknown)}${near}.`;
}
