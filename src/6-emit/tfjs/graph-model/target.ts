import type { Target } from '../../target.ts';
import { checkTfjs } from '../check.ts';
import { graphModelEntry, type NoOptions } from '../entries.ts';
import { writeModelFolder } from '../weight-shards.ts';
import { constantWeights, graphJson, portsJson } from './graph-json.ts';
import { planGraphModel } from './plan.ts';

/**
 * TensorFlow.js's graph model: a folder that `tf.loadGraphModel` reads, frozen, only for inference. Images are channels
 * last, the batch is open.
 */
export const graphModelTarget: Target<NoOptions> = {
  ...graphModelEntry,
  defaults: {},
  check: checkTfjs,
  emit(request) {
    const { graph, weights, inputs, outputs } = planGraphModel(request.graph);
    const json = (weightsManifest: readonly object[]) => ({
      format: 'graph-model',
      generatedBy: 'enetc',
      convertedBy: null,
      signature: { inputs: portsJson(inputs), outputs: portsJson(outputs) },
      modelTopology: graphJson(graph),
      weightsManifest,
      userDefinedMetadata: Object.fromEntries(request.metadata),
    });
    return writeModelFolder([...weights, ...constantWeights(graph)], json, request);
  },
};
