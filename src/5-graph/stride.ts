import { rowsOf } from '../ops/ops.ts';
import type { Graph } from './graph.ts';

/** By node: input rows to one row of its output; `whole` once space is pooled away, where a stride means nothing. */
export type MapStrides = readonly number[];

export const whole = 0;

/** The stride of every node of a graph. */
export function mapStrides(graph: Graph): MapStrides {
  const strides: number[] = [];
  for (const { op, inputs } of graph.nodes) {
    // A gate joins the map that it multiplies, so the larger of the two counts.
    const input = inputs.reduce((most, ref) => Math.max(most, strides[ref.node] ?? 1), inputs.length > 0 ? whole : 1);
    const rows = rowsOf(op);
    strides.push(rows === 'all' ? whole : rows === 'row' ? input : input * rows.stride);
  }
  return strides;
}

/** The greatest total stride of a value before space is pooled away: how many input pixels one of its pixels is apart. */
export function maxStride(graph: Graph): number {
  return mapStrides(graph).reduce((most, stride) => Math.max(most, stride), 1);
}
