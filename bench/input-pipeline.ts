// Measures how many images per second the loader alone prepares: npx tsx bench/input-pipeline.ts [FOLDER]
// Without a folder of images it generates some of ImageNet's usual size, 500 x 375, from gradients and noise.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { AugmentOptions } from '../src/train/augment/options.ts';
import { createLoader } from '../src/train/data/create-loader.ts';
import { openDataset } from '../src/train/data/open-dataset.ts';
import { widenThreadPool } from '../src/train/data/thread-pool.ts';
import type { Dataset } from '../src/train/data/types.ts';

widenThreadPool();
const seconds = 8;
const pictures = 200;
const [given] = process.argv.slice(2);
const folder = given ?? mkdtempSync(join(tmpdir(), 'enet-pictures-'));

const augmentations: Record<string, AugmentOptions> = {
  'random resized crop and flip': {},
  'and RandAugment (2, 9)': { policy: { kind: 'rand', operations: 2, magnitude: 9 } },
  'and AutoAugment': { policy: { kind: 'auto' } },
};

try {
  if (given === undefined) await makePictures();
  const data = await openDataset(folder, { validation: 0 });
  console.log(`${data.splits.train?.count} pictures, ${availableParallelism()} cores, batches of 8 at 224 x 224`);
  for (const [name, augment] of Object.entries(augmentations)) {
    const { rate, cpu } = await measure(data, augment);
    console.log(`${name}: ${rate.toFixed(0)} images per second, ${cpu.toFixed(1)} ms of one core each`);
  }
} finally {
  if (given === undefined) rmSync(folder, { recursive: true });
}

/** Images per second, and milliseconds of all threads per image; the first epoch, in which the threads start, is left out. */
async function measure(data: Dataset, augment: AugmentOptions): Promise<{ rate: number; cpu: number }> {
  const loader = createLoader(data, 'train', { batchSize: 8, size: 224, augment });
  try {
    for await (const _ of loader.epoch(0));
    const start = performance.now();
    const before = process.cpuUsage();
    let images = 0;
    for (let epoch = 1; performance.now() - start < seconds * 1000; epoch++) {
      for await (const batch of loader.epoch(epoch)) images += batch.labels.length;
    }
    const { user, system } = process.cpuUsage(before);
    return { rate: images / ((performance.now() - start) / 1000), cpu: (user + system) / 1000 / images };
  } finally {
    await loader.close();
  }
}

async function makePictures(): Promise<void> {
  const [width, height] = [500, 375];
  const values = new Uint8Array(width * height * 3);
  for (let n = 0; n < pictures; n++) {
    for (let i = 0; i < values.length; i++) {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      const wave = 90 * Math.sin(((x * (1 + (i % 3)) + y) * (1 + (n % 10))) / 100) + 40 * Math.cos((x - y) / (5 + n));
      values[i] = Math.max(0, Math.min(255, 128 + wave + 50 * (Math.random() - 0.5)));
    }
    const at = join(folder, `class-${n % 4}`);
    mkdirSync(at, { recursive: true });
    await sharp(values, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 92 })
      .toFile(join(at, `${n}.jpg`));
  }
}
