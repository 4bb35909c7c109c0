import { rowsOf } from '../ops/ops.ts';
import type { Graph } from './graph.ts';

/** The greatest total stride of a value before space is pooled away: how many input pixels one of its pixels is apart. */
export function maxStride(graph: Graph): number {
  const strides: number[] = [];
  let greatest = 1;
  for (const { op, inputs } of graph.nodes) {
    const before = inputs.reduce((most, ref) => Math.max(most, strides[ref.node] ?? 1), 1);
    const rows = rowsOf(op);
    const stride = rows === 'all' ? 1 : rows === 'row' ? before : before * rows.stride;
    strides.push(stride);
    greatest = Math.max(greatest, stride);
  }
  return greatest;
}
