import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { namesInFile, readFully, withFile } from './bytes-of-file.ts';
import { joinSplits } from './join-splits.ts';
import { quotedNames } from './quoted-names.ts';
import { DataError, type Split } from './types.ts';

const side = 32;
const imageBytes = 3 * side * side;

interface CifarFormat {
  readonly kind: 'cifar10' | 'cifar100';
  readonly train: readonly string[];
  readonly test: string;
  /** Bytes before an image's; the last of them is the label (CIFAR-100: coarse, then fine). */
  readonly labelBytes: number;
  readonly classes: number;
  /** The file of names that comes with the binary version. */
  readonly names: string;
}

/** The binary versions (Krizhevsky 2009): records of the label and 3072 bytes of red, green and blue, 32 x 32 each. */
const formats: readonly CifarFormat[] = [
  {
    kind: 'cifar10',
    train: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`),
    test: 'test_batch.bin',
    labelBytes: 1,
    classes: 10,
    names: 'batches.meta.txt',
  },
  {
    kind: 'cifar100',
    train: ['train.bin'],
    test: 'test.bin',
    labelBytes: 2,
    classes: 100,
    names: 'fine_label_names.txt',
  },
];

/** Files of the Python versions, CIFAR-10's and CIFAR-100's. */
const pickled = [
  ['data_batch_1', 'test_batch'],
  ['train', 'test', 'meta'],
];

export interface CifarSet {
  readonly kind: 'cifar10' | 'cifar100';
  readonly classes: readonly string[];
  readonly splits: { readonly train?: Split; readonly test?: Split };
}

/**
 * Opens CIFAR-10 or CIFAR-100 by the names of the binary version's files; fewer than five training files are fine.
 * @returns nothing if none of the names is there.
 * @throws DataError if a file is cut off, a label has no class, or the files are the Python version's.
 */
export function openCifar(folder: string, names: readonly string[]): CifarSet | undefined {
  const format = formats.find(({ train, test }) => [...train, test].some((name) => names.includes(name)));
  if (!format) {
    const python = pickled.find((files) => files.every((name) => isFile(join(folder, name))));
    if (!python) return undefined;
    throw new DataError(
      `'${folder}' holds the Python version of CIFAR (${quotedNames(python)}), which is not read: take the binary version, cifar-10-binary.tar.gz or cifar-100-binary.tar.gz.`,
    );
  }
  const train = format.train.filter((name) => names.includes(name));
  const openAll = (files: readonly string[]) => joinSplits(files.map((name) => openFile(join(folder, name), format)));
  return {
    kind: format.kind,
    classes: classNames(join(folder, format.names), format.classes),
    splits: {
      ...(train.length > 0 && { train: openAll(train) }),
      ...(names.includes(format.test) && { test: openAll([format.test]) }),
    },
  };
}

function openFile(path: string, format: CifarFormat): Split {
  const recordBytes = format.labelBytes + imageBytes;
  const labels = Int32Array.from(readLabels(path, format, recordBytes));
  return {
    count: labels.length,
    labels,
    locate(record) {
      const offset = record * recordBytes + format.labelBytes;
      return { kind: 'record', path, offset, width: side, height: side, channels: 3, planar: true };
    },
    nameOf: (record) => `${basename(path)}, image ${record}`,
  };
}

function readLabels(path: string, format: CifarFormat, recordBytes: number): Uint8Array {
  return withFile(path, (file, bytes) => {
    if (bytes === 0 || bytes % recordBytes !== 0) {
      throw new DataError(
        `'${path}' has ${bytes} ${nounFor(bytes, 'byte')}, not a multiple of a record's ${recordBytes}: it is cut off.`,
      );
    }
    const labels = new Uint8Array(bytes / recordBytes);
    const chunk = new Uint8Array(256 * recordBytes);
    for (let first = 0; first < labels.length; first += 256) {
      const records = readFully(file, chunk, first * recordBytes) / recordBytes;
      for (let i = 0; i < records; i++) {
        const label = chunk[i * recordBytes + format.labelBytes - 1] as number;
        if (label >= format.classes) {
          const labelsGo = `the labels go from 0 to ${format.classes - 1}`;
          throw new DataError(`the label of image ${first + i} of '${path}' is ${label}, but ${labelsGo}.`);
        }
        labels[first + i] = label;
      }
    }
    return labels;
  });
}

/** From the file of names if it exists and is complete, else the numbers. */
function classNames(path: string, count: number): string[] {
  const names = namesInFile(path) ?? [];
  return names.length === count ? names : Array.from({ length: count }, (_, i) => String(i));
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
