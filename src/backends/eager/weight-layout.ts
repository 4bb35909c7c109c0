/**
 * How a runner of tfjs-core holds variables. Logically a convolution's weight is `[out, in / groups, k, k]` and a linear
 * layer's `[out, in]`; here they are `[k, k, in / groups, out]` and `[in, out]`, as TensorFlow's kernels read them.
 * A depthwise weight is a convolution's with one input channel a group: its numbers stand as those of `[k, k, C, 1]`.
 */

/** The shape in which a variable of this logical shape is held. */
export function heldShape(shape: readonly number[]): number[] {
  const [out = 1, input = 1, height = 1, width = 1] = shape;
  if (shape.length === 4) return [height, width, input, out];
  if (shape.length === 2) return [input, out];
  return [...shape];
}

/** Numbers in the logical order, put as they are held. Always a new array. */
export function toHeld(shape: readonly number[], data: Float32Array): Float32Array {
  const result = new Float32Array(data.length);
  eachPlace(shape, data.length, (logical, held) => {
    result[held] = data[logical] as number;
  });
  return result;
}

/** Numbers as they are held, put in the logical order. Always a new array. */
export function fromHeld(shape: readonly number[], data: Float32Array): Float32Array {
  const result = new Float32Array(data.length);
  eachPlace(shape, data.length, (logical, held) => {
    result[logical] = data[held] as number;
  });
  return result;
}

function eachPlace(shape: readonly number[], length: number, visit: (logical: number, held: number) => void): void {
  if (shape.length !== 4 && shape.length !== 2) {
    for (let i = 0; i < length; i++) visit(i, i);
    return;
  }
  const [outs = 1, ins = 1, height = 1, width = 1] = shape;
  const window = height * width;
  let logical = 0;
  for (let out = 0; out < outs; out++) {
    for (let i = 0; i < ins; i++) {
      for (let place = 0; place < window; place++) visit(logical++, (place * ins + i) * outs + out);
    }
  }
}
