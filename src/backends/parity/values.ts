import type { Tensor } from '@tensorflow/tfjs';
import { elements, type Graph, type Shape, shapeOf } from '../../5-graph/graph.ts';
import { fillNormal } from '../../weights/normal.ts';
import { randomState } from '../../weights/random.ts';
import type { Tfjs } from '../backend.ts';

/** An input or output in the logical order, `[batch, C, H, W]` or `[batch, C]`. */
export interface NamedValue {
  readonly name: string;
  /** Without the batch. */
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Normally distributed numbers for each input, like normalised images. */
export function randomInputs(graph: Graph, batch: number, seed: number): readonly NamedValue[] {
  return graph.inputs.flatMap((id) => {
    const node = graph.nodes[id];
    if (node?.op.kind !== 'input') return [];
    const shape = node.shapes[0] ?? [];
    const data = new Float32Array(batch * elements(shape));
    fillNormal(data, randomState(seed, `verify/${node.op.name}`), 1);
    return [{ name: node.op.name, shape, data }];
  });
}

/** Values as TensorFlow.js wants them: channels last. To be disposed of by the caller. */
export function toTensors(tf: Tfjs, values: readonly NamedValue[], batch: number): Tensor[] {
  return values.map(({ shape, data }) =>
    tf.tidy(() => {
      const x = tf.tensor(data, [batch, ...shape]);
      return shape.length === 3 ? tf.transpose(x, [0, 2, 3, 1]) : x;
    }),
  );
}

/** Results of a model in the logical order. */
export async function fromTensors(tf: Tfjs, graph: Graph, results: readonly Tensor[]): Promise<readonly NamedValue[]> {
  const values: NamedValue[] = [];
  for (const [i, { name, value }] of graph.outputs.entries()) {
    const shape = shapeOf(graph, value);
    const result = results[i] as Tensor;
    const logical = shape.length === 3 ? tf.transpose(result, [0, 3, 1, 2]) : result;
    values.push({ name, shape, data: (await logical.data()) as Float32Array });
    if (logical !== result) logical.dispose();
  }
  return values;
}

/**
 * The numbers of a value `[batch, C, H, W]` as `[batch, H, W, C]`, or back; those of vectors as they are.
 * @param shape without the batch, channels first.
 */
export function turned(
  data: Float32Array,
  batch: number,
  [channels = 1, ...space]: Shape,
  way: 'toLast' | 'toFirst',
): Float32Array {
  const pixels = elements(space);
  if (pixels === 1) return data;
  const out = new Float32Array(data.length);
  for (let sample = 0; sample < batch; sample++) {
    const begin = sample * channels * pixels;
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const [first, last] = [begin + channel * pixels + pixel, begin + pixel * channels + channel];
        if (way === 'toLast') out[last] = data[first] as number;
        else out[first] = data[last] as number;
      }
    }
  }
  return out;
}

/** How far results are from the expected ones. */
export interface Difference {
  /** The largest difference of an output relative to its largest value, compared with the tolerance. */
  readonly relative: number;
  /** The largest difference. */
  readonly absolute: number;
}

/** Compares outputs. What is not a finite number, or of another size, differs infinitely. */
export function differenceOf(found: readonly NamedValue[], expected: readonly NamedValue[]): Difference {
  let relative = 0;
  let absolute = 0;
  for (const [i, { data }] of expected.entries()) {
    const other = found[i]?.data;
    let largest = 0;
    let difference = other?.length === data.length ? 0 : Number.POSITIVE_INFINITY;
    for (let k = 0; k < data.length; k++) {
      largest = Math.max(largest, Math.abs(data[k] as number));
      const d = Math.abs((data[k] as number) - (other?.[k] ?? Number.NaN));
      difference = d >= 0 ? Math.max(difference, d) : Number.POSITIVE_INFINITY;
    }
    absolute = Math.max(absolute, difference);
    const over = Number.isFinite(difference) ? difference / largest : difference;
    relative = Math.max(relative, difference === 0 ? 0 : over);
  }
  return { relative, absolute };
}

/** The largest magnitude in all outputs. */
export function largestOf(values: readonly NamedValue[]): number {
  return values.reduce((most, { data }) => data.reduce((m, x) => Math.max(m, Math.abs(x)), most), 0);
}
