/** Second moments of a layer's inputs, and of its inputs with its outputs, around their means. */
export interface Moments {
  /** `[n, n]` */
  readonly inputs: Float64Array;
  /** `[filters, n]` */
  readonly cross: Float64Array;
  readonly inputMeans: Float64Array;
  readonly outputMeans: Float64Array;
}

/**
 * @param inputs `[samples, n]` @param outputs `[samples, filters]`
 * @param weights of the samples; equal by default
 */
export function momentsOf(
  inputs: Float32Array,
  outputs: Float32Array,
  samples: number,
  weights: Float32Array = new Float32Array(samples).fill(1),
): Moments {
  const n = inputs.length / samples;
  const filters = outputs.length / samples;
  const shares = sharesOf(weights);
  const inputMeans = columnMeans(inputs, shares);
  const outputMeans = columnMeans(outputs, shares);
  const x = centred(inputs, inputMeans, shares);
  const y = centred(outputs, outputMeans, shares);
  const square = new Float64Array(n * n);
  const cross = new Float64Array(filters * n);
  // four samples at a time: the sums are read and written once for four
  for (let s = 0; s < samples; s += 4) {
    const [p, q, r, t] = [0, 1, 2, 3].map((k) =>
      s + k < samples ? x.subarray((s + k) * n, (s + k + 1) * n) : new Float32Array(n),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const add = (to: Float64Array, at: number, count: number, a: number, b: number, c: number, d: number) => {
      for (let j = 0; j < count; j++) {
        to[at + j] =
          (to[at + j] as number) +
          a * (p[j] as number) +
          b * (q[j] as number) +
          c * (r[j] as number) +
          d * (t[j] as number);
      }
    };
    for (let i = 0; i < n; i++) {
      add(square, i * n, i + 1, p[i] as number, q[i] as number, r[i] as number, t[i] as number);
    }
    for (let f = 0; f < filters; f++) {
      const [a, b, c, d] = [0, 1, 2, 3].map((k) => y[(s + k) * filters + f] ?? 0) as [number, number, number, number];
      add(cross, f * n, n, a, b, c, d);
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const mean = (square[i * n + j] as number) / samples;
      square[i * n + j] = mean;
      square[j * n + i] = mean;
    }
  }
  for (let i = 0; i < cross.length; i++) cross[i] = (cross[i] as number) / samples;
  return { inputs: square, cross, inputMeans, outputMeans };
}

export interface Fitted {
  /** `[filters, n]`, whole numbers. */
  readonly integers: Int8Array;
  /** Of each filter. */
  readonly scales: readonly number[];
  /** Of each filter. */
  readonly bias: Float64Array;
}

/**
 * What is added to the diagonal of the moments, as a share of its mean, against overfitting to few samples. Filters that read
 * few numbers need little: many of them see small differences of neighbouring pixels.
 */
const dampingOf = (reads: number) => (reads <= fewReads ? 1e-4 : 0.01);

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
 * improves the fit. @param weights `[filters, n]` @param most the largest whole number
 */
export function fitFilters(
  weights: Float32Array,
  { shares, least }: ScaleChoice,
  moments: Moments,
  most: number,
): Fitted {
  const n = moments.inputMeans.length;
  const filters = least.length;
  const damped = moments.inputs.slice();
  let trace = 0;
  for (let i = 0; i < n; i++) trace += damped[i * n + i] as number;
  const ridge = Math.max((dampingOf(n) * trace) / n, 1e-12);
  for (let i = 0; i < n; i++) damped[i * n + i] = (damped[i * n + i] as number) + ridge;
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
  inputs: Float32Array,
  outputs: Float32Array,
  samples: number,
  most: number,
): Fitted {
  const n = weights.length / scales.length;
  const shares = sharesOf(new Float32Array(samples).fill(1));
  const inputMeans = columnMeans(inputs, shares);
  const bias = columnMeans(outputs, shares);
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

/** Weights of samples as shares of the total; equal where all weights are 0. */
function sharesOf(weights: Float32Array): Float64Array {
  const sum = weights.reduce((a, b) => a + b, 0);
  return Float64Array.from(weights, (w) => (sum > 0 ? w / sum : 1 / weights.length));
}

/** @param values `[samples, n]` @param shares of the samples, which add up to 1 */
function columnMeans(values: Float32Array, shares: Float64Array): Float64Array {
  const n = values.length / shares.length;
  const means = new Float64Array(n);
  for (let s = 0, i = 0; s < shares.length; s++) {
    const share = shares[s] as number;
    for (let j = 0; j < n; j++, i++) means[j] = (means[j] as number) + share * (values[i] as number);
  }
  return means;
}

/** Differences from means, each times the root of its sample's weight, so that the mean of their squares is weighted. */
function centred(values: Float32Array, means: Float64Array, shares: Float64Array): Float32Array {
  const n = means.length;
  const out = new Float32Array(values.length);
  for (let s = 0, i = 0; s < shares.length; s++) {
    const root = Math.sqrt((shares[s] as number) * shares.length);
    for (let j = 0; j < n; j++, i++) out[i] = root * ((values[i] as number) - (means[j] as number));
  }
  return out;
}

/** The lower factor L of a symmetric positive matrix: L L^T. */
function lowerFactor(matrix: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] as number;
      for (let k = 0, a = i * n, b = j * n; k < j; k++) sum -= (l[a + k] as number) * (l[b + k] as number);
      l[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-30)) : sum / (l[j * n + j] as number);
    }
  }
  return l;
}

/** The inverse of a symmetric positive matrix. */
function inverseOf(matrix: Float64Array, n: number): Float64Array {
  const l = lowerFactor(matrix, n);
  // L^-1, row by row of its transpose
  const inverted = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    inverted[j * n + j] = 1 / (l[j * n + j] as number);
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j, a = i * n, b = j * n; k < i; k++) sum -= (l[a + k] as number) * (inverted[b + k] as number);
      inverted[j * n + i] = sum / (l[i * n + i] as number);
    }
  }
  // rows of `inverted` are columns of L^-1: the inverse is the product of L^-T and L^-1
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i, a = i * n, b = j * n; k < n; k++)
        sum += (inverted[a + k] as number) * (inverted[b + k] as number);
      out[i * n + j] = sum;
      out[j * n + i] = sum;
    }
  }
  return out;
}

/** The upper factor U of a symmetric positive matrix: U^T U. */
function upperFactor(matrix: Float64Array, n: number): Float64Array {
  const l = lowerFactor(matrix, n);
  const u = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) u[j * n + i] = l[i * n + j] as number;
  return u;
}
