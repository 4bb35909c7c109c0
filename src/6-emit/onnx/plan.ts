import { type Graph, shapeOf, type ValueRef } from '../../5-graph/graph.ts';
import type { OpKind } from '../../ops/ops.ts';
import { createBuilder, type ModelPlan } from './builder.ts';
import { opTable, type WriteOp } from './op-table.ts';
import type { OnnxOptions } from './options.ts';

/** All of a model but the numbers of its tensors. */
export function planModel(graph: Graph, options: OnnxOptions): ModelPlan {
  const inputNames = graph.nodes.flatMap(({ op }) => (op.kind === 'input' ? [op.name] : []));
  const builder = createBuilder(
    options,
    inputNames,
    graph.outputs.map((output) => output.name),
  );
  const values = new Map<number, readonly string[]>();
  const nameOf = (ref: ValueRef) => values.get(ref.node)?.[ref.output] as string;

  for (const node of graph.nodes) {
    const write = opTable[node.op.kind] as WriteOp<OpKind>;
    const inputs = node.inputs.map(nameOf);
    const inputShapes = node.inputs.map((ref) => shapeOf(graph, ref));
    values.set(node.id, write({ b: builder, graph, op: node.op, node, inputs, inputShapes }));
  }
  for (const { name, value } of graph.outputs) builder.output(name, nameOf(value), shapeOf(graph, value));
  return builder.finish(graph.name);
}
