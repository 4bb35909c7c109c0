import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from './tfjs.ts';

/** Convolution along the last axis, which has the channels: the kernel's numbers in their order, zeros beyond both ends. */
export function channelConv(tf: Tfjs, x: Tensor, kernel: Tensor): Tensor {
  const rows = [x.shape[0] as number, pixelsOf(x), channelsOf(x), 1] as [number, number, number, number];
  const window: Tensor4D = tf.reshape(kernel, [1, kernel.size, 1, 1]);
  return tf.reshape(tf.conv2d(tf.reshape(x, rows) as Tensor4D, window, 1, 'same'), x.shape);
}

function channelsOf({ shape, rank }: Tensor): number {
  return shape[rank - 1] as number;
}

function pixelsOf(x: Tensor): number {
  return x.shape.slice(1, -1).reduce((all, n) => all * n, 1);
}
