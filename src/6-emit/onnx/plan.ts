import { type Graph, shapeOf } from '../../5-graph/graph.ts';
import { type OpWriters, writeNodes } from '../written-node.ts';
import { createBuilder, type ModelPlan } from './builder.ts';
import type { OnnxNode } from './onnx-node.ts';
import { opTable } from './op-table.ts';
import type { OnnxOptions } from './options.ts';
import { writeQuantised } from './quantised.ts';

/** The table, for nodes that compute in integers too. */
const table = Object.fromEntries(
  Object.entries(opTable).map(([kind, write]) => [kind, writeQuantised(write)]),
) as OpWriters<OnnxNode>;

/** A whole model except the numbers of its tensors. */
export function planModel(graph: Graph, options: OnnxOptions): ModelPlan {
  const inputNames = graph.nodes.flatMap(({ op }) => (op.kind === 'input' ? [op.name] : []));
  const b = createBuilder(
    options,
    inputNames,
    graph.outputs.map((output) => output.name),
  );
  const nameOf = writeNodes(graph, table, (node) => ({ ...node, b }));
  for (const { name, value } of graph.outputs) b.output(name, nameOf(value), shapeOf(graph, value));
  return b.finish(graph.name);
}
