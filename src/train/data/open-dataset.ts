import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { option, type Words, words } from '../../diagnostics/words.ts';
import { readProblem } from '../../node/system-errors.ts';
import type { Look } from '../augment/recipe.ts';
import { openCifar } from './cifar.ts';
import { isImageCsv, openCsv } from './csv.ts';
import { decodeWhole } from './decode.ts';
import { hasSplitFolders, openClassFolders, openSplitFolders, splitsHoldFolders } from './folders.ts';
import { holdOut } from './hold-out.ts';
import { findIdx, idxClasses, openIdxSplit } from './idx.ts';
import { lookAt } from './look.ts';
import { requireReadable } from './require-readable.ts';
import { DataError, type Dataset, type DatasetOptions, type Split, type SplitName } from './types.ts';
import { createScratch } from './unpack.ts';

/** The folders in the usual archives that contain their files. */
const innerFolders = [
  'data',
  'raw',
  'cifar-10-batches-bin',
  'cifar-100-binary',
  'cifar-10-batches-py',
  'cifar-100-python',
];
const shareByDefault = 0.1;

type Opened = Pick<Dataset, 'kind' | 'classes' | 'channels' | 'splits'> & {
  /** The size of packed images, and what was skipped. */
  readonly look?: Look;
  readonly warnings?: readonly Words[];
  readonly close?: () => void;
};

/**
 * Opens a set of labelled images and reports what it holds. Recognised, in this order: the IDX files of MNIST and similar sets, the
 * binary files of CIFAR-10 and CIFAR-100, `train/` with one folder per class (and `val/`, `test/`; any of them alone), a CSV file with
 * the columns `path`, `label` and perhaps `split`, and folders of one class each. Labels are read; of pictures only the first bytes of a few.
 * @param path a folder, or a CSV file.
 * @throws DataError that states what was looked for and what was found.
 */
export async function openDataset(path: string, options: DatasetOptions = {}): Promise<Dataset> {
  const { seed = 0, validation } = options;
  if (validation !== undefined && !(validation >= 0 && validation < 1)) {
    throw new DataError(`the share for validation has to be at least 0 and below 1; it is ${validation}.`);
  }
  const opened = isFolder(path) ? await openFolder(path, options) : openList(path, options);
  const look = opened.look ?? (await lookAtPictures(opened, path));
  const splits = withValidation(opened.splits, validation, seed);
  return {
    kind: opened.kind,
    classes: opened.classes,
    channels: opened.channels,
    warnings: [...(opened.warnings ?? []), ...shareWithoutEffect(opened.splits, validation)],
    path,
    look,
    splits,
    async read(name, index) {
      const split = splits[name];
      if (!split || !(index >= 0 && index < split.count))
        throw new DataError(`'${path}' has no image ${index} in ${name}.`);
      try {
        return await decodeWhole(split.locate(index), opened.channels);
      } catch (e) {
        throw new DataError(`'${split.nameOf(index)}' cannot be read: ${(e as Error).message}`);
      }
    },
    close: () => opened.close?.(),
  };
}

/** Checks whether files are pictures, and of what kind. @throws DataError if none is, or none of a class to train on. */
async function lookAtPictures({ splits, classes }: Opened, path: string): Promise<Look> {
  for (const [name, split] of Object.entries(splits)) {
    await requireReadable(split, path, name === 'train' ? classes : undefined);
  }
  const split = splits.train ?? splits.validation ?? splits.test;
  if (!split) throw new DataError(`'${path}' has no images.`);
  return lookAt(split);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (e) {
    throw new DataError(`the data '${path}' cannot be read: ${readProblem(e)}.`);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (e) {
    throw new DataError(`the folder '${folder}' cannot be read: ${readProblem(e)}.`);
  }
}

async function openFolder(folder: string, options: DatasetOptions): Promise<Opened> {
  const { channels = 3, classes: known } = options;
  const entries = namesIn(folder);
  for (const inner of ['', ...innerFolders.filter((name) => entries.includes(name))]) {
    const at = join(folder, inner);
    const names = inner === '' ? entries : isFolder(at) ? namesIn(at) : [];
    const idx = findIdx(at, names);
    if (idx) return openIdx(at, idx, known);
    const cifar = openCifar(at, names);
    if (cifar) return { ...cifar, channels: 3, look: { largestSide: 32, gray: false } };
  }
  const lists = entries.filter((name) => listName.test(name)).filter((name) => isImageCsv(join(folder, name)));
  if (hasSplitFolders(folder) && (lists.length === 0 || splitsHoldFolders(folder))) {
    return { kind: 'folders', channels, ...openSplitFolders(folder, known) };
  }
  if (lists.length > 1) {
    throw new DataError(
      `'${folder}' has several lists of images (${lists.sort().join(', ')}). Give the path of one of them.`,
    );
  }
  if (lists[0] !== undefined) return openList(join(folder, lists[0]), options);
  return { kind: 'folders', channels, ...openClassFolders(folder, known) };
}

const listName = /\.(csv|tsv)$/i;

function openList(path: string, { channels = 3, classes: known }: DatasetOptions): Opened {
  if (!listName.test(path)) {
    throw new DataError(
      `'${path}' is not a folder or a CSV file: the data are a folder, or a list whose name ends in .csv or .tsv.`,
    );
  }
  return { kind: 'csv', channels, ...openCsv(path, known) };
}

async function openIdx(
  folder: string,
  files: NonNullable<ReturnType<typeof findIdx>>,
  known: readonly string[] | undefined,
): Promise<Opened> {
  const scratch = createScratch();
  try {
    const train = files.train && (await openIdxSplit(files.train, scratch));
    const test = files.test && (await openIdxSplit(files.test, scratch));
    if (train && test && test.size.join() !== train.size.join()) {
      throw new DataError(
        `the training images in '${folder}' are ${train.size.join(' x ')}, the test images ${test.size.join(' x ')}.`,
      );
    }
    const opened = [train, test].filter((part) => part !== undefined);
    const splits = { ...(train && { train: train.split }), ...(test && { test: test.split }) };
    const own = idxClasses(
      folder,
      opened.map(({ split }) => split),
    );
    // a set of only test images may lack the last class
    const classes = known && own.every((name, i) => known[i] === name) ? known : own;
    const look = { largestSide: Math.max(...opened.flatMap(({ size }) => size)), gray: true };
    return { kind: 'idx', classes, channels: 1, look, splits, close: scratch.close };
  } catch (e) {
    scratch.close();
    throw e;
  }
}

function shareWithoutEffect({ validation }: Opened['splits'], share: number | undefined): Words[] {
  if (!validation || !share) return [];
  return [
    words`the data include validation images: the share of ${share} given by ${option('validation')} is not held out`,
  ];
}

/** A set without a validation split gets one from its training images, if that was requested or there is no test split. */
function withValidation(
  splits: Partial<Record<SplitName, Split>>,
  share: number | undefined,
  seed: number,
): Partial<Record<SplitName, Split>> {
  const wanted = share ?? (splits.test ? 0 : shareByDefault);
  if (!splits.train || splits.validation || wanted === 0) return splits;
  const { train, validation } = holdOut(splits.train, wanted, seed);
  return validation.count > 0 ? { train, validation, test: splits.test } : splits;
}
