import { describe, expect, test } from 'vitest';
import { elementRange } from '../../src/5-graph/value-type.ts';
import { count, emptyBounds, emptyHistogram, widen } from '../../src/quantise/histogram.ts';
import { chooseRange, type Range, rangeMethods, typeOfRange } from '../../src/quantise/ranges.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { quantiseValues, roundHalfEven } from '../../src/weights/quantise-values.ts';
import { randomState } from '../../src/weights/random.ts';

/** Normal numbers, and a few that are far out, in two batches. */
function longTailed(): Float32Array {
  const values = new Float32Array(50_000);
  fillNormal(values, randomState(1, 'tail'), 1);
  values[10] = 80;
  values[40_000] = -30;
  return values;
}

function histogramOf(values: Float32Array) {
  const bounds = emptyBounds();
  const halves = [values.subarray(0, 20_000), values.subarray(20_000)];
  for (const half of halves) widen(bounds, half);
  const histogram = emptyHistogram(bounds);
  for (const half of halves) count(histogram, half);
  return histogram;
}

/** The mean squared error of rounding values to 256 levels of a range, by doing it. */
function errorOf(values: Float32Array, range: Range): number {
  const type = typeOfRange(range, 'int8');
  const integers = new Int8Array(values.length);
  quantiseValues(values, [values.length], type, integers);
  const [scale] = type.scales as [number];
  return values.reduce((sum, x, i) => sum + (x - scale * (integers[i]! - type.zeroPoint)) ** 2, 0) / values.length;
}

describe('ranges', () => {
  const values = longTailed();
  const histogram = histogramOf(values);

  test('by minimum and maximum hold all that was seen', () => {
    expect(chooseRange(histogram, 'minmax', 8)).toEqual({ least: -30, most: 80 });
    expect(histogram.counts.reduce((a, b) => a + b, 0)).toBe(values.length);
  });

  test('by percentile leave a ten-thousandth out, half at each end', () => {
    const { least, most } = chooseRange(histogram, 'percentile', 8);
    const out = values.filter((x) => x < least || x > most).length;
    expect(out).toBeGreaterThan(0);
    expect(out).toBeLessThanOrEqual(values.length / 10_000);
  });

  test('by squared error are as good as any that a search by rounding finds', () => {
    const found = errorOf(values, chooseRange(histogram, 'mse', 8));
    const tried = Array.from({ length: 60 }, (_, i) => 2 + i / 10).map((c) => errorOf(values, { least: -c, most: c }));
    expect(found).toBeLessThan(1.03 * Math.min(...tried));
    for (const method of rangeMethods)
      expect(found).toBeLessThanOrEqual(errorOf(values, chooseRange(histogram, method, 8)));
  });

  test('before an activation that levels off leave out what it makes nothing of', () => {
    const silu = (x: number) => x / (1 + Math.exp(-x));
    const wide = values.map((x) => (x < 0 ? 12 : 4) * x);
    const [plain, through] = [undefined, silu].map((read) => chooseRange(histogramOf(wide), 'mse', 8, read)) as [
      Range,
      Range,
    ];
    const errorAfter = (range: Range) => {
      const type = typeOfRange(range, 'int8');
      const integers = new Int8Array(wide.length);
      quantiseValues(wide, [wide.length], type, integers);
      const [scale] = type.scales as [number];
      return wide.reduce((sum, x, i) => sum + (silu(x) - silu(scale * (integers[i]! - type.zeroPoint))) ** 2, 0);
    };
    expect(through.least).toBeGreaterThan(plain.least / 2);
    expect(errorAfter(through)).toBeLessThan(errorAfter(plain) / 2);
  });

  test('of values above 0 begin at 0, and keep all that bounds give often', () => {
    const capped = values.map((x) => Math.min(Math.max(3 * x, 0), 6));
    const range = chooseRange(histogramOf(capped), 'mse', 8);
    expect(range.least).toBe(0);
    expect(range.most).toBeGreaterThan(5.9);
    expect(typeOfRange(range, 'int8').zeroPoint).toBe(-128);
  });

  test('by squared error keep off the middle between two levels, where bytes from -1 to 1 would lie', () => {
    const bytes = Float32Array.from({ length: 50_000 }, (_, i) => (2 * ((i * 97) % 256)) / 255 - 1);
    const range = chooseRange(histogramOf(bytes), 'mse', 8);
    const step = 2 / 255;
    expect(errorOf(bytes, range)).toBeLessThan(1.3 * (step ** 2 / 12));
    expect(errorOf(bytes, { least: -1, most: 1 })).toBeGreaterThan(2 * (step ** 2 / 12));
  });

  test('become types in which a whole number stands for 0 exactly', () => {
    for (const [least, most] of [
      [-1, 3],
      [0, 6],
      [-5, 0],
      [-0.013, 11.7],
      [0, 0],
    ] as const) {
      for (const element of ['int8', 'int16'] as const) {
        const type = typeOfRange({ least, most }, element);
        const [first, last] = elementRange(type);
        const [scale] = type.scales as [number];
        expect(scale).toBe(Math.fround(scale));
        expect(type.zeroPoint).toBeGreaterThanOrEqual(first);
        expect(type.zeroPoint).toBeLessThanOrEqual(last);
        expect(scale * (first - type.zeroPoint)).toBeLessThanOrEqual(least + scale / 2 + 1e-9);
        expect(scale * (last - type.zeroPoint)).toBeGreaterThanOrEqual(most - scale / 2 - 1e-9);
      }
    }
  });
});

test('halves are rounded to the even number', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 2.5001].map((x) => roundHalfEven(x) + 0)).toEqual([0, 2, 2, 0, -2, 2, 3]);
});
