import type { Tensor4D } from '@tensorflow/tfjs';
import { at, type OpKernels } from './kernel.ts';
import { product } from './product.ts';

/** From maps to vectors and back, and linear layers, whose weights are `[in, out]` here. */
export const matrixKernels: OpKernels<'flatten' | 'unflatten' | 'linear' | 'linearGradInput' | 'linearGradWeight'> = {
  flatten: ({ tf }, _op, inputs) => {
    const x = at(inputs, 0) as Tensor4D;
    const [n, height = 1, width = 1, channels = 1] = x.shape;
    const first = height * width === 1 ? x : tf.transpose(x, [0, 3, 1, 2]);
    return tf.reshape(first, [n, channels * height * width]);
  },
  unflatten: ({ tf }, { shape }, inputs) => {
    const [channels = 1, height = 1, width = 1] = shape;
    const x = tf.reshape(at(inputs, 0), [-1, channels, height, width]);
    return tf.transpose(x, [0, 2, 3, 1]);
  },
  linear: ({ tf }, _op, inputs) => product(tf, at(inputs, 0), at(inputs, 1)),
  linearGradInput: ({ tf }, _op, inputs) => product(tf, at(inputs, 0), at(inputs, 1), false, true),
  linearGradWeight: ({ tf }, _op, inputs) => product(tf, at(inputs, 0), at(inputs, 1), true, false),
};
