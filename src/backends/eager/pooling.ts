import type { Tensor4D } from '@tensorflow/tfjs';
import type { Pair } from '../../ops/pair.ts';

import {
  extentOf,
  isDense,
  namedPadding,
  noPads,
  type Pads,
  tapsOf,
  type Window,
  windowsOver,
} from '../../ops/window.ts';
import type { Tfjs } from '../backend.ts';
import { at, mapAt, type OpKernels, runKernel, sumOf } from './kernel.ts';
import { spaceMean } from './means.ts';
import { padAround, seenAt, unpad, unseenAt } from './window.ts';

/** The padding for a maximum. WebGPU's shaders do not support infinity; this is the least finite number. */
const lowest = -3.4028234663852886e38;

/**
 * Pools and their gradients. Dilated ones, which tfjs' gradients do not support, are computed position by position of
 * the window.
 */
export const poolingKernels: OpKernels<
  'globalAvgPool' | 'globalAvgPoolGrad' | 'maxPool' | 'maxPoolGrad' | 'avgPool' | 'avgPoolGrad'
> = {
  globalAvgPool: ({ tf }, _op, inputs) => spaceMean(tf, mapAt(inputs, 0)),
  globalAvgPoolGrad: ({ tf }, { shape }, inputs) => {
    const [, height = 1, width = 1] = shape;
    return tf.tile(tf.mul(at(inputs, 0), 1 / (height * width)), [1, height, width, 1]);
  },

  maxPool: ({ tf }, { window }, inputs) => {
    const x = mapAt(inputs, 0);
    const named = namedPadding(window, x.shape[1], x.shape[2]);
    if (isDense(window) && named) return tf.maxPool(x, [...window.kernel], [...window.stride], named);
    const padded = padAround(tf, x, window.pads, lowest);
    if (isDense(window)) return tf.maxPool(padded, [...window.kernel], [...window.stride], 'valid');
    const [first, ...rest] = places(window).map(([r, c]) => seenAt(tf, padded, window, r, c, outSize(padded, window)));
    return rest.reduce((most, seen) => tf.maximum(most, seen), first as Tensor4D);
  },

  maxPoolGrad: ({ tf }, { window }, inputs) => {
    const [dy, x, y] = [mapAt(inputs, 0), mapAt(inputs, 1), mapAt(inputs, 2)];
    const padded = padAround(tf, x, window.pads, lowest);
    const gradient = isDense(window) ? plainMaxGrad : dilatedMaxGrad;
    return unpad(tf, gradient(tf, dy, padded, y, window), window.pads);
  },

  avgPool: ({ tf }, { window, countPad }, inputs) => {
    const x = mapAt(inputs, 0);
    const padded = padAround(tf, x, window.pads);
    const means = isDense(window) ? plainMean(tf, padded, window) : dilatedMean(tf, padded, window);
    return countPad || !hasPads(window.pads) ? means : tf.mul(means, corrections(tf, x.shape[1], x.shape[2], window));
  },

  avgPoolGrad: ({ tf }, { window, countPad, shape }, inputs) => {
    const dy = mapAt(inputs, 0);
    const [, height = 0, width = 0] = shape;
    const { top, left, bottom, right } = window.pads;
    const size: [number, number] = [height + top + bottom, width + left + right];
    const shared = countPad || !hasPads(window.pads) ? dy : tf.mul(dy, corrections(tf, height, width, window));
    const gradient = isDense(window) ? plainMeanGrad : dilatedMeanGrad;
    return unpad(tf, gradient(tf, shared as Tensor4D, window, size), window.pads);
  },
};

function outSize(padded: Tensor4D, window: Window): Pair {
  return windowsOver({ ...window, pads: noPads }, [padded.shape[1], padded.shape[2]]);
}

function places({ kernel: [high, wide] }: Window): [number, number][] {
  return Array.from({ length: high * wide }, (_, i) => [Math.floor(i / wide), i % wide]);
}

/** A pool's window over a padded map, for tfjs' kernels. */
function attributesOf({ kernel, stride }: Window) {
  return { filterSize: kernel, strides: stride, pad: 'valid' };
}

