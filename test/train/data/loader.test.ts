import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { assembleBatch } from '../../../src/train/data/assemble-batch.ts';
import { createLoader } from '../../../src/train/data/create-loader.ts';
import { loaderSettings } from '../../../src/train/data/loader-settings.ts';
import { openDataset } from '../../../src/train/data/open-dataset.ts';
import { createPool } from '../../../src/train/data/pool.ts';
import {
  type Batch,
  DataError,
  type Dataset,
  type Loader,
  type LoaderOptions,
  type SplitName,
} from '../../../src/train/data/types.ts';
import { plainPicture, scratchFolder, writeAt, writeFolders, writeIdxSet } from './make-sets.ts';

const root = scratchFolder();
const loaders: Loader[] = [];
afterEach(async () => {
  await Promise.all(loaders.splice(0).map((loader) => loader.close()));
});

function load(data: Dataset, options: Partial<LoaderOptions> = {}, split: SplitName = 'train'): Loader {
  const loader = createLoader(data, split, { batchSize: 4, size: 16, workers: 1, seed: 3, ...options });
  loaders.push(loader);
  return loader;
}

async function all(loader: Loader, epoch = 0, fromBatch = 0): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loader.epoch(epoch, fromBatch)) batches.push(batch);
  return batches;
}

/** Pictures of 40 x 30 with something to crop, of sizes that differ. */
async function pictureSet(): Promise<Dataset> {
  const at = join(root, 'pictures');
  if (!readdirSync(root).includes('pictures')) {
    await writeFolders(at, { a: 7, b: 3, c: 1 }, { width: 41, height: 30 });
    await writeFolders(at, { c: 2 }, { width: 24, height: 60 });
  }
  return openDataset(at, { validation: 0 });
}

let sets = 0;
const digits = (train: number, test = 1, classes = 3) =>
  openDataset(writeIdxSet(join(root, `digits-${sets++}`), train, test, { classes }));

/** A picture of 60 x 60 no two crops of which are alike. */
function gradient(): Promise<Buffer> {
  const values = Uint8Array.from({ length: 60 * 60 * 3 }, (_, i) => ((i / 3) % 60) + 60 * (i % 3) + i / 300);
  return sharp(values, { raw: { width: 60, height: 60, channels: 3 } })
    .png()
    .toBuffer();
}

const everything: Partial<LoaderOptions> = {
  labelSmoothing: 0.1,
  mixup: 0.4,
  cutmix: 1,
  augment: { policy: { kind: 'rand', operations: 2, magnitude: 9 }, erasing: 0.5 },
};

describe('the same seed, epoch and number give the same batch', () => {
  test('with any number of workers and batches ahead', async () => {
    const data = await pictureSet();
    const expected = await all(load(data, { ...everything, workers: 1, prefetch: 0 }));
    expect(expected.length).toBe(3);
    expect(await all(load(data, { ...everything, workers: 3, prefetch: 5 }))).toEqual(expected);
    expect(await all(load(data, { ...everything, seed: 4 }))).not.toEqual(expected);
  });

  test('from any batch on, in any order of epochs', async () => {
    const data = await pictureSet();
    const loader = load(data, everything);
    const first = await all(loader, 1);
    expect(await all(loader, 2)).not.toEqual(first);
    for (let k = 0; k <= 3; k++) expect(await all(loader, 1, k)).toEqual(first.slice(k));
    expect(await all(load(data, everything), 1, 2)).toEqual(first.slice(2));
  });

  test('two epochs at once do not meet', async () => {
    const loader = load(await digits(40), everything);
    const apart = [await all(loader, 0), await all(loader, 1)];
    expect(await Promise.all([all(loader, 0), all(loader, 1)])).toEqual(apart);
  });

  test('with balanced sampling', async () => {
    const options = { ...everything, sampling: 'balanced' } as const;
    const first = await all(load(await digits(20), options), 7);
    expect(await all(load(await digits(20), options), 7, 3)).toEqual(first.slice(3));
  });
});

test('training takes every image once, reshuffled each epoch, the last partial batch included', async () => {
  const loader = load(await digits(18));
  expect([loader.batches, loader.images]).toEqual([5, 18]);
  const epochs = [await all(loader, 0), await all(loader, 1)];
  expect(epochs[0]!.map(({ shape }) => shape[0])).toEqual([4, 4, 4, 4, 2]);
  const orders = epochs.map((batches) => batches.flatMap((b) => [...b.indices]));
  for (const order of orders) {
    expect(new Set(order).size).toBe(18);
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
  }
  expect(orders[0]).not.toEqual(orders[1]);
});

