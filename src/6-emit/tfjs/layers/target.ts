import { statedOrder } from '../../../weights/readers/layers-model/feature-order.ts';
import type { EmitRequest, Target } from '../../target.ts';
import { checkTfjs } from '../check.ts';
import { layersEntry, type NoOptions } from '../entries.ts';
import { writeModelFolder } from '../weight-shards.ts';
import type { LayersPlan } from './builder.ts';
import { planLayers } from './plan.ts';

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
