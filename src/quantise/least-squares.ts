/** Second moments of a layer's inputs, and of its inputs with its outputs, around their means. */
export interface Moments {
  /** `[n, n]` */
  readonly inputs: Float64Array;
  /** `[filters, n]` */
  readonly cross: Float64Array;
  readonly inputMeans: Float64Array;
  readonly outputMeans: Float64Array;
}

/** @param inputs `[samples, n]` @param outputs `[samples, filters]` */
export function momentsOf(inputs: Float32Array, outputs: Float32Array, samples: number): Moments {
  const n = inputs.length / samples;
  const filters = outputs.length / samples;
  const inputMeans = columnMeans(inputs, samples, n);
  const outputMeans = columnMeans(outputs, samples, filters);
  const x = centred(inputs, inputMeans);
  const y = centred(outputs, outputMeans);
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
  readonly bias: Float64Array;
}

/** What is added to the diagonal of the moments, as a share of its mean: what fits few samples alone fits no others. */
const damping = 0.01;

/**
 * The whole numbers of filters and their biases with which a layer's outputs are nearest to what they should be. First the real
 * filters that are, by damped least squares; then each number is rounded in turn, and those after it make up for the error, as
 * in "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers" (Frantar et al. 2023, section 3);
 * last, numbers are changed by one where that is better still.
 * @param weights `[filters, n]` @param scales of each filter @param most a whole number is
 */
export function fitFilters(weights: Float32Array, scales: readonly number[], moments: Moments, most: number): Fitted {
  const n = moments.inputMeans.length;
  const filters = scales.length;
  const damped = moments.inputs.slice();
  let trace = 0;
  for (let i = 0; i < n; i++) trace += damped[i * n + i] as number;
  const ridge = Math.max((damping * trace) / n, 1e-12);
  for (let i = 0; i < n; i++) damped[i * n + i] = (damped[i * n + i] as number) + ridge;
  const inverse = inverseOf(damped, n);
  const upper = upperFactor(inverse, n);
  const integers = new Int8Array(filters * n);
  const bias = new Float64Array(filters);
  const row = new Float64Array(n);
  const wanted = new Float64Array(n);
  const best = new Float64Array(n);
  for (let f = 0; f < filters; f++) {
    const own = weights.subarray(f * n, (f + 1) * n);
    // what fits best without rounding, (cross + ridge * weights) * inverse
    for (let j = 0; j < n; j++) wanted[j] = (moments.cross[f * n + j] as number) + ridge * (own[j] as number);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0, at = i * n; j < n; j++) sum += (inverse[at + j] as number) * (wanted[j] as number);
      row[i] = sum;
    }
    const scale = scales[f] as number;
    best.set(row);
    for (let j = 0; j < n; j++) {
      const w = row[j] as number;
      const q = Math.min(Math.max(Math.round(w / scale), -most), most);
      integers[f * n + j] = q;
      const error = (w - q * scale) / (upper[j * n + j] as number);
      for (let k = j + 1, at = j * n; k < n; k++) row[k] = (row[k] as number) - error * (upper[at + k] as number);
    }
    const chosen = integers.subarray(f * n, (f + 1) * n);
    const nearest = Int8Array.from(best, (w) => Math.min(Math.max(Math.round(w / scale), -most), most));
    const error = descend(chosen, best, scale, damped, most);
    if (descend(nearest, best, scale, damped, most) < error) chosen.set(nearest);
    let mean = 0;
    for (let j = 0; j < n; j++) mean += (chosen[j] as number) * scale * (moments.inputMeans[j] as number);
    bias[f] = (moments.outputMeans[f] as number) - mean;
  }
  return { integers, bias };
}

/** How often all numbers of a filter are looked at again. */
const passes = 4;

/**
 * Changes one whole number by one as long as that brings the filter nearer to the best one, by the moments of what it reads.
 * @returns the squared error that is left.
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

/** Each number of filters rounded to the nearest, and biases that keep the means of what they give. */
export function roundFilters(
  weights: Float32Array,
  scales: readonly number[],
  inputs: Float32Array,
  outputs: Float32Array,
  samples: number,
  most: number,
): Fitted {
  const n = weights.length / scales.length;
  const inputMeans = columnMeans(inputs, samples, n);
  const bias = columnMeans(outputs, samples, scales.length);
  const integers = new Int8Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    const filter = Math.floor(i / n);
    const scale = scales[filter] as number;
    const q = Math.min(Math.max(Math.round((weights[i] as number) / scale), -most), most);
    integers[i] = q;
    bias[filter] = (bias[filter] as number) - q * scale * (inputMeans[i % n] as number);
  }
  return { integers, bias };
}

function columnMeans(values: Float32Array, samples: number, n: number): Float64Array {
  const means = new Float64Array(n);
  for (let i = 0; i < values.length; i++) means[i % n] = (means[i % n] as number) + (values[i] as number);
  return means.map((sum) => sum / samples);
}

function centred(values: Float32Array, means: Float64Array): Float32Array {
  const n = means.length;
  return values.map((x, i) => x - (means[i % n] as number));
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
