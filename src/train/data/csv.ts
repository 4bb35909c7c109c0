import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { readProblem } from '../../node/system-errors.ts';
import { readFully, withFile } from './bytes-of-file.ts';
import { csvRows } from './csv-rows.ts';
import { csvText } from './csv-text.ts';
import { type ImageList, splitOfFiles } from './image-list.ts';
import { quotedNames } from './quoted-names.ts';
import { DataError, type Split, type SplitName } from './types.ts';

/** How the split column may name a split, in lower case. */
const splitWords: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};
/** How many paths are checked when the list is opened. A file that is missing later is counted as unreadable. */
const probed = 20;
/** A longer first row cannot name the columns. */
const mostHeaderBytes = 100_000;

/**
 * Opens a list of pictures: a CSV file whose first line names the columns `path`, `label` and optionally `split`
 * (`train`, `validation` or `test`). Paths are relative to the list's folder.
 * @param known the classes of the network to be measured: there may be fewer, but no others. @throws DataError if the list cannot be understood, or none of its first files exists.
 */
export function openCsv(
  path: string,
  known: readonly string[] | undefined,
): { classes: readonly string[]; splits: Partial<Record<SplitName, Split>>; warnings: readonly string[] } {
  const rows = [...readList(path)];
  if (rows.length === 0) throw new DataError(`'${path}' lists no images.`);
  const root = dirname(path);
  const inSystem = pathsOfSystem(path, root, rows);
  const lists = new Map<SplitName, { files: string[]; labels: string[] }>();
  for (const { file: written, label, split } of rows) {
    const file = inSystem(written);
    const list = lists.get(split) ?? { files: [], labels: [] };
    lists.set(split, list);
    list.files.push(file);
    list.labels.push(label);
  }
  const train = lists.get('train');
  const lacking = known ? 'which the network does not have' : 'a class without a training image';
  const classes = known ?? sortClasses(new Set(train?.labels ?? [...lists.values()].flatMap(({ labels }) => labels)));
  const numbers = new Map(classes.map((name, i) => [name, i]));
  const splits: Partial<Record<SplitName, Split>> = {};
  for (const [name, { files, labels }] of lists) {
    const list: ImageList = { root, files, labels: new Int32Array(labels.length) };
    labels.forEach((label, i) => {
      const number = numbers.get(label);
      if (number === undefined) {
        throw new DataError(`'${path}' labels '${files[i]}' as '${label}', ${lacking}.`);
      }
      list.labels[i] = number;
    });
    splits[name] = splitOfFiles(list);
  }
  return { classes, splits, warnings: listedTwice(rows) };
}

/** Whether a file is a list: a CSV file whose first row names the columns, whether or not the rest is valid. */
export function isImageCsv(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    const start = withFile(path, (file) => {
      const bytes = new Uint8Array(mostHeaderBytes);
      return csvText(bytes.subarray(0, readFully(file, bytes, 0)), path, 'start');
    });
    const header = csvRows(start, path).next().value;
    return header !== undefined && ['path', 'label'].every((c) => header.cells.some((l) => l.toLowerCase() === c));
  } catch (e) {
    if (e instanceof DataError || (e as NodeJS.ErrnoException).code !== undefined) return false;
    throw e;
  }
}

interface Listed {
  readonly file: string;
  readonly label: string;
  readonly split: SplitName;
}

/**
 * Converts a path of a list to this system: as it is written, or, if none of the first exists otherwise, with `/` for the `\` of lists made on Windows.
 * @throws DataError if neither leads to a file.
 */
function pathsOfSystem(path: string, root: string, rows: readonly Listed[]): (file: string) => string {
  const first = rows.slice(0, probed).map(({ file }) => file);
  const slashed = (file: string) => file.replaceAll('\\', '/');
  const found = [(file: string) => file, slashed].find((spell) =>
    first.map(spell).some((file) => existsSync(isAbsolute(file) ? file : join(root, file))),
  );
  if (found) return found;
  const what = first.length === 1 ? 'the file' : `none of the first ${first.length} files`;
  const verb = first.length === 1 ? 'is not there' : 'is there';
  throw new DataError(
    `${what} that '${path}' lists ${verb}: '${first[0]}'. Paths are relative to the folder '${root}'.`,
  );
}

/** Pictures that a list has several times: with two labels, or both in training and in evaluation, they distort results. */
function listedTwice(rows: readonly Listed[]): string[] {
  const before = new Map<string, Listed>();
  const again: string[] = [];
  const labels: string[] = [];
  const splits: string[] = [];
  for (const row of rows) {
    const same = before.get(row.file);
    if (!same) before.set(row.file, row);
    else if (same.label !== row.label) labels.push(row.file);
    else if (same.split !== row.split) splits.push(row.file);
    else again.push(row.file);
  }
  const warning = (files: readonly string[], how: string) =>
    files.length === 0
      ? []
      : [
          `the list has ${files.length} ${nounFor(files.length, 'picture')} ${how}: ${quotedNames([...new Set(files)])}`,
        ];
  return [
    ...warning(labels, 'more than once with different labels'),
    ...warning(splits, 'more than once in different splits'),
    ...warning(again, 'again'),
  ];
}

function* readList(path: string): Generator<Listed> {
  const rows = csvRows(readText(path), path);
  const header = rows.next().value?.cells.map((cell) => cell.toLowerCase()) ?? [];
  const [file, label, split] = ['path', 'label', 'split'].map((column) => header.indexOf(column)) as [
    number,
    number,
    number,
  ];
  if (file < 0 || label < 0) {
    const found = header.length === 0 ? 'it is empty' : `it has ${header.map((c) => `'${c}'`).join(', ')}`;
    throw new DataError(
      `the first line of '${path}' has to name the columns 'path' and 'label' (and may name 'split'); ${found}.`,
    );
  }
  const twice = ['path', 'label', 'split'].find((column) => header.indexOf(column) !== header.lastIndexOf(column));
  if (twice) throw new DataError(`the first line of '${path}' names the column '${twice}' twice.`);
  for (const { line, cells } of rows) {
    if (cells.length !== header.length) {
      throw new DataError(
        `line ${line} of '${path}' has ${cells.length} ${nounFor(cells.length, 'cell')}; the first line has ${header.length}.`,
      );
    }
    const word = split < 0 ? 'train' : (cells[split] as string);
    const to = Object.hasOwn(splitWords, word.toLowerCase()) ? splitWords[word.toLowerCase()] : undefined;
    if (!to)
      throw new DataError(`line ${line} of '${path}' has the split '${word}'; it may be train, validation or test.`);
    for (const column of [file, label]) {
      if (cells[column] === '') throw new DataError(`line ${line} of '${path}' has no ${header[column]}.`);
    }
    yield { file: cells[file] as string, label: cells[label] as string, split: to };
  }
}

function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (e) {
    throw new DataError(`'${path}' cannot be read: ${readProblem(e)}.`);
  }
  return csvText(bytes, path, 'whole');
}

/** By number where all are whole numbers, else by the characters' codes. */
function sortClasses(names: ReadonlySet<string>): string[] {
  const all = [...names];
  if (all.every((name) => /^\d{1,15}$/.test(name)))
    return all.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  return all.sort((a, b) => (a < b ? -1 : 1));
}
