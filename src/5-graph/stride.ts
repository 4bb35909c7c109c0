import type { Graph } from './graph.ts';

/** The greatest total stride of a value before space is pooled away: how many input pixels one of its pixels is apart. */
export function maxStride(graph: Graph): number {
  const strides: number[] = [];
  let greatest = 1;
  for (const { op, inputs } of graph.nodes) {
    const before = inputs.reduce((most, ref) => Math.max(most, strides[ref.node] ?? 1), 1);
    const own = 'window' in op ? op.window.stride : 1;
    const stride = op.kind === 'globalAvgPool' || op.kind === 'linear' ? 1 : before * own;
    strides.push(stride);
    greatest = Math.max(greatest, stride);
  }
  return greatest;
}
