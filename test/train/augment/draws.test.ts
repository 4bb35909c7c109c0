import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beta } from '../../../src/train/augment/beta.ts';
import { evaluationFraming, randomCrop } from '../../../src/train/augment/crops.ts';
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

/** Width, height and the window's corner. */
function framing(size: readonly [number, number], target: readonly [number, number], share?: number) {
  const { width, height, left, top } = evaluationFraming(size, target, share);
  return [width, height, left, top];
}

test("evaluation resizes large pictures by EfficientNet's share, and cuts out of their centre", () => {
  expect(framing([500, 375], [224, 224])).toEqual([341, 256, 58, 16]);
  expect(framing([375, 500], [224, 224])).toEqual([256, 341, 16, 58]);
  expect(framing([1264, 1264], [600, 600])).toEqual([632, 632, 16, 16]);
  expect(framing([100, 90], [224, 224])).toEqual([284, 256, 30, 16]);
  // below 224 the share does not fall with the size: 28 / 0.875
  expect(framing([500, 500], [28, 28])).toEqual([32, 32, 2, 2]);
});

test('evaluation cuts nothing off small pictures but what the ratio demands', () => {
  expect(framing([28, 28], [28, 28])).toEqual([28, 28, 0, 0]);
  expect(framing([64, 64], [28, 28])).toEqual([28, 28, 0, 0]);
  expect(framing([64, 32], [224, 224])).toEqual([448, 224, 112, 0]);
  expect(framing([65, 65], [224, 224])).toEqual([256, 256, 16, 16]);
});

test('a share that is asked for holds for every picture, and is applied as in timm', () => {
  expect(framing([28, 28], [28, 28], 0.5)).toEqual([56, 56, 14, 14]);
  expect(framing([500, 375], [224, 224], 1)).toEqual([298, 224, 37, 0]);
  // timm's floor(300 / 0.904), and halves that are rounded to the even number
  expect(framing([640, 427], [300, 300], 0.904)).toEqual([496, 331, 98, 16]);
  expect(framing([333, 231], [224, 224], 0.969)).toEqual([333, 231, 54, 4]);
  // sides that differ: 55 x 28 covers 1 / 0.9 of the input
  expect(framing([100, 100], [50, 25], 1)).toEqual([50, 50, 0, 12]);
  expect(framing([200, 100], [50, 25], 0.9)).toEqual([55, 28, 2, 2]);
});

test('every window of evaluation lies within the resized picture', () => {
  const share = fc.option(fc.double({ min: 0.01, max: 1, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(sizes, sizes, share, (size, target, kept) => {
      const { from, width, height, left, top } = evaluationFraming(size, target, kept);
      expect(from).toEqual({ left: 0, top: 0, width: size[0], height: size[1] });
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(left + target[0]).toBeLessThanOrEqual(width);
      expect(top + target[1]).toBeLessThanOrEqual(height);
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
