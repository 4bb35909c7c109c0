import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { recipeFor } from '../../../src/train/augment/recipe.ts';
import { createLoader } from '../../../src/train/data/create-loader.ts';
import { openDataset } from '../../../src/train/data/open-dataset.ts';
import type { Batch, Dataset, Loader, LoaderOptions } from '../../../src/train/data/types.ts';
import { nextUnit, randomState } from '../../../src/weights/random.ts';
import { cifarRecords, idxBytes, scratchFolder, writeAt } from './make-sets.ts';

const root = scratchFolder();
const loaders: Loader[] = [];
afterEach(async () => {
  await Promise.all(loaders.splice(0).map((loader) => loader.close()));
});

async function batchesOf(data: Dataset, options: Partial<LoaderOptions>): Promise<Batch[]> {
  const loader = createLoader(data, 'train', { batchSize: 4, size: 10, workers: 1, seed: 3, ...options });
  loaders.push(loader);
  const batches: Batch[] = [];
  for await (const batch of loader.epoch(0)) batches.push(batch);
  return batches;
}

/** Two classes, image i of class i < 6 ? 0 : 1, so that packed images stand in the order of the folders. */
const labels = Array.from({ length: 12 }, (_, i) => (i < 6 ? 0 : 1));
function noise(index: number, values: number): Uint8Array {
  const state = randomState(index, 'noise');
  return Uint8Array.from({ length: values }, () => Math.floor(256 * nextUnit(state)));
}

async function grayPair(side: number, { stored }: { stored: 1 | 3 }) {
  const [packed, files] = [join(root, `packed-${side}-${stored}`), join(root, `files-${side}-${stored}`)];
  const images = labels.map((_, i) => noise(i, side * side));
  const values = images.flatMap((image) => [...image]);
  writeAt(packed, 'train-images-idx3-ubyte', idxBytes([12, side, side], values));
  writeAt(packed, 'train-labels-idx1-ubyte', idxBytes([12], labels));
  for (const [i, image] of images.entries()) {
    const picture = sharp(image, { raw: { width: side, height: side, channels: 1 } });
    if (stored === 3) picture.toColourspace('srgb');
    writeAt(files, `${labels[i]}/${String(i).padStart(2, '0')}.png`, await picture.png().toBuffer());
  }
  return [
    await openDataset(packed, { validation: 0 }),
    await openDataset(files, { validation: 0, channels: 1 }),
  ] as const;
}

describe('the same images, packed or a file each, give the same batches', () => {
  const plain = { mean: [0.5], std: [0.5], channels: 1 as const };

  test.each([
    [8, 1],
    [8, 3],
    [28, 1],
    [64, 1],
  ] as const)('gray of %i pixels, stored in %i channels', async (side, stored) => {
    const [packed, files] = await grayPair(side, { stored });
    expect(files.look).toEqual(packed.look);
    for (const options of [
      {},
      { training: false },
      { augment: { crop: { kind: 'whole' } } },
      { size: side },
    ] as const) {
      expect(await batchesOf(files, { ...plain, ...options })).toEqual(
        await batchesOf(packed, { ...plain, ...options }),
      );
    }
    // nothing is cut off, and no character is mirrored
    const [batch] = await batchesOf(files, { ...plain, mean: [0], std: [1 / 255], size: side, training: false });
    expect([...batch!.images.slice(0, side * side)].map(Math.round)).toEqual([...noise(0, side * side)]);
  });

  test('in colour', async () => {
    const [packed, files] = [join(root, 'cifar'), join(root, 'colour')];
    const colours = labels.map((_, i) => [20 * i, 255 - 20 * i, 7 * i] as const);
    writeAt(
      packed,
      'data_batch_1.bin',
      cifarRecords(colours.map((colour, i) => ({ labels: [labels[i] as number], colour }))),
    );
    for (const [i, [r, g, b]] of colours.entries()) {
      const picture = sharp({ create: { width: 32, height: 32, channels: 3, background: { r, g, b } } });
      writeAt(files, `${labels[i]}/${String(i).padStart(2, '0')}.png`, await picture.png().toBuffer());
    }
    const sets = [await openDataset(packed, { validation: 0 }), await openDataset(files, { validation: 0 })] as const;
    const images = await Promise.all(
      sets.map(async (data) => (await batchesOf(data, {})).map((batch) => [batch.images, batch.labels])),
    );
    expect(images[1]).toEqual(images[0]);
  });
});

test('the recipe goes by the largest image and by whether there is colour', async () => {
  expect(recipeFor({ largestSide: 64, gray: true })).toMatchObject({
    augment: 'basic',
    flip: 0,
    crop: { kind: 'shift' },
  });
  expect(recipeFor({ largestSide: 64, gray: false })).toMatchObject({ augment: 'basic', flip: 0.5 });
  expect(recipeFor({ largestSide: 65, gray: true })).toMatchObject({
    augment: 'autoaugment',
    flip: 0.5,
    crop: { kind: 'resized' },
  });
  const at = join(root, 'mixed');
  const picture = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#123' } })
      .png()
      .toBuffer();
  writeAt(at, 'a/1.png', await picture(20, 64));
  writeAt(at, 'b/1.png', await picture(30, 30));
  // what cannot be read is skipped
  writeAt(at, 'a/0.png', 'text');
  expect((await openDataset(at)).look).toEqual({ largestSide: 64, gray: false });
  writeAt(at, 'b/2.png', await picture(65, 2));
  expect((await openDataset(at)).look.largestSide).toBe(65);
});
