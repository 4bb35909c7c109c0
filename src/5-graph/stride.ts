import type { Graph } from './graph.ts';

/** The greatest total stride of a value before space is pooled away: how many input pixels one of its pixels is apart. */
export function maxStride(graph: Graph): number {
  const strides: number[] = [];
  let greatest = 1;
  for (const node of graph.nodes) {
    const before = Math.max(1, ...node.inputs.map((ref) => strides[ref.node] ?? 1));
    const own = 'window' in node.op ? node.op.window.stride : 1;
    const stride = node.op.kind === 'globalAvgPool' || node.op.kind === 'linear' ? 1 : before * own;
    strides.push(stride);
    greatest = Math.max(greatest, stride);
  }
  return greatest;
}
