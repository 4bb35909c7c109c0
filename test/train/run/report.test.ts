import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { Evaluation } from '../../../src/train/loop/evaluate.ts';
import { train } from '../../../src/train/loop/train.ts';
import { roundTicks } from '../../../src/train/report/axis.ts';
import { classScores, frequentConfusions } from '../../../src/train/report/confusion.ts';
import { encodePng } from '../../../src/train/report/png.ts';
import { thumbnailUrl } from '../../../src/train/report/thumbnail.ts';
import { temporaryFolder, tinyTask } from './fixture.ts';

const browser = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
if (!browser) console.warn('skipped: no Chromium (set CHROMIUM to its path): no report is opened in a real browser');

test('scores of classes from a confusion matrix', () => {
  const confusion = Int32Array.of(8, 2, 0, 1, 3, 0, 0, 0, 0);
  const evaluation = { confusion } as unknown as Evaluation;
  expect(classScores(evaluation, ['a', 'b', 'c'])).toEqual([
    { name: 'a', images: 10, recall: 0.8, precision: 8 / 9 },
    { name: 'b', images: 4, recall: 0.75, precision: 0.6 },
    { name: 'c', images: 0, recall: 0, precision: 0 },
  ]);
  expect(frequentConfusions(evaluation, ['a', 'b', 'c'])).toEqual([
    { label: 'a', predicted: 'b', count: 2 },
    { label: 'b', predicted: 'a', count: 1 },
  ]);
});

test('ticks are round and within', () => {
  expect(roundTicks(0, 1, 4)).toEqual([0, 0.5, 1]);
  expect(roundTicks(0.13, 0.92, 4)).toEqual([0.2, 0.4, 0.6000000000000001, 0.8]);
  expect(roundTicks(-3, 17, 4)).toEqual([0, 5, 10, 15]);
});

test.each([1, 3] as const)('a PNG of %d channels is what another decoder reads', async (channels) => {
  const data = Uint8Array.from({ length: 5 * 4 * channels }, (_, i) => (i * 37) % 256);
  const png = encodePng(5, 4, channels, data);
  const { data: read, info } = await sharp(png)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 5, height: 4, channels });
  expect([...read]).toEqual([...data]);
});

test('a thumbnail undoes the normalisation and makes large images small', async () => {
  const pixels = new Float32Array(300 * 240).fill((0.6 - 0.5) / 0.25);
  const url = thumbnailUrl({ shape: [300, 240, 1], pixels }, { mean: [0.5], std: [0.25] });
  const png = Buffer.from(url.replace('data:image/png;base64,', ''), 'base64');
  const { data, info } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([80, 100]);
  expect(new Set(data)).toEqual(new Set([153]));
});

test.skipIf(!browser)('the report opens without a network, with its figures, images and values', async () => {
  const folder = temporaryFolder();
  // One epoch at a rate of nothing: there are mistakes to show.
  const task = await tinyTask(folder, { settings: { rate: 1e-6, epochs: 2, evaluate: 'both' } });
  await train({ ...task, nameOf: (index) => `<b>${index}</b> "image"` });
  const path = join(folder, 'report.html');
  expect(readFileSync(path, 'utf8')).not.toMatch(/https?:|src="(?!data:)|href=/);

  const app = await chromium.launch({ executablePath: browser as string, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await app.newPage({ viewport: { width: 1000, height: 800 } });
    const problems: string[] = [];
    const requests: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => problems.push(message.text()));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(path).href);
    expect(await page.locator('.chart path').count()).toBe(9);
    const widths = await page
      .locator('.images img')
      .evaluateAll((all) => all.map((i) => (i as unknown as { naturalWidth: number }).naturalWidth));
    expect(widths.length).toBeGreaterThan(3);
    expect(new Set(widths)).toEqual(new Set([8]));
    expect(await page.locator('.images small').first().textContent()).toMatch(/^<b>\d+<\/b> "image"$/);
    await page.locator('.chart svg').nth(1).hover();
    const tip = page.locator('.tip').nth(1);
    expect(await tip.isVisible()).toBe(true);
    expect(await tip.textContent()).toMatch(
      /^epoch [12]training [\d.]+ %validation, averages [\d.]+ %validation, raw [\d.]+ %$/,
    );
    expect(problems).toEqual([]);
    expect(requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
  } finally {
    await app.close();
  }
});
