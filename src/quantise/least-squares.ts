import { ridgeOf } from './damping.ts';
import { inverseOf, upperFactor, withRidge } from './factor.ts';
import type { Means, Moments } from './moments.ts';

export interface Fitted {
  /** `[filters, n]`, whole numbers. */
  readonly integers: Int8Array;
  /** Of each filter. */
  readonly scales: readonly number[];
  /** Of each filter. */
  readonly bias: Float64Array;
}

/** Filters that read no more numbers than this, those of depthwise convolutions above all, are fitted at several scales. */
export const fewReads = 64;

/** The scales among which one is chosen for each filter. */
export interface ScaleChoice {
  /** Shares of the scale that maps the largest number of the best real filter to the largest whole number. */
  readonly shares: readonly number[];
  /** For each filter the least allowed scale. */
  readonly least: Float64Array;
}

/**
 * The whole numbers of filters and their biases with which a layer's outputs are closest to their targets. First the best real filters, by
 * damped least squares; then each number is rounded in turn, and those after it make up for the error, as in "GPTQ: Accurate Post-Training
 * Quantization for Generative Pre-trained Transformers" (Frantar et al. 2023, section 3); finally numbers are changed by one where that
 * improves the fit.
 * @param weights `[filters, n]` @param damping see `ridgeOf` @param most the largest whole number
 */
export function fitFilters(
  weights: Float32Array,
  { shares, least }: ScaleChoice,
  moments: Moments,
  damping: number,
  most: number,
): Fitted {
  const n = moments.inputMeans.length;
  const filters = least.length;
  const ridge = ridgeOf(moments, damping);
  const damped = withRidge(moments.inputs, n, ridge);
  const inverse = inverseOf(damped, n);
  const upper = upperFactor(inverse, n);
  const integers = new Int8Array(filters * n);
  const scales: number[] = [];
  const bias = new Float64Array(filters);
  for (let f = 0; f < filters; f++) {
    const best = bestFilter(weights.subarray(f * n, (f + 1) * n), moments, f, inverse, ridge);
    const largest = best.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const chosen = integers.subarray(f * n, (f + 1) * n);
    let error = Number.POSITIVE_INFINITY;
    for (const share of shares) {
      const scale = Math.fround(Math.max((share * largest) / most, least[f] as number) || 1 / most);
      const tries = [roundInTurn(best, scale, upper, most), roundAll(best, scale, most)];
      for (const tried of tries) {
        const left = descend(tried, best, scale, damped, most);
        if (!(left < error)) continue;
        error = left;
        chosen.set(tried);
        scales[f] = scale;
      }
    }
    let mean = 0;
    const scale = scales[f] as number;
    for (let j = 0; j < n; j++) mean += (chosen[j] as number) * scale * (moments.inputMeans[j] as number);
    bias[f] = (moments.outputMeans[f] as number) - mean;
  }
  return { integers, scales, bias };
}

/** The real filter that fits best: `(cross + ridge * own) * inverse`. */
function bestFilter(
  own: Float32Array,
  { cross }: Moments,
  filter: number,
  inverse: Float64Array,
  ridge: number,
): Float64Array {
  const n = own.length;
  const wanted = Float64Array.from(own, (w, j) => (cross[filter * n + j] as number) + ridge * w);
  const best = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0, at = i * n; j < n; j++) sum += (inverse[at + j] as number) * (wanted[j] as number);
    best[i] = sum;
  }
  return best;
}

/** Rounds number by number; those after it make up for the error. @param upper factor of the inverse of the moments */
function roundInTurn(best: Float64Array, scale: number, upper: Float64Array, most: number): Int8Array {
  const n = best.length;
  const row = best.slice();
  const integers = new Int8Array(n);
  for (let j = 0; j < n; j++) {
    const w = row[j] as number;
    const q = Math.min(Math.max(Math.round(w / scale), -most), most);
    integers[j] = q;
    const error = (w - q * scale) / (upper[j * n + j] as number);
    for (let k = j + 1, at = j * n; k < n; k++) row[k] = (row[k] as number) - error * (upper[at + k] as number);
  }
  return integers;
}

function roundAll(weights: Float64Array | Float32Array, scale: number, most: number): Int8Array {
  return Int8Array.from(weights, (w) => Math.min(Math.max(Math.round(w / scale), -most), most));
}

/** How many passes are made over the numbers of a filter. */
const passes = 4;

/**
 * Changes one whole number by one as long as that brings the filter closer to the best one, by the moments of its inputs.
 * @returns the remaining squared error.
 */
function descend(integers: Int8Array, best: Float64Array, scale: number, moments: Float64Array, most: number): number {
  const n = integers.length;
  // half the slope of the error along each number
  const slope = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const off = (integers[j] as number) * scale - (best[j] as number);
    for (let k = 0, at = j * n; k < n; k++) slope[k] = (slope[k] as number) + off * (moments[at + k] as number);
  }
  for (let pass = 0; pass < passes; pass++) {
    let changed = false;
    for (let j = 0; j < n; j++) {
      const step = (slope[j] as number) > 0 ? -1 : 1;
      const gain = 2 * Math.abs(slope[j] as number) - scale * (moments[j * n + j] as number);
      const q = (integers[j] as number) + step;
      if (gain <= 0 || q < -most || q > most) continue;
      integers[j] = q;
      changed = true;
      for (let k = 0, at = j * n; k < n; k++)
        slope[k] = (slope[k] as number) + step * scale * (moments[at + k] as number);
    }
    if (!changed) break;
  }
  return slope.reduce((sum, x, j) => sum + x * ((integers[j] as number) * scale - (best[j] as number)), 0);
}

/** Filters with each number rounded to the nearest, and biases that keep the means of their outputs. */
export function roundFilters(
  weights: Float32Array,
  scales: readonly number[],
  { inputMeans, outputMeans }: Means,
  most: number,
): Fitted {
  const n = weights.length / scales.length;
  const bias = outputMeans.slice();
  const integers = new Int8Array(weights.length);
  for (const [f, scale] of scales.entries()) {
    const chosen = roundAll(weights.subarray(f * n, (f + 1) * n), scale, most);
    integers.set(chosen, f * n);
    for (let j = 0; j < n; j++) {
      bias[f] = (bias[f] as number) - (chosen[j] as number) * scale * (inputMeans[j] as number);
    }
  }
  return { integers, scales, bias };
}
