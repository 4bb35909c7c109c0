import type { TensorSpec } from '../5-graph/graph.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/** What quantisation changes of a tensor, in this order. */
export interface Adjustment {
  /** A factor for each filter: of the weight's first axis, or of the bias. */
  filters?: Float64Array;
  /** A factor for each input channel of a weight: its second axis. */
  channels?: Float64Array;
  /** Added to a bias. */
  offset?: Float64Array;
}

/** Adjustments by the names of tensors. */
export type Adjustments = Map<string, Adjustment>;

/** A layer over weights that serves them adjusted. */
export function adjustedWeights(inner: WeightSource, adjustments: Adjustments): WeightSource {
  let buffer = new Float32Array(0);
  return {
    read(tensor) {
      const adjustment = adjustments.get(tensor.name);
      const values = inner.read(tensor);
      if (!adjustment) return values;
      if (buffer.length < values.length) buffer = new Float32Array(values.length);
      const out = buffer.subarray(0, values.length);
      apply(adjustment, tensor, values, out);
      return out;
    },
  };
}

function apply({ filters, channels, offset }: Adjustment, { shape }: TensorSpec, from: Float32Array, to: Float32Array) {
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
