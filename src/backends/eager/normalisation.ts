import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from '../backend.ts';
import { at, type OpKernels } from './kernel.ts';
import { channelMean, channelSize } from './means.ts';

/** Batch normalisation of maps `[N, H, W, C]` and of vectors `[N, C]` alike: all but the last axis are samples. */
export const normalisationKernels: OpKernels<
  'batchNorm' | 'batchNormAgain' | 'batchNormGrad' | 'normalise' | 'normaliseGrad' | 'unitLength' | 'unitLengthGrad'
> = {
  batchNorm: ({ tf }, { epsilon }, inputs) => {
    const [x, gamma, beta] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    const count = channelSize(x);
    const mean = channelMean(tf, x);
    const variance = channelMean(tf, tf.square(tf.sub(x, mean)));
    const y = fixed(tf, x, [gamma, beta, mean, variance], epsilon);
    const unbiased = tf.mul(variance, count / Math.max(count - 1, 1));
    return [y, mean, unbiased, tf.stack([mean, variance])];
  },

  batchNormAgain: ({ tf }, { epsilon }, inputs) => {
    const [x, gamma, beta, mean] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(inputs, 3)];
    const count = channelSize(x);
    const variance = tf.mul(at(inputs, 4), (count - 1) / count);
    return fixed(tf, x, [gamma, beta, mean, variance], epsilon);
  },

  /**
   * With x^ = (x - mean) / deviation and means over the n samples of a channel:
   * dx = gamma / deviation (dy - mean(dy) - x^ mean(dy x^)) (Ioffe & Szegedy 2015, section 3).
   */
  batchNormGrad: ({ tf }, { epsilon }, inputs) => {
    const [dy, x, gamma, kept] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(inputs, 3)];
    const [mean, variance] = tf.unstack(kept) as [Tensor, Tensor];
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const centred = tf.sub(x, mean);
    const dyMean = channelMean(tf, dy);
    const dotMean = tf.mul(channelMean(tf, tf.mul(dy, centred)), inverse);
    const leaning = tf.mul(centred, tf.mul(dotMean, inverse));
    const dx = tf.mul(tf.sub(tf.sub(dy, dyMean), leaning), tf.mul(gamma, inverse));
    const count = channelSize(x);
    return [dx, tf.mul(dotMean, count), tf.mul(dyMean, count)];
  },

  normalise: ({ tf }, { epsilon }, inputs) => {
    const [gamma, beta, mean, variance] = [at(inputs, 1), at(inputs, 2), at(inputs, 3), at(inputs, 4)];
    return fixed(tf, at(inputs, 0), [gamma, beta, mean, variance], epsilon);
  },
  normaliseGrad: ({ tf }, { epsilon }, inputs) => {
    const [dy, gamma, variance] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    return tf.mul(dy, tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon))));
  },

  unitLength: ({ tf }, { epsilon }, inputs) => tf.mul(at(inputs, 0), unitFactor(tf, at(inputs, 0), epsilon).factor),

  /** With y = x / length: (dy - y sum(dy y)) / length, without the second part where `epsilon` replaces the length. */
  unitLengthGrad: ({ tf }, { epsilon }, inputs) => {
    const [dy, x] = [at(inputs, 0), at(inputs, 1)];
    const { squares, factor } = unitFactor(tf, x, epsilon);
    const y = tf.mul(x, factor);
    const counts = tf.cast(tf.greater(squares, epsilon ** 2), 'float32');
    const along = tf.mul(tf.sum(tf.mul(dy, y), -1, true), counts);
    return tf.mul(tf.sub(dy, tf.mul(y, along)), factor);
  },
};

/** 1 over the length of the channels, which are last, and the length's square. */
function unitFactor(tf: Tfjs, x: Tensor, epsilon: number): { squares: Tensor; factor: Tensor } {
  const squares = tf.sum(tf.square(x), -1, true);
  return { squares, factor: tf.rsqrt(tf.maximum(squares, epsilon ** 2)) };
}

/** (x - mean) / deviation gamma + beta in one kernel, which every backend has. */
function fixed(
  tf: Tfjs,
  x: Tensor,
  [gamma, beta, mean, variance]: readonly [Tensor, Tensor, Tensor, Tensor],
  epsilon: number,
): Tensor {
  const args = [mean as Tensor1D, variance as Tensor1D, beta as Tensor1D, gamma as Tensor1D, epsilon] as const;
  return x.rank === 4 ? tf.batchNorm4d(x as Tensor4D, ...args) : tf.batchNorm2d(x as Tensor2D, ...args);
}
