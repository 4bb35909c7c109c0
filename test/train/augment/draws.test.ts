import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beta } from '../../../src/train/augment/beta.ts';
import { evaluationCrop, randomCrop } from '../../../src/train/augment/crops.ts';
import { drawMix } from '../../../src/train/augment/mixing.ts';
import { shuffle } from '../../../src/train/data/sampling.ts';
import { randomState } from '../../../src/weights/random.ts';

const sizes = fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 3000 }));

test('random crops lie within the picture, whatever its size', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), (size, seed) => {
      const { left, top, width, height } = randomCrop(size, [0.08, 1], [3 / 4, 4 / 3], randomState(seed, 'crop'));
      for (const n of [left, top]) expect(n).toBeGreaterThanOrEqual(0);
      for (const n of [width, height]) expect(n).toBeGreaterThanOrEqual(1);
      expect(left + width).toBeLessThanOrEqual(size[0]);
      expect(top + height).toBeLessThanOrEqual(size[1]);
    }),
  );
});

test('random crops have the areas and ratios asked for, evenly', () => {
  const state = randomState(1, 'crops');
  const crops = Array.from({ length: 4000 }, () => randomCrop([1000, 1000], [0.08, 0.5], [3 / 4, 4 / 3], state));
  const areas = crops.map(({ width, height }) => (width * height) / 1e6);
  const ratios = crops.map(({ width, height }) => width / height);
  expect(Math.min(...areas)).toBeGreaterThan(0.078);
  expect(Math.max(...areas)).toBeLessThan(0.502);
  expect(mean(areas)).toBeCloseTo(0.29, 2);
  expect(Math.min(...ratios)).toBeGreaterThan(0.74);
  expect(Math.max(...ratios)).toBeLessThan(1.35);
  expect(mean(ratios.map(Math.log))).toBeCloseTo(0, 2);
});

test('a picture that is far too long gets its middle', () => {
  // no draw of a whole picture's area fits: ratio 10 is outside of 3/4 to 4/3
  expect(randomCrop([1000, 100], [1, 1], [3 / 4, 4 / 3], randomState(0, 'x'))).toEqual({
    left: 434,
    top: 0,
    width: 133,
    height: 100,
  });
});

test("evaluation's crops of large pictures are EfficientNet's", () => {
  // preprocessing.py: int(224 / (224 + 32) * 375) = 328, offsets ((375 - 328) + 1) // 2 and ((500 - 328) + 1) // 2
  expect(evaluationCrop([500, 375], [224, 224], undefined)).toEqual({ left: 86, top: 24, width: 328, height: 328 });
  expect(evaluationCrop([256, 256], [224, 224], undefined)).toEqual({ left: 16, top: 16, width: 224, height: 224 });
  // 600 / 632 of 1264
  expect(evaluationCrop([1264, 1264], [600, 600], undefined)).toMatchObject({ width: 1200, height: 1200 });
});

test('evaluation cuts nothing off small pictures, and no pixel that the network has room for', () => {
  const whole = { left: 0, top: 0 };
  expect(evaluationCrop([28, 28], [28, 28], undefined)).toEqual({ ...whole, width: 28, height: 28 });
  expect(evaluationCrop([64, 64], [28, 28], undefined)).toEqual({ ...whole, width: 64, height: 64 });
  expect(evaluationCrop([100, 100], [224, 224], undefined)).toEqual({ ...whole, width: 100, height: 100 });
  expect(evaluationCrop([224, 224], [224, 224], undefined)).toEqual({ ...whole, width: 224, height: 224 });
  // 0.875 of 240 would be 210
  expect(evaluationCrop([240, 300], [224, 224], undefined)).toEqual({ left: 8, top: 38, width: 224, height: 224 });
  // at a small input the share does not fall with the size: 0.875 of 500
  expect(evaluationCrop([500, 500], [28, 28], undefined)).toMatchObject({ width: 437, height: 437 });
});

test('a share that is asked for holds for every picture', () => {
  expect(evaluationCrop([28, 28], [28, 28], 0.5)).toEqual({ left: 7, top: 7, width: 14, height: 14 });
  expect(evaluationCrop([500, 375], [224, 224], 1)).toEqual({ left: 63, top: 0, width: 375, height: 375 });
  expect(evaluationCrop([100, 100], [50, 25], 1)).toEqual({ left: 0, top: 25, width: 100, height: 50 });
});

test('every crop of evaluation lies within the picture', () => {
  const share = fc.option(fc.double({ min: 0.01, max: 1, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(sizes, sizes, share, (size, target, kept) => {
      const { left, top, width, height } = evaluationCrop(size, target, kept);
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
      expect(left + width).toBeLessThanOrEqual(size[0]);
      expect(top + height).toBeLessThanOrEqual(size[1]);
    }),
  );
});

test.each([0.1, 0.2, 0.5, 1, 2.5])('Beta(%d, %d) has its mean, variance and fourth moment', (alpha) => {
  const state = randomState(11, 'beta');
  const count = 20000;
  const draws = Array.from({ length: count }, () => beta(alpha, state));
  expect(draws.every((v) => v >= 0 && v <= 1)).toBe(true);
  const variance = 1 / (4 * (2 * alpha + 1));
  expect(Math.abs(mean(draws) - 0.5)).toBeLessThan(5 * Math.sqrt(variance / count));
  expect(mean(draws.map((v) => (v - 0.5) ** 2)) / variance).toBeCloseTo(1, 1);
  const fourth = 3 / 16 / ((2 * alpha + 1) * (2 * alpha + 3));
  expect(mean(draws.map((v) => (v - 0.5) ** 4)) / fourth).toBeCloseTo(1, 1);
});

test('a mix has partners that are a permutation, and the share of its rectangle', () => {
  const kinds = { mixup: 0, cutmix: 0 };
  for (let seed = 0; seed < 300; seed++) {
    const mix = drawMix(6, [10, 7], { mixup: 0.5, cutmix: 0.5 }, shuffle, randomState(seed, 'mix'))!;
    kinds[mix.kind]++;
    expect([...mix.partner].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    if (mix.kind === 'cutmix') {
      const cut = Math.max(0, mix.right - mix.left) * Math.max(0, mix.bottom - mix.top);
      expect(mix.share).toBeCloseTo(1 - cut / 70);
      expect(Math.min(mix.left, mix.top)).toBeGreaterThanOrEqual(0);
      expect(mix.right <= 10 && mix.bottom <= 7).toBe(true);
    }
  }
  expect(kinds.mixup).toBeGreaterThan(100);
  expect(kinds.cutmix).toBeGreaterThan(100);
  expect(drawMix(1, [10, 7], { mixup: 1, cutmix: 0 }, shuffle, randomState(0, 'x'))).toBeUndefined();
  expect(drawMix(6, [10, 7], { mixup: 0, cutmix: 0 }, shuffle, randomState(0, 'x'))).toBeUndefined();
});

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
