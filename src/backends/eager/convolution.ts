import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { extentOf, isDense, namedPadding, type Window } from '../../ops/window.ts';
import type { Tfjs } from '../backend.ts';
import { at, mapAt, type OpKernels, runKernel } from './kernel.ts';
import { channelMean, channelSize } from './means.ts';
import { inOrder, pixelProduct, product } from './product.ts';
import { padAround, seenAt, spreadAlong, unpad } from './window.ts';

/**
 * Convolutions and their gradients. Three forms: depthwise, dense, and in groups, which are dense ones side by side.
 *
 * tfjs has no dilated gradients (its kernels ignore the attribute), and no dilation together with a stride: a dilated weight is expanded with zeros into a plain one.
 */
export const convolutionKernels: OpKernels<'conv' | 'convGradInput' | 'convGradWeight' | 'addBias' | 'biasGrad'> = {
  conv: ({ tf }, { window: given, groups }, inputs) => {
    const [x, weight] = [mapAt(inputs, 0), mapAt(inputs, 1)];
    const isOfChannels = isDepthwise(x.shape[3], weight, groups);
    const { window, thin } = isOfChannels ? evenStrides(tf, given, x.shape) : { window: given, thin: same };
    const named = namedPadding(window, x.shape[1], x.shape[2]);
    const padded = named ? x : padAround(tf, x, window.pads);
    const padding = named ?? 'valid';
    if (isOfChannels) {
      const filter = spread(tf, perChannel(tf, weight, groups), window);
      return thin(tf.depthwiseConv2d(padded, filter, [...window.stride], padding));
    }
    return inGroups(tf, groups, padded, weight, (part, w) =>
      isPointwise(window)
        ? timesMatrix(tf, part, w, false)
        : inOrder(tf, () => tf.conv2d(part, spread(tf, w, window), [...window.stride], padding)),
    );
  },

  convGradInput: ({ tf }, { window: given, groups, shape }, inputs) => {
    const [dy, weight] = [mapAt(inputs, 0), mapAt(inputs, 1)];
    const [channels = 0, height = 0, width = 0] = shape;
    const isOfChannels = isDepthwise(channels, weight, groups);
    const even = isOfChannels ? evenStrides(tf, given, [1, height, width, channels]) : undefined;
    const { window } = even ?? { window: given };
    const { top, left, bottom, right } = window.pads;
    const named = namedPadding(window, height, width);
    const [rows, columns] = named ? [height, width] : [height + top + bottom, width + left + right];
    const attributes = (of: number) => ({
      strides: window.stride,
      pad: named ?? 'valid',
      dilations: [1, 1],
      dataFormat: 'NHWC',
      inputShape: [dy.shape[0], rows, columns, of],
    });
    let dx: Tensor4D;
    if (even) {
      const filter = spread(tf, perChannel(tf, weight, groups), window);
      const operands = { dy: even.spread(dy), filter };
      dx = runKernel(tf, 'DepthwiseConv2dNativeBackpropInput', operands, attributes(channels));
    } else {
      dx = inGroups(tf, groups, dy, weight, (part, w) => {
        if (isPointwise(window)) return timesMatrix(tf, part, w, true);
        const inputs = { dy: part, filter: spread(tf, w, window) };
        return runKernel(tf, 'Conv2DBackpropInput', inputs, attributes(channels / groups));
      });
    }
    return named ? dx : unpad(tf, dx, window.pads);
  },

  convGradWeight: ({ tf }, { window, groups, shape }, inputs) => {
    const [x, dy] = [mapAt(inputs, 0), mapAt(inputs, 1)];
    const [out = 0, perGroup = 0] = shape;
    const { kernel } = window;
    if (perGroup === 1 && groups === x.shape[3]) {
      return tf.reshape(depthwiseGradWeight(tf, x, dy, window, out / groups), [...kernel, 1, out]);
    }
    const padded = padAround(tf, x, window.pads);
    return inGroups(tf, groups, padded, dy, (part, gradient) => denseGradWeight(tf, part, gradient, window));
  },

  addBias: ({ tf }, _op, inputs) => tf.add(at(inputs, 0), at(inputs, 1)),
  biasGrad: ({ tf }, _op, inputs) => {
    const dy = at(inputs, 0);
    return tf.mul(channelMean(tf, dy), channelSize(dy));
  },
};

/** Every input channel has filters of its own. */
function isDepthwise(channels: number, weight: Tensor4D, groups: number): boolean {
  return groups === channels && groups > 1 && weight.shape[2] === 1;
}

/** A matrix product over channels, which is faster than a convolution on every backend. */
function isPointwise({ kernel, stride, pads }: Window): boolean {
  return Math.max(...kernel, ...stride) === 1 && [pads.top, pads.left, pads.bottom, pads.right].every((n) => n === 0);
}

