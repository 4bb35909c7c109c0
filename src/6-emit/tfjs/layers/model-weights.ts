import type { LayersModel } from '@tensorflow/tfjs';
import { elements } from '../../../5-graph/graph.ts';
import type { Checkpoint, CheckpointTensor } from '../../../weights/checkpoint.ts';
import { fromStored } from '../weight-layout.ts';
import { namedWeight } from './weight-names.ts';

/**
 * The weights of a layers model that `enetc` made, under our names and in our order: what `chooseWeights`, `emit` and
 * `writeSafetensors` take. They are copied out of the backend, all at once; training the model on does not change them.
 * @param model of `toTfjs` or `tf.loadLayersModel`; weights that no layer of ours has are left out.
 */
export async function weightsFromTfjs(model: LayersModel): Promise<Checkpoint> {
  const tensors = new Map<string, CheckpointTensor>();
  const values = new Map<string, Float32Array>();
  for (const weight of model.weights) {
    const named = namedWeight(weight.originalName, weight.shape as number[]);
    if (!named) continue;
    const { name, shape, layout } = named;
    const stored = (await weight.read().data()) as Float32Array;
    tensors.set(name, { name, shape, dtype: 'F32' });
    values.set(name, fromStored(layout, shape, stored.slice(0, elements(shape))));
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
