import type { Tensor } from '@tensorflow/tfjs';
import type { Tfjs } from './tfjs.ts';

/** x to a power. Squares and square roots have separate kernels: GPUs compute other powers by logarithms. */
export function power(tf: Tfjs, x: Tensor, exponent: number): Tensor {
  if (exponent === 0.5) return tf.sqrt(x);
  return exponent === 2 ? tf.square(x) : tf.pow(x, exponent);
}
