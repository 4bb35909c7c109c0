import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../reason-of.ts';
import { openCifar } from './cifar.ts';
import { isImageCsv, openCsv } from './csv.ts';
import { decodeWhole } from './decode.ts';
import { hasTrainFolder, openClassFolders, openSplitFolders } from './folders.ts';
import { holdOut } from './hold-out.ts';
import { findIdx, idxClasses, openIdxSplit } from './idx.ts';
import { DataError, type Dataset, type DatasetOptions, type Split, type SplitName } from './types.ts';
import { createScratch } from './unpack.ts';

/** Folders within which the usual archives have their files. */
const innerFolders = ['data', 'raw', 'cifar-10-batches-bin', 'cifar-100-binary'];
const shareByDefault = 0.1;

type Opened = Pick<Dataset, 'kind' | 'classes' | 'channels' | 'imageSize' | 'splits'> & { close?: () => void };

/**
 * Opens a set of labelled images and says what it holds. Recognised, in this order: the IDX files of MNIST and its like, the
 * binary files of CIFAR-10 and CIFAR-100, `train/` with a folder a class (and `val/`, `test/`), a CSV file with the columns
 * `path`, `label` and perhaps `split`, and folders of one class each. Labels are read, images are not.
 * @param path a folder, or a CSV file.
 * @throws DataError that says what was looked for and what was found.
 */
export async function openDataset(path: string, options: DatasetOptions = {}): Promise<Dataset> {
  const { seed = 0, validation, channels = 3 } = options;
  if (validation !== undefined && !(validation >= 0 && validation < 1)) {
    throw new DataError(`the share for validation has to be at least 0 and below 1; it is ${validation}.`);
  }
  const opened = isFolder(path) ? await openFolder(path, channels) : openList(path, channels);
  const splits = withValidation(opened.splits, validation, seed);
  return {
    ...opened,
    path,
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

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (e) {
    throw new DataError(`the data '${path}' cannot be read: ${reasonOf(e)}.`);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (e) {
    throw new DataError(`the folder '${folder}' cannot be read: ${reasonOf(e)}.`);
  }
}

async function openFolder(folder: string, channels: 1 | 3): Promise<Opened> {
  const entries = namesIn(folder);
  for (const inner of ['', ...innerFolders.filter((name) => entries.includes(name))]) {
    const at = join(folder, inner);
    const names = inner === '' ? entries : isFolder(at) ? namesIn(at) : [];
    const idx = findIdx(at, names);
    if (idx) return openIdx(at, idx);
    const cifar = openCifar(at, names);
    if (cifar) {
      const { kind, classes, train, test } = cifar;
      return { kind, classes, channels: 3, imageSize: [32, 32], splits: test ? { train, test } : { train } };
    }
  }
  if (hasTrainFolder(folder)) return { kind: 'folders', channels, ...openSplitFolders(folder) };
  const lists = entries.filter((name) => /\.(csv|tsv)$/i.test(name)).filter((name) => isImageCsv(join(folder, name)));
  if (lists.length > 1) {
    throw new DataError(
      `'${folder}' has several lists of images (${lists.sort().join(', ')}). Give the path of one of them.`,
    );
  }
  if (lists[0] !== undefined) return openList(join(folder, lists[0]), channels);
  return { kind: 'folders', channels, ...openClassFolders(folder) };
}

function openList(path: string, channels: 1 | 3): Opened {
  if (!/\.(csv|tsv)$/i.test(path)) {
    throw new DataError(
      `'${path}' is no folder and no CSV file: the data are a folder, or a list whose name ends in .csv.`,
    );
  }
  return { kind: 'csv', channels, ...openCsv(path) };
}

async function openIdx(folder: string, files: NonNullable<ReturnType<typeof findIdx>>): Promise<Opened> {
  const scratch = createScratch();
  try {
    const train = await openIdxSplit(files.train, scratch);
    const test = files.test && (await openIdxSplit(files.test, scratch));
    if (test && test.size.join() !== train.size.join()) {
      throw new DataError(
        `the training images in '${folder}' are ${train.size.join(' x ')}, the test images ${test.size.join(' x ')}.`,
      );
    }
    const splits = test ? { train: train.split, test: test.split } : { train: train.split };
    const classes = idxClasses(folder, train.split, test?.split);
    return { kind: 'idx', classes, channels: 1, imageSize: train.size, splits, close: scratch.close };
  } catch (e) {
    scratch.close();
    throw e;
  }
}

/** A set without a validation split gets one out of its training images, if that was asked for or there is no test split. */
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
