import { type Graph, shapeOf } from '../5-graph/graph.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import type { Adjustments } from './adjusted-weights.ts';
import { scaleFactors, scaleGroup, scaleGroups } from './equalise.ts';
import { eachValue, type ObserveOptions } from './observe.ts';

/**
 * How much of the difference between channels is removed: half, shared evenly between values and the weights that read
 * them.
 */
const share = 0.5;

/**
 * Equalises the channels of values by their largest numbers in the pictures, where that changes nothing in float32.
 * ReLU6 is left alone: its bound would move with the scale, and clip values of other pictures. @returns the adjustments
 * of tensors; none where no value has channels that can be scaled.
 */
export async function equalise(graph: Graph, weights: WeightSource, options: ObserveOptions): Promise<Adjustments> {
  const groups = scaleGroups(graph).filter(({ isCapped }) => !isCapped);
  const largest = new Map(
    groups.flatMap(({ values }) =>
      values.map((id) => [id, new Float64Array(shapeOf(graph, { node: id, output: 0 })[0] ?? 1)]),
    ),
  );
  await eachValue(graph, weights, [...largest.keys()], options, (id, values, count) =>
    addLargest(largest.get(id) as Float64Array, values, count),
  );
  const adjustments: Adjustments = new Map();
  for (const group of groups) {
    const most = new Float64Array(group.channels);
    for (const id of group.values) {
      const own = largest.get(id) as Float64Array;
      for (let i = 0; i < most.length; i++) most[i] = Math.max(most[i] as number, own[i] as number);
    }
    scaleGroup(graph, group, scaleFactors(group, most, share), adjustments);
  }
  return adjustments;
}

/** @param values `[count, C, ...]` */
function addLargest(largest: Float64Array, values: Float32Array, count: number): void {
  const channels = largest.length;
  const pixels = values.length / (count * channels);
  for (let i = 0, plane = 0; plane < count * channels; plane++) {
    let most = largest[plane % channels] as number;
    for (const end = i + pixels; i < end; i++) most = Math.max(most, Math.abs(values[i] as number));
    largest[plane % channels] = most;
  }
}