test('a last batch of one image is left out of training, from which batch norms would learn nothing', async () => {
  const loader = load(await digits(17));
  expect([loader.batches, loader.images]).toEqual([4, 16]);
  expect((await all(loader)).length).toBe(4);
  const single = load(await digits(3), { batchSize: 1 });
  expect([single.batches, single.images]).toEqual([3, 3]);
  const whole = load(await digits(17), { training: false });
  expect([whole.batches, whole.images]).toEqual([5, 17]);
});

test('evaluation keeps the order and the last images, and leaves the values alone', async () => {
  const data = await digits(12, 10);
  const options = { mean: [0.25], std: [0.5], size: 8, ...everything };
  const batches = await all(load(data, options, 'test'));
  expect(batches.map((b) => b.shape)).toEqual([
    [4, 8, 8, 1],
    [4, 8, 8, 1],
    [2, 8, 8, 1],
  ]);
  expect(batches.flatMap((b) => [...b.indices])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // image i is all i + 1
  const values = batches.flatMap((b) => [...b.images].filter((_, i) => i % 64 === 63));
  expect(values).toEqual(values.map((_, i) => Math.fround(((i + 1) / 255 - 0.25) / 0.5)));
  expect(batches.flatMap((b) => [...b.labels])).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
  expect([...batches[0]!.targets]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0]);
  expect([...batches[0]!.weights]).toEqual([1, 1, 1, 1]);
});

test('evaluation crops the middle, by the share that is asked for', async () => {
  const at = join(root, 'middle');
  // a white square of 20 in the middle of 50 x 40, black around it
  const white = await plainPicture(20, 20, { r: 255, g: 255, b: 255 }).png().toBuffer();
  const picture = plainPicture(50, 40, { r: 0, g: 0, b: 0 }).composite([{ input: white, left: 15, top: 10 }]);
  writeAt(at, 'a/x.png', await picture.png().toBuffer());
  const data = await openDataset(at);
  const plain = { mean: [0, 0, 0], std: [1, 1, 1], training: false };
  // 16 of 40: the square and nothing else, nor what the kernel sees around it; then 24
  const [inside] = await all(load(data, { ...plain, size: 32, crop: 0.4 }));
  expect(Math.min(...inside!.images)).toBeGreaterThan(0.99);
  const [around] = await all(load(data, { ...plain, size: 32, crop: 0.6 }));
  const share = [...around!.images].filter((v) => v > 0.5).length / around!.images.length;
  expect(share).toBeCloseTo((20 / 24) ** 2, 1);
  // of a small picture the whole height is there
  const [whole] = await all(load(data, { ...plain, size: 32 }));
  expect([...whole!.images].filter((v) => v > 0.5).length / whole!.images.length).toBeCloseTo(0.25, 1);
});

test('each epoch may have its own size, and it need not be square', async () => {
  const loader = load(await pictureSet(), { size: (epoch) => (epoch < 2 ? 8 : [12, 20]) });
  expect((await all(loader, 1))[0]!.shape).toEqual([4, 8, 8, 3]);
  const [batch] = await all(loader, 2);
  expect(batch!.shape).toEqual([4, 12, 20, 3]);
  expect(batch!.images.length).toBe(4 * 12 * 20 * 3);
});

test('gray pictures feed a network of colour, and the other way round', async () => {
  const [gray] = await all(load(await digits(4), { channels: 3, size: 8, training: false }));
  expect(gray!.shape).toEqual([4, 8, 8, 3]);
  const [colour] = await all(load(await pictureSet(), { channels: 1, training: false }));
  expect(colour!.shape).toEqual([4, 16, 16, 1]);
});

test('targets: label smoothing and mixing keep each row at 1, weights go by class', async () => {
  const data = await digits(30);
  const mixed = { labelSmoothing: 0.3, classWeights: [1, 2, 4] } as const;
  for (const batch of await all(load(data, mixed))) {
    batch.labels.forEach((label, i) => {
      const row = [...batch.targets.slice(3 * i, 3 * i + 3)];
      expect(row[label]).toBeCloseTo(0.8);
      expect(row[(label + 1) % 3]).toBeCloseTo(0.1);
      expect(batch.weights[i]).toBe([1, 2, 4][label]);
    });
  }
  let between = 0;
  for (const batch of await all(load(data, { ...mixed, mixup: 1 }))) {
    for (let i = 0; i < batch.labels.length; i++) {
      const row = [...batch.targets.slice(3 * i, 3 * i + 3)];
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1);
      if (Math.max(...row) < 0.79) between++;
    }
  }
  expect(between).toBeGreaterThan(5);
});

