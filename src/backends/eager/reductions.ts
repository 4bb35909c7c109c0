import type { Tensor } from '@tensorflow/tfjs';
import { at, mapAt, type OpKernels } from './kernel.ts';

const maximumAxes = { space: [1, 2], channels: [3] } as const;

/** Maxima over whole maps, and reductions over the channels of each pixel. */
export const reductionKernels: OpKernels<'channelMean' | 'channelMeanGrad' | 'max' | 'maxGrad'> = {
  channelMean: ({ tf }, _op, inputs) => tf.mean(mapAt(inputs, 0), -1, true),
  channelMeanGrad: ({ tf }, { shape: [channels = 1] }, inputs) =>
    tf.tile(tf.mul(at(inputs, 0), 1 / channels), [1, 1, 1, channels]),
  max: ({ tf }, { over }, inputs) => tf.max(mapAt(inputs, 0), [...maximumAxes[over]], true),
  maxGrad: ({ tf }, { over }, inputs) => {
    const [dy, x, y] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    // not a cast: the webgpu backend would keep integers, which a following sum cannot read
    const share: Tensor = tf.where(tf.equal(x, y), tf.onesLike(x), tf.zerosLike(x));
    return tf.mul(share, tf.div(dy, tf.sum(share, [...maximumAxes[over]], true)));
  },
};
