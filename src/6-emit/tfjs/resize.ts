import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import {
  interpolationMatrix,
  nearestRows,
  type Resampling,
  type Resizing,
  transposedInterpolation,
} from '../../ops/interpolation.ts';
import type { Tfjs } from './tfjs.ts';

/** A map at another size, channels last. */
export function resize(tf: Tfjs, x: Tensor4D, mode: Resampling, rows: Resizing, columns: Resizing): Tensor4D {
  if (mode === 'bilinear') return tf.image.resizeBilinear(x, [rows.to, columns.to], false, true);
  if (mode === 'area') return timesShares(tf, x, interpolationMatrix(mode, rows), interpolationMatrix(mode, columns));
  return gather(tf, gather(tf, x, rows, 1), columns, 2);
}

/** TensorFlow's own rule for nearest pixels multiplies by a rounded quotient, and may miss a pixel: these are exact. */
function gather(tf: Tfjs, x: Tensor4D, axis: Resizing, at: number): Tensor4D {
  return axis.from === axis.to ? x : tf.gather(x, tf.tensor1d(nearestRows(axis), 'int32'), at);
}

/**
 * The gradient of `resize`, by products with the shares of each row and column: TensorFlow.js's own for bilinear pixels
 * ignores pixel centres.
 */
export function resizeGradient(tf: Tfjs, dy: Tensor4D, mode: Resampling, rows: Resizing, columns: Resizing): Tensor4D {
  return timesShares(tf, dy, transposedInterpolation(mode, rows), transposedInterpolation(mode, columns));
}

/** The products of a map's columns with shares of rows, `[to, height]`, and of its rows with shares of columns, `[to, width]`. */
function timesShares(tf: Tfjs, x: Tensor4D, rows: Float32Array, columns: Float32Array): Tensor4D {
  const [n, height, width, channels] = x.shape;
  const [toRows, toColumns] = [rows.length / height, columns.length / width];
  const across = fromLeft(tf, tf.reshape(x, [n * height, width, channels]), columns);
  const down = fromLeft(tf, tf.reshape(across, [n, height, toColumns * channels]), rows);
  return tf.reshape(down, [n, toRows, toColumns, channels]);
}

/** The product of shares, `[to, rows]`, with each matrix of a stack. */
function fromLeft(tf: Tfjs, stack: Tensor3D, shares: Float32Array): Tensor {
  const rows = stack.shape[1];
  return tf.matMul(tf.tensor3d(shares, [1, shares.length / rows, rows]), stack);
}