test('mixup and cutmix mix images in the shares of their targets', async () => {
  // as many classes as images: a target tells which images are in it
  const data = await digits(8, 1, 8);
  const plain = { mean: [0], std: [1 / 255], size: 8, batchSize: 8, augment: { crop: { kind: 'whole' } } } as const;
  for (const [kind, options] of Object.entries({ mixup: { mixup: 1 }, cutmix: { cutmix: 1 } })) {
    let mixed = 0;
    const loader = load(data, { ...plain, ...options });
    for (let epoch = 0; epoch < 4; epoch++) {
      const [batch] = await all(loader, epoch);
      for (let i = 0; i < 8; i++) {
        const pixels = [...batch!.images.slice(64 * i, 64 * i + 64)];
        const row = [...batch!.targets.slice(8 * i, 8 * i + 8)];
        // image i is all i + 1, so the mean of a mix is the same mix of the classes' numbers
        const expected = row.reduce((sum, share, k) => sum + share * (k + 1), 0);
        expect(pixels.reduce((a, b) => a + b) / 64).toBeCloseTo(expected, 3);
        const values = new Set(pixels.map((v) => v.toFixed(2)));
        expect(values.size).toBeLessThanOrEqual(kind === 'mixup' ? 1 : 2);
        if (row.filter((share) => share > 0.01).length === 2) mixed++;
      }
    }
    expect(mixed).toBeGreaterThan(10);
  }
});

test('small images are shifted by an eighth of the side, whatever the size', async () => {
  const data = await digits(64);
  for (const size of [8, 32]) {
    const loader = load(data, { size, mean: [0], std: [1], batchSize: 64 });
    const [batch] = await all(loader);
    // images are of one tone, so the black that came in tells how far each was moved
    const moved = Array.from({ length: 64 }, (_, i) => {
      const pixels = batch!.images.slice(i * size * size, (i + 1) * size * size);
      const lit = (values: Float32Array) => values.some((v) => v > 0);
      const row = (y: number) => pixels.slice(y * size, (y + 1) * size);
      return { top: Array.from({ length: size }, (_, y) => y).findIndex((y) => lit(row(y))), first: lit(row(0)) };
    });
    expect(Math.max(...moved.map(({ top }) => top))).toBe(size / 8);
    expect(moved.some(({ first }) => first)).toBe(true);
  }
});

test('nothing is mixed with a picture that could not be read', async () => {
  const data = await digits(8, 1, 8);
  const settings = loaderSettings(data, 'train', data.splits.train!, { batchSize: 8, size: 8, mixup: 1 });
  const skipped = new Map([1, 4, 6].map((slot) => [slot, { index: slot, name: '', reason: '' }]));
  const labels = Int32Array.from({ length: 8 }, (_, i) => i);
  for (let epoch = 0; epoch < 4; epoch++) {
    const pixels = new Uint8Array(8 * 64);
    const parts = { index: 0, epoch, height: 8, width: 8, pixels, labels, indices: labels, skipped };
    const { targets } = assembleBatch(parts, 8, settings);
    const shareOf = (k: number) => targets.reduce((sum, v, i) => sum + (i % 8 === k ? v : 0), 0);
    expect([1, 4, 6].map(shareOf)).toEqual([0, 0, 0]);
    expect(targets.reduce((a, b) => a + b)).toBeCloseTo(5);
  }
});

test('each image of an epoch is augmented in its own way', async () => {
  const at = join(root, 'alike');
  const picture = await gradient();
  for (let i = 0; i < 12; i++) writeAt(at, `a/${i}.png`, picture);
  const batches = await all(load(await openDataset(at, { validation: 0 })));
  const seen = batches.flatMap((b) => [0, 1, 2, 3].map((i) => b.images.slice(i * 768, (i + 1) * 768).join()));
  expect(new Set(seen).size).toBe(12);
});

test('balanced sampling evens out classes, class weights do so in the loss', async () => {
  const data = await pictureSet();
  const loader = load(data, { sampling: 'balanced', classWeights: 'balanced', size: 2 });
  const counts = [0, 0, 0];
  for (let epoch = 0; epoch < 30; epoch++) {
    for (const batch of await all(loader, epoch)) for (const label of batch.labels) counts[label]!++;
  }
  const total = counts.reduce((a, b) => a + b);
  // 7, 3 and 2 images; a third each, within four standard deviations
  for (const count of counts) expect(Math.abs(count / total - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / total));
  const [batch] = await all(loader);
  batch!.labels.forEach((label, i) => {
    expect(batch!.weights[i]).toBeCloseTo(12 / (3 * [7, 3, 2][label]!));
  });
});

