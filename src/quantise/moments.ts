/** Second moments of a layer's inputs, and of its inputs with its outputs, around their means. */
export interface Moments {
  /** `[n, n]` */
  readonly inputs: Float64Array;
  /** `[filters, n]` */
  readonly cross: Float64Array;
  readonly inputMeans: Float64Array;
  readonly outputMeans: Float64Array;
}

/** Sums over samples, in memory that does not depend on their number. */
export interface MomentSums {
  readonly n: number;
  readonly filters: number;
  /** The sum of the samples' weights. */
  weight: number;
  readonly inputs: Float64Array;
  readonly outputs: Float64Array;
  /** Sums of products: the lower half of `[n, n]`, and `[filters, n]`; undefined if only means are needed. */
  readonly products?: { readonly inputs: Float64Array; readonly cross: Float64Array };
}

export function emptySums(n: number, filters: number, asked: 'moments' | 'means'): MomentSums {
  return {
    n,
    filters,
    weight: 0,
    inputs: new Float64Array(n),
    outputs: new Float64Array(filters),
    ...(asked === 'moments' && {
      products: { inputs: new Float64Array(n * n), cross: new Float64Array(filters * n) },
    }),
  };
}

/**
 * @param inputs `[samples, n]` @param outputs `[samples, filters]`
 * @param weights of the samples; equal by default
 */
export function addSamples(
  sums: MomentSums,
  inputs: Float32Array,
  outputs: Float32Array,
  samples: number,
  weights?: Float32Array,
): void {
  const { n, filters, products } = sums;
  const x = new Float64Array(4 * n);
  const y = new Float64Array(4 * filters);
  // four samples at a time: the sums are read and written once for four
  for (let first = 0; first < samples; first += 4) {
    const count = Math.min(4, samples - first);
    if (count < 4) {
      x.fill(0);
      y.fill(0);
    }
    for (let k = 0; k < count; k++) {
      const weight = weights ? (weights[first + k] as number) : 1;
      const root = Math.sqrt(weight);
      const [from, to] = [(first + k) * n, k * n];
      sums.weight += weight;
      for (let j = 0; j < n; j++) {
        const value = inputs[from + j] as number;
        x[to + j] = root * value;
        sums.inputs[j] = (sums.inputs[j] as number) + weight * value;
      }
      for (let f = 0; f < filters; f++) {
        const value = outputs[(first + k) * filters + f] as number;
        y[k * filters + f] = root * value;
        sums.outputs[f] = (sums.outputs[f] as number) + weight * value;
      }
    }
    if (!products) continue;
    for (let i = 0; i < n; i++) {
      addScaled(products.inputs, i * n, i + 1, x, n, x[i], x[n + i], x[2 * n + i], x[3 * n + i]);
    }
    for (let f = 0; f < filters; f++) {
      const [a, b, c, d] = [y[f], y[filters + f], y[2 * filters + f], y[3 * filters + f]];
      addScaled(products.cross, f * n, n, x, n, a, b, c, d);
    }
  }
}

/** Adds the first numbers of four rows, each times a factor. */
function addScaled(
  to: Float64Array,
  at: number,
  count: number,
  rows: Float64Array,
  n: number,
  a = 0,
  b = 0,
  c = 0,
  d = 0,
): void {
  const [n2, n3] = [2 * n, 3 * n];
  for (let j = 0; j < count; j++) {
    to[at + j] =
      (to[at + j] as number) +
      a * (rows[j] as number) +
      b * (rows[n + j] as number) +
      c * (rows[n2 + j] as number) +
      d * (rows[n3 + j] as number);
  }
}

export type Means = Pick<Moments, 'inputMeans' | 'outputMeans'>;

export function meansOf({ weight, inputs, outputs }: MomentSums): Means {
  const mean = (sum: number) => (weight > 0 ? sum / weight : 0);
  return { inputMeans: inputs.map(mean), outputMeans: outputs.map(mean) };
}

/** @param sums with products */
export function momentsOf(sums: MomentSums): Moments {
  const { n, filters, weight, products } = sums;
  if (!products) throw new Error('no products have been summed');
  const { inputMeans, outputMeans } = meansOf(sums);
  const inputs = new Float64Array(n * n);
  const cross = new Float64Array(filters * n);
  const share = weight > 0 ? 1 / weight : 0;
  for (let i = 0; i < n; i++) {
    const mean = inputMeans[i] as number;
    for (let j = 0; j <= i; j++) {
      const moment = (products.inputs[i * n + j] as number) * share - mean * (inputMeans[j] as number);
      inputs[i * n + j] = moment;
      inputs[j * n + i] = moment;
    }
  }
  for (let f = 0, at = 0; f < filters; f++) {
    const mean = outputMeans[f] as number;
    for (let j = 0; j < n; j++, at++) {
      cross[at] = (products.cross[at] as number) * share - mean * (inputMeans[j] as number);
    }
  }
  return { inputs, cross, inputMeans, outputMeans };
}

/** Adds the sums of two sets of samples. */
export function together(a: MomentSums, b: MomentSums): MomentSums {
  const sum = (x: Float64Array, y: Float64Array) => x.map((value, i) => value + (y[i] as number));
  return {
    ...a,
    weight: a.weight + b.weight,
    inputs: sum(a.inputs, b.inputs),
    outputs: sum(a.outputs, b.outputs),
    ...(a.products &&
      b.products && {
        products: {
          inputs: sum(a.products.inputs, b.products.inputs),
          cross: sum(a.products.cross, b.products.cross),
        },
      }),
  };
}
