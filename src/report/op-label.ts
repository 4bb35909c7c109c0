import type { GraphNode } from '../5-graph/graph.ts';
import { descriptorOf, type Op } from '../ops/ops.ts';

/** `DWConv 5×5`, `SiLU`, `GlobalAvgPool`. */
export function opLabel(op: Op, inChannels: number): string {
  return descriptorOf(op).label(op, inChannels);
}

/** `Conv 3×3, MaxPool 3×3`: what a section without a table does, in a few words. */
export function describeNodes(nodes: readonly GraphNode[], inChannels: (node: GraphNode) => number): string {
  const loud = nodes.filter(({ op }) => op.kind !== 'input' && descriptorOf(op).joins.length === 0);
  const named = (loud.length > 0 ? loud : nodes).map((node) => opLabel(node.op, inChannels(node)));
  return named.length > 3 ? `${named.slice(0, 3).join(', ')}, …` : named.join(', ');
}
