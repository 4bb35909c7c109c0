import type { Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import type { ConvForm, ConvSettings } from './conv-layer.ts';

interface GroupedConvSettings extends ConvSettings {
  readonly filters: number;
  readonly groups: number;
}

/**
 * A convolution whose channels are split into groups, each with its own filters: Keras' `Conv2D` with `groups`, which
 * TensorFlow.js's lacks. The kernel is `[kh, kw, in / groups, filters]`.
 */
export function groupedConv(tf: Tfjs): ConvForm<GroupedConvSettings> {
  return {
    className: 'EnetGroupedConv2D',
    settings: ['filters', 'groups', 'kernelSize', 'strides', 'padding', 'dilationRate', 'useBias'],
    kernelName: 'kernel',
    filters: ({ filters }) => filters,
    kernelAxes: ({ filters, groups }, channels) => [channels / groups, filters],
    // Variance 2 / fan_out, where a group's share of the filters counts.
    initialScale: ({ groups }) => 2 * groups,
    convolve({ groups, strides, padding, dilationRate }, x, kernel) {
      const kernels = tf.split(kernel, groups, 3);
      const results = tf
        .split(x, groups, 3)
        .map((part, i) => tf.conv2d(part as Tensor4D, kernels[i] as Tensor4D, strides, padding, 'NHWC', dilationRate));
      return tf.concat(results, 3);
    },
  };
}
