import { type Graph, shapeOf } from '../../5-graph/graph.ts';
import { isQuantised } from '../../5-graph/value-type.ts';
import { lastChannels, writeNodes } from '../written-node.ts';
import { createLiteBuilder } from './builder.ts';
import { fuseActivations } from './fuse-activations.ts';
import type { LiteModel } from './model.ts';
import { opTable } from './op-table.ts';
import type { LiteOptions } from './options.ts';

/** A whole model except the numbers of its weights. */
export function planLiteModel(graph: Graph, { batch }: LiteOptions): LiteModel {
  const b = createLiteBuilder(
    batch,
    graph.outputs.map(({ name }) => name),
  );
  const fused = fuseActivations(graph);
  const nameOf = writeNodes(graph, opTable, (written) => {
    const { id, type } = written.node;
    const own = isQuantised(type) ? b.typed(type) : b;
    return { ...written, b: own, fused: fused.after.get(id) ?? 'none', isDone: fused.done.has(id) };
  });
  for (const { name, value } of graph.outputs) b.output(name, nameOf(value), lastChannels(shapeOf(graph, value)));
  return b.finish(graph.name);
}
