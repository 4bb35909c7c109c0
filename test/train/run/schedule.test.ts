import { expect, test } from 'vitest';
import { parseProgression, sizeOfEpoch } from '../../../src/train/progressive.ts';
import { adamCorrection, averageShare, learningRate } from '../../../src/train/schedule.ts';
import { resolveSettings } from '../../../src/train/settings.ts';

const length = { stepsPerEpoch: 100, totalSteps: 35_000 };

test("the reference code's rate: linear to 0.016 for 256 images in 5 epochs, 0.97 each 2.4 epochs from step 0 on", () => {
  const settings = resolveSettings({ batch: 32, accumulate: 2 });
  const rate = (step: number) => learningRate(settings, step, length);
  // 0.016 * 64 / 256
  expect(rate(0)).toBe(0);
  expect(rate(250)).toBeCloseTo(0.002, 12);
  expect(rate(499)).toBeCloseTo(0.003992, 12);
  // decay steps are 240, so that 500 steps have seen two of them
  expect(rate(500)).toBeCloseTo(0.004 * 0.97 * 0.97, 12);
  expect(rate(719)).toBeCloseTo(0.004 * 0.97 * 0.97, 12);
  expect(rate(720)).toBeCloseTo(0.004 * 0.97 ** 3, 12);
  expect(rate(34_999)).toBeCloseTo(0.004 * 0.97 ** 145, 12);
});

test('cosine to 0, and constant', () => {
  const cosine = resolveSettings({ optimiser: 'sgd', batch: 256, schedule: 'cosine', warmup: 0 });
  const at = (step: number) => learningRate(cosine, step, length);
  expect(at(0)).toBe(0.1);
  expect(at(17_500)).toBeCloseTo(0.05, 12);
  expect(at(35_000)).toBeCloseTo(0, 12);
  const constant = resolveSettings({ optimiser: 'adamw', batch: 512, schedule: 'constant', warmup: 0.5 });
  expect(learningRate(constant, 25, length)).toBeCloseTo(2.5e-4, 15);
  expect(learningRate(constant, 20_000, length)).toBeCloseTo(5e-4, 15);
});

test('the cosine runs from the first step, under the warm-up too', () => {
  const cosine = resolveSettings({ optimiser: 'sgd', batch: 256, schedule: 'cosine', warmup: 5 });
  const at = (step: number) => learningRate(cosine, step, length);
  expect(at(250)).toBeCloseTo(0.05, 12);
  expect(at(500)).toBeCloseTo(0.05 * (1 + Math.cos(Math.PI / 70)), 12);
  expect(at(17_500)).toBeCloseTo(0.05, 12);
});

test('averages follow the weights at once and then slowly, as with num_updates in TensorFlow', () => {
  expect(averageShare(0.9999, 0)).toBeCloseTo(2 / 11, 15);
  expect(averageShare(0.9999, 8)).toBeCloseTo(10 / 19, 15);
  expect(averageShare(0.9999, 200_000)).toBe(0.9999);
  expect(averageShare(0.5, 100)).toBe(0.5);
});

test("AdamW's corrections count steps from 1", () => {
  expect(adamCorrection(0.9, 0)).toBeCloseTo(0.1, 15);
  expect(adamCorrection(0.999, 1)).toBeCloseTo(1 - 0.998001, 15);
});

test('progressive sizes: equal stages, both ends exact, multiples of 8 between', () => {
  const progression = parseProgression('128-300');
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((epoch) => sizeOfEpoch(progression, epoch, 8))).toEqual([
    128, 128, 184, 184, 240, 240, 300, 300,
  ]);
  // 162 to the nearest below, 166 to the nearest above
  expect(sizeOfEpoch(parseProgression('100-224/3'), 1, 3)).toBe(160);
  expect(sizeOfEpoch(parseProgression('100-232/3'), 1, 3)).toBe(168);
  const two = parseProgression('24-28/2');
  expect([0, 1, 2].map((epoch) => sizeOfEpoch(two, epoch, 3))).toEqual([24, 24, 28]);
  for (const text of ['128', '224-128', '128-224/1', '128-224/0', 'a-b', '0-8']) {
    expect(() => parseProgression(text), text).toThrow("'progressive");
  }
});
