import { elementRange, type QuantisedType } from '../5-graph/value-type.ts';
import { roundHalfEven } from '../weights/quantise-values.ts';
import type { Histogram } from './histogram.ts';

/** How a range is chosen from the observed values: all of them, most of them, or with the least squared error. */
export type RangeMethod = 'minmax' | 'percentile' | 'mse';

export const rangeMethods: readonly RangeMethod[] = ['minmax', 'percentile', 'mse'];

/** The real numbers that integers represent, including 0. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Half of what a percentile leaves out is at each end. */
const kept = 0.9999;

/** How finely the search for the least error divides each side. */
const steps = 192;

/**
 * @param bits of the integers @param read the function that readers apply to a value: errors are measured on its result. The identity by default.
 */
export function chooseRange(
  histogram: Histogram,
  method: RangeMethod,
  bits: 8 | 16,
  read: (x: number) => number = (x) => x,
): Range {
  if (method === 'minmax') return { least: histogram.least, most: histogram.most };
  return method === 'percentile'
    ? percentileRange(histogram)
    : leastErrorRange(histogram, bits === 8 ? 'int8' : 'int16', read);
}

/** The type with a given range, widened so that a whole number represents 0. */
export function typeOfRange({ least, most }: Range, element: 'int8' | 'int16'): QuantisedType {
  const bounds = elementRange({ element, scales: [], zeroPoint: 0 });
  const [first, last] = bounds;
  const width = Math.max(most, 0) - Math.min(least, 0);
  // Single precision, as in files.
  const scale = Math.fround(width > 0 ? width / (last - first) : 1 / (last - first));
  const zeroPoint = Math.min(Math.max(Math.round(first - Math.min(least, 0) / scale), first), last);
  return { element, scales: [scale], zeroPoint };
}

function percentileRange({ least, most, counts }: Histogram): Range {
  const total = counts.reduce((a, b) => a + b, 0);
  const width = (most - least) / counts.length;
  const tail = least < 0 && most > 0 ? ((1 - kept) * total) / 2 : (1 - kept) * total;
  let [low, high] = [0, counts.length - 1];
  if (least < 0) for (let sum = counts[0] as number; sum <= tail && low < high; sum += counts[low] as number) low++;
  if (most > 0) for (let sum = counts[high] as number; sum <= tail && high > low; sum += counts[high] as number) high--;
  return { least: Math.min(least + low * width, 0), most: Math.max(least + (high + 1) * width, 0) };
}

/** The range with the least squared error: each side is optimised in turn, with the other fixed, until neither moves. */
function leastErrorRange(histogram: Histogram, element: 'int8' | 'int16', read: (x: number) => number): Range {
  let best: Range & { error: number } = { ...bounded(histogram, 0, 0), error: Number.POSITIVE_INFINITY };
  let [low, high] = [0, 0];
  for (let moved = true; moved; ) {
    moved = false;
    for (const side of histogram.least < 0 ? (['most', 'least'] as const) : (['most'] as const)) {
      for (let step = 0; step < steps; step++) {
        const [l, h] = side === 'least' ? [step, high] : [low, step];
        const range = bounded(histogram, l, h);
        const error = squaredError(histogram, range, element, read);
        if (!(error < best.error)) continue;
        best = { ...range, error };
        moved = true;
      }
      if (side === 'least') low = stepOf(best.least, histogram.least);
      else high = stepOf(best.most, histogram.most);
    }
  }
  return { least: best.least, most: best.most };
}

/** The observed range, each side narrowed by some steps. */
function bounded({ least, most }: Histogram, low: number, high: number): Range {
  return { least: Math.min(least * (1 - low / steps), 0), most: Math.max(most * (1 - high / steps), 0) };
}

const stepOf = (bound: number, seen: number) => (seen === 0 ? 0 : Math.round((1 - bound / seen) * steps));

/**
 * The sum of squared errors from rounding and clipping: each bin's middle is rounded as the type does it, so that values on a grid,
 * such as the 256 of a picture's bytes, and those that a type represents exactly, such as the 0 of ReLU, are counted correctly. The
 * first and the last bin stand for the bounds, which ReLU6 gives often. Where bins are wider than steps, rounding costs a twelfth of
 * the step squared.
 */
function squaredError(
  { least, most, counts }: Histogram,
  range: Range,
  element: 'int8' | 'int16',
  read: (x: number) => number,
): number {
  const type = typeOfRange(range, element);
  const [scale = 1] = type.scales;
  const [first, last] = elementRange(type);
  const width = (most - least) / counts.length;
  const isFine = scale < 2 * width;
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] as number;
    if (count === 0) continue;
    const x = bin === 0 ? least : bin === counts.length - 1 ? most : least + (bin + 0.5) * width;
    const level = roundHalfEven(x / scale) + type.zeroPoint;
    const isInside = level >= first && level <= last;
    const rounded = scale * (Math.min(Math.max(level, first), last) - type.zeroPoint);
    const error = read(x) - read(rounded);
    if (!isInside || !isFine) sum += count * error * error;
    else {
      // uniform within a step: a twelfth of the square of what the step becomes
      const step = read(x + scale / 2) - read(x - scale / 2);
      sum += (count * step * step) / 12;
    }
  }
  return sum;
}
