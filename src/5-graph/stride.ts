import { fieldOf } from '../ops/ops.ts';
import type { Pair } from '../ops/pair.ts';
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
  const most: [number, number] = [1, 1];
  axisStrides(graph).forEach(([high, wide], id) => {
    if (!counts(id)) return;
    most[0] = Math.max(most[0], high);
    most[1] = Math.max(most[1], wide);
  });
  return most;
}

/** The strides of every node along both axes. */
function axisStrides(graph: Graph): Pair[] {
  const strides: Pair[] = [];
  for (const { op, inputs } of graph.nodes) {
    // A gate joins the map that it multiplies, so the larger of the two counts.
    let [high, wide]: Pair = inputs.length > 0 ? [whole, whole] : [1, 1];
    for (const { node } of inputs) {
      high = Math.max(high, strides[node]?.[0] ?? 1);
      wide = Math.max(wide, strides[node]?.[1] ?? 1);
    }
    const field = fieldOf(op);
    if (field === 'all') strides.push([whole, whole]);
    else strides.push(field === 'row' ? [high, wide] : [high * field[0].stride, wide * field[1].stride]);
  }
  return strides;
}
