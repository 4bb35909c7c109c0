import { elementRange, type QuantisedType } from '../5-graph/value-type.ts';
import type { Histogram } from './histogram.ts';

/** How a range is chosen from what was seen: all of it, most of it, or with the least squared error. */
export type RangeMethod = 'minmax' | 'percentile' | 'mse';

export const rangeMethods: readonly RangeMethod[] = ['minmax', 'percentile', 'mse'];

/** The real numbers that integers stand for; 0 is among them. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Of what a percentile leaves out, half lies at each end. */
const kept = 0.9999;

/** How finely the search for the least error divides each side. */
const steps = 96;

/** @param bits of the integers */
export function chooseRange(histogram: Histogram, method: RangeMethod, bits: 8 | 16): Range {
  if (method === 'minmax') return { least: histogram.least, most: histogram.most };
  return method === 'percentile' ? percentileRange(histogram) : leastErrorRange(histogram, 2 ** bits - 1);
}

/** The type that has a range, widened so that a whole number stands for 0. */
export function typeOfRange({ least, most }: Range, element: 'int8' | 'int16'): QuantisedType {
  const bounds = elementRange({ element, scales: [], zeroPoint: 0 });
  const [first, last] = bounds;
  const width = Math.max(most, 0) - Math.min(least, 0);
  // Single precision, as files hold it.
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

/**
 * The range with the least expected squared error: what rounding costs within it, scale^2 / 12, and what bounding costs outside.
 * The sums over the tails come from sums from each end, so that a pair of bounds costs a few operations.
 */
function leastErrorRange(histogram: Histogram, levels: number): Range {
  const { least, most, counts } = histogram;
  const bins = counts.length;
  const width = (most - least) / bins;
  if (!(width > 0)) return { least, most };
  const [n, s, q] = [0, 1, 2].map(() => new Float64Array(bins + 1)) as [Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < bins; i++) {
    const x = least + (i + 0.5) * width;
    const c = counts[i] as number;
    n[i + 1] = (n[i] as number) + c;
    s[i + 1] = (s[i] as number) + c * x;
    q[i + 1] = (q[i] as number) + c * x * x;
  }
  const over = (from: number, to: number, bound: number) =>
    (q[to] as number) -
    (q[from] as number) -
    2 * bound * ((s[to] as number) - (s[from] as number)) +
    bound * bound * ((n[to] as number) - (n[from] as number));
  const binAt = (x: number) => Math.min(Math.max(Math.round((x - least) / width), 0), bins);
  let best: Range & { error: number } = { least, most, error: Number.POSITIVE_INFINITY };
  const lows = least < 0 ? steps : 1;
  const highs = most > 0 ? steps : 1;
  for (let i = 0; i < lows; i++) {
    const low = least < 0 ? least * (1 - i / steps) : 0;
    const below = binAt(low);
    const cut = over(0, below, low);
    for (let j = 0; j < highs; j++) {
      const high = most > 0 ? most * (1 - j / steps) : 0;
      const above = binAt(high);
      if (above < below) continue;
      const scale = (high - low) / levels;
      const error =
        cut + over(above, bins, high) + ((n[above] as number) - (n[below] as number)) * ((scale * scale) / 12);
      if (error < best.error) best = { least: low, most: high, error };
    }
  }
  return { least: best.least, most: best.most };
}
