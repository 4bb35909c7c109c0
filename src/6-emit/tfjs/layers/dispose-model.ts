import type { LayersModel } from '@tensorflow/tfjs';

/**
 * Disposes of a model and of all its variables. TensorFlow.js's own `dispose` subtracts one use from each layer, although
 * each call of a shared layer counted as one: its variables remain, and another copy of TensorFlow.js on the same engine
 * then finds their names taken.
 */
export function disposeModel(model: LayersModel): void {
  for (const layer of model.layers) for (const _ of layer.inboundNodes.slice(1)) layer.dispose();
  model.dispose();
}
