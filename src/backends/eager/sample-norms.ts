import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { GroupStatistics, LocalResponse } from '../../ops/sample-norms.ts';
import type { Tfjs } from '../backend.ts';
import { at, mapAt, type OpKernels } from './kernel.ts';

type SampleNorm = 'groupNorm' | 'groupNormGrad' | 'localResponseNorm' | 'localResponseNormGrad';

/** Norms by the statistics of each sample. */
export const sampleNormKernels: OpKernels<SampleNorm> = {
  groupNorm: ({ tf }, op, inputs) => {
    const [x, gamma, beta] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    const { normal } = groupNormal(tf, op, x);
    return tf.add(tf.mul(tf.reshape(normal, x.shape), gamma), beta);
  },

  /**
   * With g = dy gamma, x^ the normalised value and means over the statistics' axes: (g - mean(g) - x^ mean(g x^)) /
   * deviation.
   */
  groupNormGrad: ({ tf }, op, inputs) => {
    const [dy, x, gamma] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    const { normal, factor } = groupNormal(tf, op, x);
    const g = grouped(tf, op, tf.mul(dy, gamma));
    const leaning = tf.mul(normal, groupMean(tf, op, tf.mul(g, normal)));
    const dx = tf.mul(factor, tf.sub(tf.sub(g, groupMean(tf, op, g)), leaning));
    const sum = (t: Tensor) => tf.sum(tf.reshape(t, [-1, gamma.size]), 0);
    return [tf.reshape(dx, x.shape), sum(tf.mul(dy, tf.reshape(normal, x.shape))), sum(dy)];
  },

  localResponseNorm: ({ tf }, op, inputs) => {
    const x = mapAt(inputs, 0);
    return tf.mul(x, tf.pow(responseBase(tf, op, x), -op.beta));
  },

  /**
   * With s the base of the power -beta: dy s^-beta - 2 alpha / size beta x sum(dy y / s), the sum over the channels around.
   */
  localResponseNormGrad: ({ tf }, op, inputs) => {
    const [dy, x, y] = [mapAt(inputs, 0), mapAt(inputs, 1), mapAt(inputs, 2)];
    const base = responseBase(tf, op, x);
    const around = sumAround(tf, tf.div(tf.mul(dy, y), base), op.size);
    const through = tf.mul(tf.mul(x, around), (2 * op.alpha * op.beta) / op.size);
    return tf.sub(tf.mul(dy, tf.pow(base, -op.beta)), through);
  },
};

/** The normalised values, `[N, H * W, groups, C / groups]`, and 1 over the deviation. */
function groupNormal(tf: Tfjs, op: GroupStatistics, x: Tensor): { normal: Tensor; factor: Tensor } {
  const rows = grouped(tf, op, x);
  const centred = tf.sub(rows, groupMean(tf, op, rows));
  const factor = tf.rsqrt(tf.add(groupMean(tf, op, tf.square(centred)), op.epsilon));
  return { normal: tf.mul(centred, factor), factor };
}

function grouped(tf: Tfjs, { groups }: GroupStatistics, x: Tensor): Tensor {
  const [batch = 0] = x.shape;
  return tf.reshape(x, [batch, -1, groups, (x.shape.at(-1) as number) / groups]);
}

function groupMean(tf: Tfjs, { over }: GroupStatistics, rows: Tensor): Tensor {
  return tf.mean(rows, over === 'pixel' ? [3] : [1, 3], true);
}

function responseBase(tf: Tfjs, { size, alpha, k }: LocalResponse, x: Tensor4D): Tensor4D {
  return tf.add(tf.mul(sumAround(tf, tf.square(x), size), alpha / size), k);
}

/** The sum of each channel and those around it, by a pool over an image with one column per channel. */
function sumAround(tf: Tfjs, x: Tensor4D, size: number): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const radius = (size - 1) / 2;
  const columns = tf.reshape(x, [batch, height * width, channels, 1]) as Tensor4D;
  const padded = tf.pad(columns, [
    [0, 0],
    [0, 0],
    [radius, radius],
    [0, 0],
  ]);
  return tf.reshape(tf.mul(tf.avgPool(padded, [1, size], 1, 'valid'), size), x.shape);
}
