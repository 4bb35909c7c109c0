import type { Tensor } from '@tensorflow/tfjs';
import { type ActivationName, slopeOf, usualSlope } from '../../ops/activations.ts';
import type { Tfjs } from '../backend.ts';
import { at, type OpKernels } from './kernel.ts';

interface Activation {
  readonly value: (tf: Tfjs, x: Tensor, slope: number) => Tensor;
  /** The gradient from dy and what `gradientReads` names, the input or the output. */
  readonly gradient: (tf: Tfjs, dy: Tensor, read: Tensor, slope: number) => Tensor;
}

const activations: Readonly<Record<ActivationName, Activation>> = {
  identity: { value: (_tf, x) => x, gradient: (_tf, dy) => dy },
  relu: { value: (tf, x) => tf.relu(x), gradient: (tf, dy, y) => tf.mul(dy, tf.step(y)) },
  relu6: { value: (tf, x) => tf.relu6(x), gradient: (tf, dy, y) => tf.mul(dy, between(tf, y, 0, 6)) },
  // the output has the sign of the input
  leaky_relu: {
    value: (tf, x, slope) => tf.leakyRelu(x, slope),
    gradient: (tf, dy, y, slope) => tf.mul(dy, tf.add(tf.mul(tf.step(y), 1 - slope), slope)),
  },
  // the slope at y <= 0 is exp(x) = y + 1
  elu: {
    value: (tf, x) => tf.elu(x),
    gradient: (tf, dy, y) => tf.mul(dy, tf.minimum(tf.add(y, 1), 1)),
  },
  silu: {
    value: (tf, x) => tf.mul(x, tf.sigmoid(x)),
    gradient(tf, dy, x) {
      const s = tf.sigmoid(x);
      return tf.mul(dy, tf.mul(s, tf.add(tf.mul(x, tf.sub(1, s)), 1)));
    },
  },
  gelu: {
    value: (tf, x) => tf.mul(x, normalCumulative(tf, x)),
    gradient(tf, dy, x) {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.mul(dy, tf.add(normalCumulative(tf, x), tf.mul(x, density)));
    },
  },
  mish: {
    value: (tf, x) => tf.mul(x, tf.tanh(tf.softplus(x))),
    gradient(tf, dy, x) {
      // the derivative of softplus is the sigmoid
      const gate = tf.tanh(tf.softplus(x));
      const through = tf.mul(tf.mul(x, tf.sigmoid(x)), tf.sub(1, tf.square(gate)));
      return tf.mul(dy, tf.add(gate, through));
    },
  },
  sigmoid: {
    value: (tf, x) => tf.sigmoid(x),
    gradient: (tf, dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y))),
  },
  hardsigmoid: {
    value: hardSigmoid,
    gradient: (tf, dy, y, slope) => tf.mul(dy, tf.mul(between(tf, y, 0, 1), slope)),
  },
  hardswish: {
    value: (tf, x) => tf.mul(x, hardSigmoid(tf, x, usualSlope('hardsigmoid'))),
    gradient(tf, dy, x) {
      // h(x) + x h'(x)
      const slope = tf.mul(between(tf, x, -3, 3), 1 / 6);
      return tf.mul(dy, tf.add(hardSigmoid(tf, x, usualSlope('hardsigmoid')), tf.mul(x, slope)));
    },
  },
  tanh: { value: (tf, x) => tf.tanh(x), gradient: (tf, dy, y) => tf.mul(dy, tf.sub(1, tf.square(y))) },
  // over the last axis, which has the channels
  softmax: {
    value: (tf, x) => tf.softmax(x),
    gradient: (tf, dy, y) => tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true))),
  },
};

/** Activations and their gradients. */
export const activationKernels: OpKernels<'activation' | 'activationGrad'> = {
  activation: ({ tf }, op, inputs) => activations[op.fn].value(tf, at(inputs, 0), slopeOf(op)),
  activationGrad: ({ tf }, op, inputs) => activations[op.fn].gradient(tf, at(inputs, 0), at(inputs, 1), slopeOf(op)),
};

/** The share of the standard normal distribution below x. */
function normalCumulative(tf: Tfjs, x: Tensor): Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** min(max(slope x + 0.5, 0), 1), as relu6(6 slope x + 3) / 6: MobileNetV3 has the slope 1/6. */
function hardSigmoid(tf: Tfjs, x: Tensor, slope: number): Tensor {
  const scaled = slope * 6 === 1 ? x : tf.mul(x, slope * 6);
  return tf.mul(tf.relu6(tf.add(scaled, 3)), 1 / 6);
}

/** 1 strictly between two bounds, else 0. */
function between(tf: Tfjs, x: Tensor, low: number, high: number): Tensor {
  return tf.mul(tf.step(tf.sub(x, low)), tf.step(tf.sub(high, x)));
}
