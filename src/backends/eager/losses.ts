import type { Tensor } from '@tensorflow/tfjs';
import { at, type OpKernels } from './kernel.ts';

/**
 * The least 1 - p in focal loss: half a unit in the last place of 1 in float32, below which a probability is 1. It keeps (1 - p)^(gamma
 * - 1) finite where its factor is zero.
 */
const leastDoubt = 2 ** -24;

/** Losses per sample with their gradients by the logits, and their means. */
export const lossKernels: OpKernels<'softmaxCrossEntropy' | 'focalLoss' | 'weightedMean' | 'scaleSamples'> = {
  softmaxCrossEntropy: ({ tf }, _op, inputs) => {
    const [logits, targets] = [at(inputs, 0), at(inputs, 1)];
    const logs = tf.logSoftmax(logits);
    const loss = tf.neg(tf.sum(tf.mul(targets, logs), -1));
    // Targets need not sum to one: their sum weights the probabilities.
    const weight = tf.sum(targets, -1, true);
    return [loss, tf.sub(tf.mul(tf.exp(logs), weight), targets)];
  },

  /**
   * With p = softmax(z), q = 1 - p and l = sum of -t q^gamma log p, each class gives
   * h = p dl/dp = t (gamma p q^(gamma - 1) log p - q^gamma), and dl/dz = h - p sum(h).
   */
  focalLoss: ({ tf }, _op, inputs) => {
    const [logits, targets, gamma] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    const logs = tf.logSoftmax(logits);
    const p = tf.exp(logs);
    const q = tf.maximum(tf.neg(tf.expm1(logs)), leastDoubt);
    const power = tf.pow(q, gamma);
    const loss = tf.neg(tf.sum(tf.mul(targets, tf.mul(power, logs)), -1));
    const slope = tf.mul(tf.mul(gamma, p), tf.mul(tf.div(power, q), logs));
    const h = tf.mul(targets, tf.sub(slope, power));
    return [loss, tf.sub(h, tf.mul(p, tf.sum(h, -1, true)))];
  },

  weightedMean: ({ tf }, { factor }, inputs) => {
    const [values, weights] = [at(inputs, 0), at(inputs, 1)];
    return tf.mul(tf.sum(tf.mul(values, weights)), factor / batchOf(values));
  },
  scaleSamples: ({ tf }, { factor }, inputs) => {
    const [x, weights] = [at(inputs, 0), at(inputs, 1)];
    const each = tf.reshape(weights, [batchOf(x), ...x.shape.slice(1).map(() => 1)]);
    return tf.mul(x, tf.mul(each, factor / batchOf(x)));
  },
};

function batchOf(x: Tensor): number {
  return x.shape[0] as number;
}
