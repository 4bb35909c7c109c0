import type { TensorSpec } from '../5-graph/graph.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/** How quantisation changes a tensor. */
export interface Adjustment {
  /** A factor for each filter: along the weight's first axis, or of the bias. */
  readonly filters?: Float64Array;
  /** A factor for each input channel of a weight: its second axis. */
  readonly channels?: Float64Array;
  /** Added to a bias, after the factors. */
  readonly offset?: Float64Array;
  /** Replaces a bias. */
  readonly values?: Float64Array;
  /** Replaces a weight: whole numbers with a scale for each filter. */
  readonly rounded?: { readonly integers: Int8Array; readonly scales: readonly number[] };
}

/** Adjustments by the names of tensors. */
export type Adjustments = Map<string, Adjustment>;

/** A source of weights that returns them adjusted. */
export function adjustedWeights(inner: WeightSource, adjustments: Adjustments): WeightSource {
  let buffer = new Float32Array(0);
  return {
    read(tensor) {
      const adjustment = adjustments.get(tensor.name);
      if (!adjustment) return inner.read(tensor);
      const length = tensor.shape.reduce((a, b) => a * b, 1);
      if (buffer.length < length) buffer = new Float32Array(length);
      const out = buffer.subarray(0, length);
      const { values, rounded } = adjustment;
      if (values) out.set(values);
      else if (rounded) expand(rounded, out);
      else apply(adjustment, tensor, inner.read(tensor), out);
      return out;
    },
  };
}

function expand({ integers, scales }: NonNullable<Adjustment['rounded']>, out: Float32Array): void {
  const size = out.length / scales.length;
  for (let filter = 0, i = 0; filter < scales.length; filter++) {
    const scale = scales[filter] as number;
    for (const end = i + size; i < end; i++) out[i] = (integers[i] as number) * scale;
  }
}

function apply(
  { filters, channels, offset }: Adjustment,
  { shape }: TensorSpec,
  from: Float32Array,
  to: Float32Array,
): void {
  const [count = 1, inputs = 1] = shape;
  const size = from.length / count;
  const window = size / inputs;
  for (let filter = 0, i = 0; filter < count; filter++) {
    const factor = filters?.[filter] ?? 1;
    const added = offset?.[filter] ?? 0;
    for (let k = 0; k < size; k++, i++) {
      const channel = channels ? (channels[Math.floor(k / window)] as number) : 1;
      to[i] = (from[i] as number) * factor * channel + added;
    }
  }
}
