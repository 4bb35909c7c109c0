import { fieldOf } from '../ops/ops.ts';
import { both, type Pair } from '../ops/pair.ts';

import type { Graph } from './graph.ts';

/**
 * By node: how many input pixels two neighbouring positions of its output are apart, along the axis where that is more;
 * `whole` once space is pooled away, where a stride means nothing.
 */
export type MapStrides = readonly number[];

export const whole = 0;

/** The stride of every node of a graph. */
export function mapStrides(graph: Graph): MapStrides {
  return axisStrides(graph).map((strides) => Math.max(...strides));
}

/** The greatest total strides before space is pooled away of the nodes that count, along height and width. */
export function maxStrides(graph: Graph, counts: (id: number) => boolean): Pair {
  const strides = axisStrides(graph).filter((_, id) => counts(id));
  return both((axis) => strides.reduce((most, stride) => Math.max(most, stride[axis]), 1));
}

/** The strides of every node along both axes. */
function axisStrides(graph: Graph): Pair[] {
  const strides: Pair[] = [];
  for (const { op, inputs } of graph.nodes) {
    // A gate joins the map that it multiplies, so the larger of the two counts.
    const start = inputs.length > 0 ? whole : 1;
    const input = both((axis) => inputs.reduce((most, ref) => Math.max(most, strides[ref.node]?.[axis] ?? 1), start));
    const field = fieldOf(op);
    if (field === 'all') strides.push([whole, whole]);
    else strides.push(field === 'row' ? input : both((axis) => input[axis] * field[axis].stride));
  }
  return strides;
}
