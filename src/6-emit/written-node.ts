import { type Graph, type GraphNode, type Shape, shapeOf, type ValueRef } from '../5-graph/graph.ts';
import type { OpKind, OpOf } from '../ops/ops.ts';

/** A node that is being written; each target adds what it writes to. */
export interface WrittenNode {
  readonly graph: Graph;
  readonly node: GraphNode;
  /** The names of its inputs in the file. */
  readonly inputs: readonly string[];
  /** Their logical shapes, without the batch. */
  readonly inputShapes: readonly Shape[];
}

/** A node with its op. */
export type WithOp<Node extends WrittenNode, K extends OpKind> = Node & { readonly op: OpOf<K> };

/** A target's table: adds an op to the file; returns the names of its outputs there. */
export type OpWriters<Node extends WrittenNode> = {
  readonly [K in OpKind]: (node: WithOp<Node, K>) => readonly string[];
};

/**
 * Writes the nodes of a graph in their order. @param extend adds what the target's table needs. @returns the name of a
 * value in the file.
 */
export function writeNodes<Node extends WrittenNode>(
  graph: Graph,
  writers: OpWriters<Node>,
  extend: (node: WrittenNode) => Node,
): (value: ValueRef) => string {
  const names: (readonly string[])[] = [];
  const nameOf = (ref: ValueRef) => names[ref.node]?.[ref.output] as string;
  for (const node of graph.nodes) {
    const inputShapes = node.inputs.map((ref) => shapeOf(graph, ref));
    const written = extend({ graph, node, inputs: node.inputs.map(nameOf), inputShapes });
    const write = writers[node.op.kind] as (node: WithOp<Node, OpKind>) => readonly string[];
    names.push(write({ ...written, op: node.op }));
  }
  return nameOf;
}

/** The name of a step of the node: `stages.4.1.expand/act`. */
export function label({ node }: WrittenNode, what: string): string {
  return node.path === '' ? what : `${node.path}/${what}`;
}

export function first({ inputs }: WrittenNode): string {
  return inputs[0] as string;
}

/** The shape of the first output. */
export function outputShape({ node }: WrittenNode): Shape {
  return node.shapes[0] as Shape;
}

/** Height and width of the first input. */
export function mapSize({ inputShapes }: WrittenNode): [height: number, width: number] {
  const [, height = 1, width = 1] = inputShapes[0] as Shape;
  return [height, width];
}

/** `[C, H, W]` as `[H, W, C]`. */
export function lastChannels([channels = 0, ...space]: Shape): number[] {
  return [...space, channels];
}
