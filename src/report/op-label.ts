import type { GraphNode } from '../5-graph/graph.ts';
import { descriptorOf, type Op } from '../ops/ops.ts';

/** `DWConv 5×5`, `SiLU`, `GlobalAvgPool`. */
export function opLabel(op: Op, inChannels: number): string {
  return descriptorOf(op).label(op, inChannels);
}

/**
 * `Conv 3×3, MaxPool 3×3`: a short description of a section without a table. An op that usually belongs to the preceding one (a
 * norm) is named only if there is none; activations are not.
 */
export function describeNodes(nodes: readonly GraphNode[], inChannels: (node: GraphNode) => number): string {
  const first = nodes.findIndex(isLoud);
  const loud = nodes.filter((node, i) => isLoud(node) || (i < first && node.op.kind !== 'activation'));
  return listed((loud.length > 0 ? loud : nodes).map((node) => opLabel(node.op, inChannels(node))));
}

/** Whether a node is more than a part of the op before it. */
export function isLoud({ op }: GraphNode): boolean {
  return op.kind !== 'input' && descriptorOf(op).joins.length === 0;
}

/** The first three, and a sign that there are more. */
export function listed(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', ');
}
