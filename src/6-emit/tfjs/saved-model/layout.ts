import type { StepShape, Variable } from '../../../5-graph/training/program.ts';
import type { TensorShape } from '../node-def/node-def.ts';

/**
 * How a variable is held for TensorFlow's kernels: a convolution's weight `[out, in, k, k]` as `[k, k, in, out]`, a
 * depthwise one `[C, 1, k, k]` as `[k, k, C, 1]`, a linear layer's `[out, in]` as `[in, out]`, a map `[C, H, W]` as `[H,
 * W, C]`. `toHeld[i]` is the logical axis that is held as axis i, `toLogical[i]` the other way.
 */
export const layouts: {
  readonly [L in Variable['layout']]: { readonly toHeld: readonly number[]; readonly toLogical: readonly number[] };
} = {
  conv: { toHeld: [2, 3, 1, 0], toLogical: [3, 2, 0, 1] },
  depthwise: { toHeld: [2, 3, 0, 1], toLogical: [2, 3, 0, 1] },
  linear: { toHeld: [1, 0], toLogical: [1, 0] },
  map: { toHeld: [1, 2, 0], toLogical: [2, 0, 1] },
  vector: { toHeld: [0], toLogical: [0] },
};

/** The shape in which a variable is held. */
export function heldShape({ shape, layout }: Pick<Variable, 'shape' | 'layout'>): TensorShape {
  return layouts[layout].toHeld.map((axis) => shape[axis] as number);
}

/** The sizes after the batch at run time: `[C, H, W]` is held as `[H, W, C]`. */
export function heldDims(dims: readonly number[]): readonly number[] {
  if (dims.length !== 3) return dims;
  const [channels, height, width] = dims as [number, number, number];
  return [height, width, channels];
}

/** The shape of a value with a batch, for a signature; -1 is the batch. */
export function signatureShape({ batch, dims }: StepShape): TensorShape {
  return batch ? [-1, ...heldDims(dims)] : dims;
}
