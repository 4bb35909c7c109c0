import type { Tensor } from '@tensorflow/tfjs';
import { power } from '../../6-emit/tfjs/power.ts';
import { resize, resizeGradient } from '../../6-emit/tfjs/resize.ts';
import { at, mapAt, type OpKernels, sumOf } from './kernel.ts';
import { spaceMean } from './means.ts';
import { padAround } from './window.ts';

/** Ops that move numbers, masks, and sums. Channels are the last axis. */
export const rearrangingKernels: OpKernels<
  | 'mask'
  | 'mul'
  | 'add'
  | 'div'
  | 'rescale'
  | 'power'
  | 'powerGrad'
  | 'sumTo'
  | 'toSamples'
  | 'sumSamples'
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
  add: ({ tf }, _op, inputs) => {
    const isSame = inputs.every(({ shape }) => String(shape) === String(inputs[0]?.shape));
    return isSame ? sumOf(tf, inputs) : inputs.reduce((sum, x) => tf.add(sum, x));
  },
  toSamples: ({ tf }, _op, inputs) => {
    const value = at(inputs, 0);
    const [n = 1] = at(inputs, 1).shape;
    return tf.tile(tf.reshape(value, [1, ...value.shape]), [n, ...value.shape.map(() => 1)]);
  },
  sumSamples: ({ tf }, _op, inputs) => tf.sum(at(inputs, 0), 0),
  div: ({ tf }, _op, inputs) => tf.div(at(inputs, 0), at(inputs, 1)),
  rescale: ({ tf }, { scale, offset }, inputs) => {
    const scaled = scale === 1 ? at(inputs, 0) : tf.mul(at(inputs, 0), scale);
    return offset === 0 ? scaled : tf.add(scaled, offset);
  },
  power: ({ tf }, { exponent }, inputs) => power(tf, at(inputs, 0), exponent),
  powerGrad: ({ tf }, { exponent }, inputs) => {
    const [dy, x, y] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    return tf.mul(tf.mul(dy, tf.divNoNan(y, x)), exponent);
  },
  sumTo: ({ tf }, { shape }, inputs) => {
    const [channels = 1, height = 1, width = 1] = shape;
    const x = at(inputs, 0);
    if (x.rank !== 4) return channels < (x.shape[1] as number) ? tf.sum(x, 1, true) : x;
    const map = mapAt(inputs, 0);
    const [, rows, columns] = map.shape;
    const isSpace = height < rows && width < columns;
    const along = [...(!isSpace && height < rows ? [1] : []), ...(!isSpace && width < columns ? [2] : [])];
    const overSpace = isSpace
      ? tf.mul(spaceMean(tf, map), rows * columns)
      : along.length > 0
        ? tf.sum(map, along, true)
        : map;
    return channels < map.shape[3] ? tf.sum(overSpace, 3, true) : overSpace;
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
