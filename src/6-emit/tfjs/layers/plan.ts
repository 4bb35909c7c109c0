import { type Graph, shapeOf, type ValueRef } from '../../../5-graph/graph.ts';
import type { OpKind } from '../../../ops/ops.ts';
import { createLayersBuilder, type LayersPlan } from './builder.ts';
import { opTable, type WriteOp } from './op-table.ts';

/** All of a layers model but the numbers of its weights. */
export function planLayers(graph: Graph): LayersPlan {
  const owners = graph.nodes.filter((node) => node.tensors.length > 0);
  const builder = createLayersBuilder(owners.map((node) => node.path));
  const values = new Map<number, readonly string[]>();
  const layerOf = (ref: ValueRef) => values.get(ref.node)?.[ref.output] as string;

  for (const node of graph.nodes) {
    const write = opTable[node.op.kind] as WriteOp<OpKind>;
    const inputs = node.inputs.map(layerOf);
    const inputShapes = node.inputs.map((ref) => shapeOf(graph, ref));
    values.set(node.id, write({ b: builder, graph, op: node.op, node, inputs, inputShapes }));
  }
  // Several outputs have layers of their own, that name them: two may be one value, which TensorFlow.js refuses.
  const isOnly = graph.outputs.length === 1;
  const outputs = graph.outputs.map(({ name, value }) => {
    const layer = layerOf(value);
    return isOnly ? layer : builder.layer('Activation', name, { activation: 'linear' }, [layer]);
  });
  return builder.finish(outputs);
}
