import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { type Interpolation, nearestRows, type Resizing, transposedInterpolation } from '../../ops/interpolation.ts';
import type { Tfjs } from './tfjs.ts';

/** A map at another size, channels last. */
export function resize(tf: Tfjs, x: Tensor4D, mode: Interpolation, rows: Resizing, columns: Resizing): Tensor4D {
  if (mode === 'bilinear') return tf.image.resizeBilinear(x, [rows.to, columns.to], false, true);
  return gather(tf, gather(tf, x, rows, 1), columns, 2);
}

/** TensorFlow's own rule for nearest pixels multiplies with a rounded quotient, and may miss a pixel: these are exact. */
function gather(tf: Tfjs, x: Tensor4D, axis: Resizing, at: number): Tensor4D {
  return axis.from === axis.to ? x : tf.gather(x, tf.tensor1d(nearestRows(axis), 'int32'), at);
}

/**
 * The gradient of `resize`, by products with the shares of each row and column: TensorFlow.js's own for bilinear pixels knows
 * nothing of their centres.
 */
export function resizeGradient(
  tf: Tfjs,
  dy: Tensor4D,
  mode: Interpolation,
  rows: Resizing,
  columns: Resizing,
): Tensor4D {
  const [n, , , channels] = dy.shape;
  const across = fromLeft(tf, tf.reshape(dy, [n * rows.to, columns.to, channels]), mode, columns);
  const down = fromLeft(tf, tf.reshape(across, [n, rows.to, columns.from * channels]), mode, rows);
  return tf.reshape(down, [n, rows.from, columns.from, channels]);
}

/** The product of the transposed shares with each matrix of a stack. */
function fromLeft(tf: Tfjs, stack: Tensor3D, mode: Interpolation, axis: Resizing): Tensor {
  if (axis.from === axis.to) return stack;
  return tf.matMul(tf.tensor3d(transposedInterpolation(mode, axis), [1, axis.from, axis.to]), stack);
}
