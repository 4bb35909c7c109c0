import type { Tensor } from '@tensorflow/tfjs';
import { at, type OpKernels, sumOf } from './kernel.ts';

/** What is done with whole gradients before variables change. */
export const gradientKernels: OpKernels<'globalNorm' | 'clipFactor' | 'scale' | 'addScaled' | 'isFinite'> = {
  globalNorm: ({ tf }, _op, inputs) =>
    tf.sqrt(
      sumOf(
        tf,
        inputs.map((x) => tf.sum(tf.square(x))),
      ),
    ),
  clipFactor: ({ tf }, _op, inputs) => {
    const [norm, limit] = [at(inputs, 0), at(inputs, 1)];
    // limit / max(norm, limit) is min(1, limit / norm) without a division by a norm of zero.
    const factor = tf.div(limit, tf.maximum(norm, limit));
    return tf.where(tf.greater(limit, 0), factor, tf.onesLike(factor)) as Tensor;
  },
  scale: ({ tf }, _op, inputs) => tf.mul(at(inputs, 0), at(inputs, 1)),
  addScaled: ({ tf }, _op, inputs) => tf.add(at(inputs, 0), tf.mul(at(inputs, 1), at(inputs, 2))),
  isFinite: ({ tf }, _op, inputs) => tf.cast(tf.all(tf.isFinite(at(inputs, 0))), 'float32'),
};
