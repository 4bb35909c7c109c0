import type { LayersModel } from '@tensorflow/tfjs';
import { elements } from '../../../5-graph/graph.ts';
import type { Checkpoint, CheckpointTensor } from '../../../weights/checkpoint.ts';
import { mapsRead, ourValues } from '../../../weights/readers/layers-model/feature-channels.ts';
import { featureOrders } from '../../../weights/readers/layers-model/feature-order.ts';
import { readTopology } from '../../../weights/readers/layers-model/topology.ts';
import { namedWeight } from '../../../weights/readers/layers-model/weight-names.ts';

/**
 * The weights of a layers model, of `enetc` or another tool, under our names and in our order, for `chooseWeights`, `emit`
 * and `writeSafetensors`. They are copied from the backend, all at once; further training does not change them. Rejects
 * where the order in which a dense layer reads its features cannot be determined. @param model of `toTfjs`,
 * `tf.loadLayersModel` or `tf.model`; weights that none of our layers has are left out.
 */
export async function weightsFromTfjs(model: LayersModel): Promise<Checkpoint> {
  const topology = readTopology(model.toJSON(undefined, false));
  const orders = topology && featureOrders(topology, new Map(Object.entries(model.getUserDefinedMetadata() ?? {})));
  const tensors = new Map<string, CheckpointTensor>();
  const values = new Map<string, Float32Array>();
  for (const weight of model.weights) {
    const named = namedWeight(weight.originalName, weight.shape as number[]);
    if (!named) continue;
    const { name, shape } = named;
    if (tensors.has(name)) throw new Error(`the model '${model.name}' has two weights '${weight.originalName}'`);
    const { maps, problem } = mapsRead(weight.originalName, named, orders);
    if (problem !== undefined) throw new Error(`the weights of the model '${model.name}' cannot be read: ${problem}`);
    const stored = (await weight.read().data()) as Float32Array;
    tensors.set(name, { name, shape, dtype: 'F32' });
    values.set(name, ourValues(named, stored.slice(0, elements(shape)), maps));
  }
  return {
    name: model.name,
    tensors,
    metadata: new Map(),
    read(name) {
      const found = values.get(name);
      if (!found) throw new Error(`the model '${model.name}' has no tensor '${name}'`);
      return found;
    },
  };
}
