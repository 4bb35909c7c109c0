import { type Graph, ownerPath } from '../../../5-graph/graph.ts';
import { statedOrder } from '../../../weights/readers/layers-model/feature-order.ts';
import type { EmitRequest, Target } from '../../target.ts';
import { writeNodes } from '../../written-node.ts';
import { checkTfjs } from '../check.ts';
import { layersEntry, type NoOptions } from '../entries.ts';
import { writeModelFolder } from '../weight-shards.ts';
import { createLayersBuilder, type LayersPlan } from './builder.ts';
import { opTable } from './op-table.ts';

/**
 * TensorFlow.js's layers model (https://js.tensorflow.org): a folder that `tf.loadLayersModel` reads, to train or to
 * use. Batch norms, dropout and stochastic depth are in it; images are channels last, the batch is open.
 */
export const layersTarget: Target<NoOptions> = {
  ...layersEntry,
  defaults: {},
  check: checkTfjs,
  emit: (request) => {
    const plan = planLayers(request.graph);
    return writeModelFolder(plan.weights, (weightsManifest) => layersJson(plan, weightsManifest, request), request);
  },
};

/** What model.json holds. */
function layersJson(
  { layers, inputs, outputs }: LayersPlan,
  weightsManifest: readonly object[],
  { graph, metadata }: EmitRequest<NoOptions>,
): object {
  return {
    format: 'layers-model',
    generatedBy: 'enetc',
    convertedBy: null,
    modelTopology: {
      class_name: 'Model',
      config: { name: graph.name, layers, input_layers: inputs.map((name) => [name, 0, 0]), output_layers: outputs },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest,
    userDefinedMetadata: Object.fromEntries([...metadata, statedOrder]),
  };
}

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
