import { basename, join } from 'node:path';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { namesInFile, readFully, withFile } from './bytes-of-file.ts';
import { idxDimensions } from './idx-header.ts';
import { DataError, type Split } from './types.ts';
import type { Scratch } from './unpack.ts';

const imagesName = /^(.*?)(train|t10k|test)-images[.-]idx3-ubyte(\.gz)?$/;
/** More than any set of the kind has (EMNIST by class: 0.55 GB), and a bound on what a file may unpack to. */
const maxUnpackedBytes = 2 ** 32;

export interface SplitFiles {
  readonly images: string;
  readonly labels: string;
}

/**
 * Finds the files of an MNIST-like set by their usual names, plain or with `.gz`, `-idx3-ubyte` or `.idx3-ubyte`.
 * @returns nothing if none of the names is an IDX file of images.
 * @throws DataError if labels are missing, or where there are several sets.
 */
export function findIdx(
  folder: string,
  names: readonly string[],
): { train?: SplitFiles; test?: SplitFiles } | undefined {
  const prefixes = new Set<string>();
  const found = new Map<string, string>();
  // the unpacked file is preferred to the packed one
  for (const name of [...names].sort((a, b) => a.length - b.length)) {
    const match = imagesName.exec(name);
    if (!match) continue;
    prefixes.add(match[1] as string);
    const split = match[2] === 'train' ? 'train' : 'test';
    if (!found.has(split)) found.set(split, name);
  }
  if (found.size === 0) return undefined;
  if (prefixes.size > 1) {
    const list = [...prefixes].map((p) => `'${p}*'`).join(', ');
    throw new DataError(`'${folder}' holds the IDX files of several sets (${list}). Put each set into its own folder.`);
  }
  const filesOf = (images: string): SplitFiles => {
    const plain = images.replace(/-images([.-])idx3-/, '-labels$1idx1-').replace(/\.gz$/, '');
    const labels = [plain, `${plain}.gz`].find((name) => names.includes(name));
    if (!labels) throw new DataError(`'${folder}' has '${images}', but not its labels, '${plain}'.`);
    return { images: join(folder, images), labels: join(folder, labels) };
  };
  const train = found.get('train');
  const test = found.get('test');
  return { ...(train !== undefined && { train: filesOf(train) }), ...(test !== undefined && { test: filesOf(test) }) };
}

/** Opens one pair of files. Labels are read, images stay on disk. */
export async function openIdxSplit(
  files: SplitFiles,
  scratch: Scratch,
): Promise<{ split: Split; size: [number, number] }> {
  const unpacked = async (path: string) => (path.endsWith('.gz') ? scratch.gunzip(path, maxUnpackedBytes) : path);
  const images = await unpacked(files.images);
  const [count, height, width] = withFile(images, (file, bytes) => {
    return idxDimensions(firstBytes(file, 16), 3, bytes, files.images);
  }) as [number, number, number];
  const labels = withFile(await unpacked(files.labels), (file, bytes) => {
    const [promised] = idxDimensions(firstBytes(file, 8), 1, bytes, files.labels) as [number];
    if (promised !== count) {
      throw new DataError(
        `'${files.images}' has ${count} ${nounFor(count, 'image')}, but '${files.labels}' has ${promised} ${nounFor(promised, 'label')}.`,
      );
    }
    const values = new Uint8Array(count);
    readFully(file, values, 8);
    return Int32Array.from(values);
  });
  const name = basename(files.images);
  const split: Split = {
    count,
    labels,
    locate: (i) => ({
      kind: 'record',
      path: images,
      offset: 16 + i * width * height,
      width,
      height,
      channels: 1,
      planar: false,
    }),
    nameOf: (i) => `${name}, image ${i}`,
  };
  return { split, size: [height, width] };
}

/**
 * The names of the classes: the lines of `classes.txt` next to the files, else the numbers up to the largest label of the first
 * split, which is the training one where there is one.
 * @throws DataError if a label has no class.
 */
export function idxClasses(folder: string, splits: readonly Split[]): string[] {
  const classes =
    namesInFile(join(folder, 'classes.txt')) ??
    Array.from({ length: Math.max(0, ...new Set(splits[0]?.labels)) + 1 }, (_, i) => String(i));
  for (const split of splits) {
    const at = split.labels.findIndex((label) => label >= classes.length);
    if (at >= 0) {
      const labels = `the labels go from 0 to ${classes.length - 1}`;
      throw new DataError(`the label of '${split.nameOf(at)}' is ${split.labels[at]}, but ${labels}.`);
    }
  }
  return classes;
}

function firstBytes(file: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  return bytes.subarray(0, readFully(file, bytes, 0));
}
