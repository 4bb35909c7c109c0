import type { Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import type { ConvForm, ConvSettings } from './conv-layer.ts';

interface DepthwiseConvSettings extends ConvSettings {
  readonly depthMultiplier: number;
}

/**
 * A convolution with separate filters for each channel, and with dilation, which TensorFlow.js's `DepthwiseConv2D` reads
 * but ignores. The kernel is `[kh, kw, in, multiplier]`.
 */
export function depthwiseConv(tf: Tfjs): ConvForm<DepthwiseConvSettings> {
  return {
    className: 'EnetDepthwiseConv2D',
    settings: ['depthMultiplier', 'kernelSize', 'strides', 'padding', 'dilationRate', 'useBias'],
    kernelName: 'depthwise_kernel',
    filters: ({ depthMultiplier }, channels) => channels * depthMultiplier,
    kernelAxes: ({ depthMultiplier }, channels) => [channels, depthMultiplier],
    // Variance 2 / fan_out, where a filter sees one channel.
    initialScale: () => 2,
    convolve: ({ strides, padding, dilationRate }, x, kernel) =>
      tf.depthwiseConv2d(x, spread(tf, kernel, dilationRate), strides, padding),
  };
}

/**
 * The kernel with zeros between its taps: TensorFlow has no kernel for a dilated depthwise convolution on a CPU. No
 * tensor on the way has more than the four axes that all backends can pad.
 */
export function spread(tf: Tfjs, kernel: Tensor4D, [down, across]: readonly [number, number]): Tensor4D {
  const [height, width, channels, multiplier] = kernel.shape;
  const numbers = channels * multiplier;
  const rows = tf.pad(tf.reshape(kernel, [height, 1, width * numbers]), [
    [0, 0],
    [0, down - 1],
    [0, 0],
  ]);
  const taps = tf.pad(tf.reshape(rows, [height * down * width, 1, numbers]), [
    [0, 0],
    [0, across - 1],
    [0, 0],
  ]);
  const whole = tf.reshape(taps, [height * down, width * across, channels, multiplier]) as Tensor4D;
  const extent: [number, number] = [(height - 1) * down + 1, (width - 1) * across + 1];
  return tf.slice(whole, [0, 0, 0, 0], [...extent, channels, multiplier]);
}