/** `[kh, kw, 1, C m]` as `[kh, kw, C, m]`. */
function perChannel(tf: Tfjs, weight: Tensor4D, channels: number): Tensor4D {
  const [height, width, , out] = weight.shape;
  return tf.reshape(weight, [height, width, channels, out / channels]);
}

/** A weight expanded by its dilation. */
function spread(tf: Tfjs, weight: Tensor4D, { dilation }: Window): Tensor4D {
  return spreadAlong(tf, spreadAlong(tf, weight, 0, dilation[0]), 1, dilation[1]) as Tensor4D;
}

/** Runs a dense form on each group's share of two tensors along the last axis; the results are concatenated. */
function inGroups(
  tf: Tfjs,
  groups: number,
  a: Tensor4D,
  b: Tensor4D,
  run: (a: Tensor4D, b: Tensor4D) => Tensor4D,
): Tensor4D {
  if (groups === 1) return run(a, b);
  const as: Tensor4D[] = tf.split(a, groups, 3);
  const bs: Tensor4D[] = tf.split(b, groups, 3);
  return tf.concat(
    as.map((part, i) => run(part, bs[i] as Tensor4D)),
    3,
  );
}

/** x `[N, H, W, I]` by a weight `[1, 1, I, O]`, or dy by its transpose. */
function timesMatrix(tf: Tfjs, x: Tensor4D, weight: Tensor4D, transpose: boolean): Tensor4D {
  const [n, height, width, channels] = x.shape;
  const [, , input, out] = weight.shape;
  const rows = tf.reshape(x, [n * height * width, channels]);
  return tf.reshape(product(tf, rows, tf.reshape(weight, [input, out]), false, transpose), [
    n,
    height,
    width,
    transpose ? input : out,
  ]);
}

/**
 * A matrix product for each place of the window. tfjs' own kernels for this use one thread per number of the weight, which
 * loops over the batch and all pixels: too few threads to fill a GPU in a stem or a pointwise convolution.
 */
function denseGradWeight(tf: Tfjs, padded: Tensor4D, dy: Tensor4D, window: Window): Tensor4D {
  const [, height, width, out] = dy.shape;
  const { kernel } = window;
  const input = padded.shape[3];
  const places: Tensor[] = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const seen = seenAt(tf, padded, window, row, column, [height, width]);
      places.push(pixelProduct(tf, seen, dy));
    }
  }
  const all = places.length === 1 ? (places[0] as Tensor) : tf.concat(places, 0);
  return tf.reshape(all, [...kernel, input, out]);
}

/**
 * A depthwise window with equal strides: without oneDNN TensorFlow has kernels for no others. One with different strides moves by 1; `thin` takes the wanted rows and columns of its result, `spread` puts zeros between those of its gradient.
 * @param shape of the map: `[N, H, W, C]`
 */
function evenStrides(tf: Tfjs, window: Window, [, height, width]: readonly [number, number, number, number]) {
  const [down, across] = window.stride;
  if (down === across) return { window, thin: same, spread: same };
  const { top, left, bottom, right } = window.pads;
  const [high, wide] = extentOf(window);
  const [rows, columns] = [height + top + bottom - high + 1, width + left + right - wide + 1];
  return {
    window: { ...window, stride: [1, 1] as const },
    thin: (y: Tensor4D) => tf.stridedSlice(y, [0, 0, 0, 0], y.shape, [1, down, across, 1]) as Tensor4D,
    spread(dy: Tensor4D) {
      const apart = spreadAlong(tf, spreadAlong(tf, dy, 1, down), 2, across) as Tensor4D;
      const [, seenRows, seenColumns] = apart.shape;
      return padAround(tf, apart, { top: 0, left: 0, bottom: rows - seenRows, right: columns - seenColumns });
    },
  };
}

function same(x: Tensor4D): Tensor4D {
  return x;
}

/** `[kh, kw, C, m]`. A dilated window's gradient is taken from that of its whole extent. */
function depthwiseGradWeight(tf: Tfjs, x: Tensor4D, gradient: Tensor4D, given: Window, multiplier: number): Tensor4D {
  const { window, spread: apart } = evenStrides(tf, given, x.shape);
  const dy = apart(gradient);
  const named = namedPadding(window, x.shape[1], x.shape[2]);
  const padded = named ? x : padAround(tf, x, window.pads);
  const extent = extentOf(window);
  const channels = x.shape[3];
  const attributes = {
    strides: window.stride,
    dilations: [1, 1],
    pad: named ?? 'valid',
    filterShape: [...extent, channels, multiplier],
  };
  const dense = runKernel(tf, 'DepthwiseConv2dNativeBackpropFilter', { x: padded, dy }, attributes);
  if (isDense(window)) return dense;
  const strides = [...window.dilation, 1, 1];
  return tf.stridedSlice(dense, [0, 0, 0, 0], [...extent, channels, multiplier], strides) as Tensor4D;
}