describe('pictures that cannot be read', () => {
  async function damaged(bad: Record<string, Uint8Array | string>): Promise<Dataset> {
    const at = join(root, `damaged-${sets++}`);
    await writeFolders(at, { a: 6, b: 6 });
    for (const [name, bytes] of Object.entries(bad)) writeAt(at, name, bytes);
    return openDataset(at, { validation: 0 });
  }

  test('are named, have no weight and no pixels, and the others are as without them', async () => {
    const data = await damaged({ 'a/1.jpg': '', 'b/2.jpg': 'just text', 'b/3.jpg': '' });
    const loader = load(data, everything);
    const batches = await all(loader);
    expect(batches.length).toBe(3);
    const reasons = Object.fromEntries([...loader.corrupt.values()].map(({ name, reason }) => [name, reason]));
    expect(reasons).toEqual({
      [join('a', '1.jpg')]: 'the file is empty',
      [join('b', '2.jpg')]: 'it is text, not a picture',
      [join('b', '3.jpg')]: 'the file is empty',
    });
    let skipped = 0;
    for (const batch of batches) {
      batch.indices.forEach((index, i) => {
        const pixels = batch.images.slice(i * 768, (i + 1) * 768);
        const bad = loader.corrupt.has(index);
        if (bad) skipped++;
        expect(batch.skipped.some((image) => image.index === index)).toBe(bad);
        expect(batch.weights[i]).toBe(bad ? 0 : 1);
        expect(pixels.every((v) => v === 0)).toBe(bad);
        expect(batch.targets.slice(2 * i, 2 * i + 2).reduce((a, b) => a + b)).toBeCloseTo(bad ? 0 : 1);
      });
    }
    expect(skipped).toBe(3);
    expect(await all(load(data, { ...everything, workers: 1 }), 0, 1)).toEqual(batches.slice(1));
  });

  test.skipIf(process.platform === 'win32')('links that lead nowhere are among them', async () => {
    const at = join(root, `linked-${sets++}`);
    await writeFolders(at, { a: 3, b: 3 });
    symlinkSync('nowhere', join(at, 'a', '7.jpg'));
    symlinkSync('7.jpg', join(at, 'b', '7.jpg'));
    const loader = load(await openDataset(at, { validation: 0 }), { training: false });
    const batches = await all(loader);
    expect(batches.flatMap(({ skipped }) => skipped).map(({ name }) => name)).toEqual(
      ['a', 'b'].map((name) => join(name, '7.jpg')),
    );
    expect([...loader.corrupt.values()].map(({ reason }) => reason)).toEqual([
      'there is no such file or folder',
      'its symbolic links form a loop',
    ]);
  });

  test('end the epoch where they are too many', async () => {
    const data = await damaged({ 'a/1.jpg': '', 'b/2.jpg': 'text', 'b/4.jpg': '' });
    const run = all(load(data, { maxCorrupt: 2, training: false }));
    await expect(run).rejects.toThrow(DataError);
    await expect(run).rejects.toThrow(
      /^3 of 12 images could not be read; at most 2 may be: 'a.1.jpg' \(the file is empty\), /,
    );
    expect((await all(load(data, { maxCorrupt: 0.25, training: false }))).length).toBe(3);
  });

  test('a cut-off JPEG is one of them', async () => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 256);
    const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    const data = await damaged({ 'a/1.jpg': whole.subarray(0, whole.length * 0.7) });
    const loader = load(data, { size: 64, training: false });
    await all(loader);
    expect([...loader.corrupt.keys()]).toEqual([1]);
  });
});

