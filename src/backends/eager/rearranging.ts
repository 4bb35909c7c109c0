import type { Tensor } from '@tensorflow/tfjs';
import { resize, resizeGradient } from '../../6-emit/tfjs/resize.ts';
import { at, type Kernels, mapAt, sumOf } from './kernel.ts';
import { spaceMean } from './means.ts';
import { padAround } from './window.ts';

/** What moves numbers, and masks and sums over them. Channels are the last axis. */
export const rearrangingKernels: Kernels<
  | 'mask'
  | 'mul'
  | 'add'
  | 'sumSpace'
  | 'concat'
  | 'slice'
  | 'zeros'
  | 'channelShuffle'
  | 'pad'
  | 'upsample'
  | 'upsampleGrad'
> = {
  mask: ({ tf }, { rate, offset, shape }, inputs) => {
    const noise = at(inputs, 0);
    const [n = 1] = noise.shape;
    const [channels = 1, height = 1, width = 1] = shape;
    const held = shape.length === 3 ? [n, height, width, channels] : [n, ...shape];
    if (rate >= 1) return tf.zeros(held);
    const own = tf.slice(noise, [0, offset], [n, channels * height * width]);
    const stays = tf.cast(tf.greaterEqual(own, rate), 'float32');
    return tf.reshape(tf.mul(stays, 1 / (1 - rate)), held);
  },
  mul: ({ tf }, _op, inputs) => tf.mul(at(inputs, 0), at(inputs, 1)),
  add: ({ tf }, _op, inputs) => sumOf(tf, inputs),
  sumSpace: ({ tf }, _op, inputs) => {
    const x = mapAt(inputs, 0);
    return tf.mul(spaceMean(tf, x), x.shape[1] * x.shape[2]);
  },
  concat: ({ tf }, _op, inputs) => (inputs.length === 1 ? at(inputs, 0) : tf.concat([...inputs], lastAxis(inputs))),
  slice: ({ tf }, { from, to }, inputs) => {
    const x = at(inputs, 0);
    const space = x.shape.slice(0, -1);
    return tf.slice(x, [...space.map(() => 0), from], [...space, to - from]);
  },
  zeros: ({ tf }, { shape }, inputs) => {
    const [n = 1] = at(inputs, 0).shape;
    const [channels = 1, height = 1, width = 1] = shape;
    return tf.zeros(shape.length === 3 ? [n, height, width, channels] : [n, ...shape]);
  },
  channelShuffle: ({ tf }, { groups }, inputs) => {
    const x = at(inputs, 0);
    const channels = x.shape[x.shape.length - 1] as number;
    const grouped = tf.reshape(x, [-1, groups, channels / groups]);
    return tf.reshape(tf.transpose(grouped, [0, 2, 1]), x.shape);
  },
  pad: ({ tf }, { pads }, inputs) => padAround(tf, mapAt(inputs, 0), pads),
  upsample: ({ tf }, { mode, rows, columns }, inputs) => resize(tf, mapAt(inputs, 0), mode, rows, columns),
  upsampleGrad: ({ tf }, { mode, rows, columns }, inputs) => resizeGradient(tf, mapAt(inputs, 0), mode, rows, columns),
};

function lastAxis(inputs: readonly Tensor[]): number {
  return at(inputs, 0).shape.length - 1;
}