function hasPads({ top, left, bottom, right }: Pads): boolean {
  return Math.max(top, left, bottom, right) > 0;
}

/**
 * The first of equal numbers in a window takes the gradient, as in TensorFlow and PyTorch. The kernel of tfjs' webgpu
 * backend gives it to the last, which is the first in the reversed map.
 */
function plainMaxGrad(tf: Tfjs, dy: Tensor4D, padded: Tensor4D, y: Tensor4D, window: Window): Tensor4D {
  const attributes = attributesOf(window);
  if (tf.getBackend() !== 'webgpu') {
    return runKernel(tf, 'MaxPoolGrad', { dy, input: padded, output: y }, attributes);
  }
  // Cropped to where windows reach, so that the reversed map has the same windows.
  const [, height, width] = padded.shape;
  const extent = extentOf(window);
  const reach = (windows: number, axis: 0 | 1) => (windows - 1) * window.stride[axis] + extent[axis];
  const [bottom, right] = [reach(dy.shape[1], 0) - height, reach(dy.shape[2], 1) - width];
  const cut = { top: 0, left: 0, bottom, right };
  const turn = (map: Tensor4D) => tf.reverse(map, [1, 2]);
  const turned = { dy: turn(dy), input: turn(padAround(tf, padded, cut)), output: turn(y) };
  return unpad(tf, turn(runKernel(tf, 'MaxPoolGrad', turned, attributes)), cut);
}

function dilatedMaxGrad(tf: Tfjs, dy: Tensor4D, padded: Tensor4D, y: Tensor4D, window: Window): Tensor4D {
  const size = [padded.shape[1], padded.shape[2]] as const;
  let open: Tensor4D = tf.onesLike(y);
  const parts = places(window).map(([row, column]) => {
    const seen = seenAt(tf, padded, window, row, column, outSize(padded, window));
    const chosen: Tensor4D = tf.mul(open, tf.cast(tf.equal(seen, y), 'float32'));
    open = tf.sub(open, chosen);
    return unseenAt(tf, tf.mul(dy, chosen), window, row, column, size);
  });
  return sumOf(tf, parts);
}

function plainMean(tf: Tfjs, padded: Tensor4D, window: Window): Tensor4D {
  return tf.avgPool(padded, [...window.kernel], [...window.stride], 'valid');
}

function plainMeanGrad(tf: Tfjs, dy: Tensor4D, window: Window, size: readonly [number, number]): Tensor4D {
  // The kernels read only the shape of this.
  const input = tf.zeros([dy.shape[0], ...size, dy.shape[3]]);
  return runKernel(tf, 'AvgPoolGrad', { dy, input }, attributesOf(window));
}

function dilatedMean(tf: Tfjs, padded: Tensor4D, window: Window): Tensor4D {
  const seen = places(window).map(([r, c]) => seenAt(tf, padded, window, r, c, outSize(padded, window)));
  return tf.mul(sumOf(tf, seen), 1 / tapsOf(window));
}

function dilatedMeanGrad(tf: Tfjs, dy: Tensor4D, window: Window, size: readonly [number, number]): Tensor4D {
  const share: Tensor4D = tf.mul(dy, 1 / tapsOf(window));
  return sumOf(
    tf,
    places(window).map(([row, column]) => unseenAt(tf, share, window, row, column, size)),
  );
}

/** The factor that turns a mean over all positions of a window into one over those inside the map. */
function corrections(tf: Tfjs, height: number, width: number, window: Window): Tensor4D {
  const { kernel, stride, dilation } = window;
  const windows = windowsOver(window, [height, width]);
  const inside = (axis: 0 | 1, size: number, before: number) =>
    Array.from({ length: windows[axis] }, (_, i) => {
      let count = 0;
      for (let k = 0; k < kernel[axis]; k++) {
        const place = i * stride[axis] - before + k * dilation[axis];
        if (place >= 0 && place < size) count++;
      }
      return count;
    });
  const [rows, columns] = [inside(0, height, window.pads.top), inside(1, width, window.pads.left)];
  const factors = rows.flatMap((r) => columns.map((c) => tapsOf(window) / Math.max(r * c, 1)));
  return tf.tensor4d(factors, [1, rows.length, columns.length, 1]);
}
