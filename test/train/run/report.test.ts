import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { CreateRunner } from '../../../src/backends/runner.ts';
import { train } from '../../../src/train/loop/train.ts';
import { classScores, macroScores } from '../../../src/train/metrics/class-scores.ts';
import type { EpochRecord } from '../../../src/train/metrics/run-log.ts';
import { roundTicks } from '../../../src/train/report/axis.ts';
import { frequentConfusions } from '../../../src/train/report/confusion.ts';
import { encodePng } from '../../../src/train/report/png.ts';
import { thumbnailUrl } from '../../../src/train/report/thumbnail.ts';
import { temporaryFolder, tinyTask } from './fixture.ts';

const browser = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
if (!browser) console.warn('skipped: no Chromium (set CHROMIUM to its path): no report is opened in a real browser');

test('scores of classes and their means are those of scikit-learn', () => {
  // Of the last class most are taken for 'c', which has no images.
  const confusion = Int32Array.of(8, 2, 0, 1, 1, 3, 0, 0, 0, 0, 0, 0, 2, 0, 5, 1);
  const classes = ['a', 'b', 'c', 'd'];
  const scores = classScores(confusion, classes);
  // precision_recall_fscore_support(y, predicted, labels=range(4), zero_division=0)
  expect(scores.map(({ images }) => images)).toEqual([11, 4, 0, 8]);
  const expected = {
    precision: [0.7272727272727273, 0.6, 0, 0.5],
    recall: [0.7272727272727273, 0.75, 0, 0.125],
    f1: [0.7272727272727273, 0.6666666666666666, 0, 0.2],
  };
  for (const [of, values] of Object.entries(expected) as ['f1', number[]][]) {
    for (const [k, value] of values.entries()) expect(scores[k]?.[of], `${of} ${k}`).toBeCloseTo(value, 14);
  }
  // average='macro' over labels=[0, 1, 3]; the recall is balanced_accuracy_score(y, predicted)
  const macro = macroScores(scores);
  expect(macro.classes).toBe(3);
  expect(macro.precision).toBeCloseTo(0.609090909090909, 14);
  expect(macro.recall).toBeCloseTo(0.5340909090909091, 14);
  expect(macro.f1).toBeCloseTo(0.5313131313131313, 14);
  expect(macroScores([])).toEqual({ classes: 0, precision: 0, recall: 0, f1: 0 });
  expect(frequentConfusions(confusion, classes).slice(0, 2)).toEqual([
    { label: 'd', predicted: 'c', count: 5 },
    { label: 'a', predicted: 'b', count: 2 },
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

describe('the report is about the weights whose score stands on top', () => {
  /** A network that takes every image for the first class from its n-th validation on. */
  const worseFrom =
    (n: number) =>
    (create: CreateRunner): CreateRunner => {
      let epochs = 0;
      return async (program) => {
        const runner = await create(program);
        return {
          ...runner,
          run: async (name, inputs) => {
            const outputs = await runner.run(name, inputs);
            if (name !== 'evaluate_ema') return outputs;
            // Two batches a validation.
            if (Math.floor(epochs++ / 2) < n) return outputs;
            const { logits } = outputs;
            if (!logits) throw new Error('no logits');
            return { ...outputs, logits: { ...logits, data: logits.data.map((_, i) => (i % 3 === 0 ? 1 : 0)) } };
          },
        };
      };
    };
  const settings = { epochs: 4, rate: 1, 'label-smoothing': 0 };
  const cells = (html: string) =>
    [...html.matchAll(/title="(\d+) of \d+ images? of/g)].map(([, count]) => Number(count));

  test('and not about those of the last epoch, in a resumed run too', async () => {
    const [folder, pieces] = [temporaryFolder(), temporaryFolder()];
    const records: EpochRecord[] = [];
    const on = { epoch: (record: EpochRecord) => void records.push(record) };
    const changes = { settings, createRunner: worseFrom(3), on };
    const { best } = await train(await tinyTask(folder, changes));
    expect(best?.epoch).toBe(2);
    const html = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(html).toContain('Epoch 3, the best one, by the averages of the weights: the weights of best.safetensors.');
    const confusion = cells(html);
    expect(confusion).toHaveLength(9);
    const hits = (confusion[0] as number) + (confusion[4] as number) + (confusion[8] as number);
    expect(hits / 16).toBe(best?.accuracy);
    expect(records[3]?.validation.averages?.accuracy).toBeLessThan(best?.accuracy as number);
    const balanced = records[2]?.validation.averages?.balancedAccuracy as number;
    expect(html).toContain(`<b>${(100 * balanced).toFixed(2)} %</b><span>balanced accuracy, epoch 3</span>`);

    // Stopped after the best epoch: what comes after knows it from the folder.
    let epochs = 0;
    const stopping = { ...changes, on: { epoch: () => void epochs++ }, stopped: () => epochs === 3 };
    expect((await train(await tinyTask(pieces, stopping))).finished).toBe(false);
    const resumed = await train(await tinyTask(pieces, { ...changes, createRunner: worseFrom(0) }));
    expect(resumed.bestEvaluation?.epoch).toBe(2);
    expect(readFileSync(join(pieces, 'report.html'), 'utf8')).toBe(html);
  });

  test('and says so where the best evaluation is no longer in the folder', async () => {
    const folder = temporaryFolder();
    let epochs = 0;
    const task = { settings, createRunner: worseFrom(1), on: { epoch: () => void epochs++ } };
    await train(await tinyTask(folder, { ...task, stopped: () => epochs === 3 }));
    writeFileSync(join(folder, 'best.json'), '{"epoch": 0}');
    expect(await train(await tinyTask(folder, { ...task, createRunner: worseFrom(0) }))).toMatchObject({
      finished: true,
    });
    const html = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(html).toContain('best.json, the evaluation of the best epoch, is missing or damaged');
    expect(cells(html)).toEqual([]);
  });
});

test.skipIf(!browser)('the report opens without a network, with its figures, images and values', async () => {
  const folder = temporaryFolder();
  // One epoch at a rate of nothing: there are mistakes to show.
  const task = await tinyTask(folder, { settings: { rate: 1e-6, epochs: 2, evaluate: 'both' } });
  await train({ ...task, nameOf: (index) => `<b>${index}</b> "image"` });
  const path = join(folder, 'report.html');
  expect(readFileSync(path, 'utf8')).not.toMatch(/https?:|src="(?!data:)|href=/);

  const app = await chromium.launch({
    executablePath: browser as string,
    args: ['--no-sandbox', '--disable-gpu'],
    timeout: 120_000,
  });
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
