import { fromStored, storedShape, toStored, type WeightLayout } from '../../weights/tfjs-layout.ts';

/**
 * How a runner of tfjs-core holds variables: with TensorFlow's order of axes. A depthwise weight is a convolution's with one
 * input channel per group: its numbers are in the order of `[k, k, C, 1]`.
 */

/** The shape in which a variable of this logical shape is held. */
export function heldShape(shape: readonly number[]): number[] {
  return [...storedShape(layoutOf(shape), shape)];
}

/** Converts numbers from the logical order to the held one. Always a new array. */
export function toHeld(shape: readonly number[], data: Float32Array): Float32Array {
  const layout = layoutOf(shape);
  return layout === 'vector' ? data.slice() : toStored(layout, shape, data);
}

/** Converts numbers from the held order to the logical one. Always a new array. */
export function fromHeld(shape: readonly number[], data: Float32Array): Float32Array {
  const layout = layoutOf(shape);
  return layout === 'vector' ? data.slice() : fromStored(layout, shape, data);
}

function layoutOf({ length }: readonly number[]): WeightLayout {
  return length === 4 ? 'conv' : length === 2 ? 'linear' : length === 3 ? 'map' : 'vector';
}
