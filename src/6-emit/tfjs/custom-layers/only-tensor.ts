import type { Shape, Tensor } from '@tensorflow/tfjs';

/** The tensor that a layer with one input is called with, alone or in a list. */
export function onlyTensor<T extends Tensor = Tensor>(inputs: Tensor | Tensor[]): T {
  return (Array.isArray(inputs) ? inputs[0] : inputs) as T;
}

/** The shape that a layer with one input is asked for, alone or in a list. */
export function onlyShape(shape: Shape | Shape[]): Shape {
  return (Array.isArray(shape[0]) ? shape[0] : shape) as Shape;
}
