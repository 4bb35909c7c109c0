import { type Graph, ownerPath } from '../../../5-graph/graph.ts';
import { writeNodes } from '../../written-node.ts';
import { createLayersBuilder, type LayersPlan } from './builder.ts';
import { opTable } from './op-table.ts';

/** A whole layers model except the numbers of its weights. */
export function planLayers(graph: Graph): LayersPlan {
  const owners = graph.nodes.filter((node) => node.tensors.length > 0);
  const b = createLayersBuilder([...new Set(owners.map(ownerPath))]);
  const layerOf = writeNodes(graph, opTable, (node) => ({ ...node, b }));
  // Several outputs have extra layers that name them: two may be one value, which TensorFlow.js refuses.
  const isOnly = graph.outputs.length === 1;
  const outputs = graph.outputs.map(({ name, value }) => {
    const layer = layerOf(value);
    return isOnly ? layer : b.layer('Activation', name, { activation: 'linear' }, [layer]);
  });
  return b.finish(outputs);
}