describe('threads', () => {
  const threads = () => readdirSync('/proc/self/task').length;
  const linux = process.platform === 'linux';

  test('are gone after close, and an epoch then says so', async () => {
    const data = await digits(40);
    const loader = createLoader(data, 'train', { batchSize: 4, size: 8, workers: 3 });
    await all(loader);
    const running = linux ? threads() : 0;
    await loader.close();
    if (linux) expect(threads()).toBeLessThanOrEqual(running - 3);
    await expect(all(loader)).rejects.toThrow('the loader is closed.');
    await loader.close();
  });

  test('an epoch can be left at any batch, and the loader goes on', async () => {
    const loader = load(await pictureSet(), { prefetch: 8 });
    for (const leaveAt of [0, 1, 2]) {
      for await (const batch of loader.epoch(0)) if (batch.index === leaveAt) break;
    }
    expect((await all(loader)).length).toBe(3);
  });

  test('closing while a batch is waited for ends the wait', async () => {
    const loader = load(await pictureSet());
    const next = loader.epoch(0)[Symbol.asyncIterator]().next();
    const closed = loader.close();
    await expect(next).rejects.toThrow('the loader is closed.');
    await closed;
  });

  test('images of batches that nobody wants any more are left alone', async () => {
    const data = await digits(400);
    for (const leave of ['cancel', 'close']) {
      const pool = createPool(1);
      const pixels = new Uint8Array(new SharedArrayBuffer(400 * 64));
      const plan = { width: 8, height: 8, channels: 1, interpolation: 'bicubic', seed: 0, epoch: 0 } as const;
      const locators = Array.from({ length: 400 }, (_, i) => data.splits.train!.locate(i));
      const pending = pool.submit({ plan, first: 0, locators, pixels });
      // a thread takes longer than this to begin
      if (leave === 'cancel') pending.cancel();
      await pool.close();
      expect(pixels.every((v) => v === 0)).toBe(true);
    }
  });

  test('a fault of the program, not of a picture, ends the epoch', async () => {
    const data = await digits(8);
    const train = data.splits.train!;
    const broken = { ...train, locate: () => ({ ...train.locate(0), width: -1 }) };
    const loader = load({ ...data, splits: { train: broken } });
    await expect(all(loader)).rejects.toThrow(/^a worker that prepares images has failed: /);
    await expect(all(loader)).rejects.toThrow(/^a worker that prepares images has failed: /);
  });

  test('memory stays flat over epochs', async () => {
    const loader = load(await digits(64), { batchSize: 16, size: 64, channels: 3, workers: 1 });
    const run = async (epochs: number) => {
      for (let epoch = 0; epoch < epochs; epoch++) for await (const _ of loader.epoch(epoch));
    };
    await run(20);
    const before = process.memoryUsage().rss;
    // 60 epochs hand out 60 * 4 batches of 0.8 MB
    await run(60);
    expect(process.memoryUsage().rss - before).toBeLessThan(80e6);
  });
});

test('what cannot be meant is said', async () => {
  const data = await digits(6);
  const said = (options: Partial<LoaderOptions>, split: SplitName = 'train') => {
    try {
      load(data, options, split);
    } catch (e) {
      expect(e).toBeInstanceOf(DataError);
      return (e as Error).message.replace(root, 'DIR').replace(/digits-\d+/, 'SET');
    }
    return 'nothing';
  };
  expect([
    said({}, 'validation'),
    said({ batchSize: 7 }),
    said({ batchSize: 0.5 }),
    said({ workers: 0 }),
    said({ mean: [1, 2, 3] }),
    said({ classWeights: [1, 2] }),
    said({ classWeights: [1, 2, -1] }),
    said({ labelSmoothing: 1 }),
    said({ mixup: -1 }),
    said({ augment: { flip: 2 } }),
    said({ augment: { crop: { kind: 'shift', share: 4 } } }),
    said({ augment: { crop: { kind: 'resized', scale: [0.5, 2], ratio: [1, 1] } } }),
    said({ augment: { policy: { kind: 'rand', operations: 1, magnitude: 31 } } }),
  ]).toMatchInlineSnapshot(`
    [
      "'DIR/SET' has no images for validation; it has train, test.",
      "the split 'train' has 6 images, fewer than the batch of 7. Choose a 'batch' of 6 or less.",
      "the batch size is a whole number from 1; it is 0.5.",
      "the number of workers is a whole number from 1; it is 0.",
      "the mean and the standard deviation take 1 number each, the latter above 0.",
      "there are 2 class weights, but the data have 3 classes.",
      "class weights are numbers from 0; they are 1, 2, -1.",
      "label smoothing is at least 0 and below 1; it is 1.",
      "the alphas of mixup and cutmix are numbers from 0; they are -1 and 0.",
      "flipping and erasing take shares of 0 to 1; they are 2 and 0.",
      "a shift takes a share of the side, 0 to 1.",
      "the scale of a crop is a share of the area, 1 at most.",
      "RandAugment takes a whole number of operations and a magnitude of 0 to 30.",
    ]
  `);
  await expect(all(load(data, { size: 0 }))).rejects.toThrow(
    'an image size is a whole number of pixels from 1 to 8192',
  );
});
