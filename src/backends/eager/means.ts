import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from '../backend.ts';

/**
 * Means by pooling, rows first. Channels are the last axis here, and tfjs' own reductions transpose a whole map before they
 * sum over any other axis.
 */

/** The mean over space, `[N, H, W, C]` to `[N, 1, 1, C]`. */
export function spaceMean(tf: Tfjs, x: Tensor4D): Tensor4D {
  const [, height, width] = x.shape;
  const rows = tf.avgPool(x, [1, width], [1, width], 'valid');
  return tf.avgPool(rows, [height, 1], [height, 1], 'valid');
}

/** The mean of each channel over batch and space, of a map or of vectors `[N, C]`; gives `[C]`. */
export function channelMean(tf: Tfjs, x: Tensor): Tensor1D {
  const channels = channelsOf(x);
  const samples = x.rank === 4 ? spaceMean(tf, x as Tensor4D) : x;
  const batch = samples.size / channels;
  const column: Tensor4D = tf.reshape(samples, [1, batch, 1, channels]);
  return tf.reshape(tf.avgPool(column, [batch, 1], [batch, 1], 'valid'), [channels]);
}

/** The number of values per channel. */
export function channelSize(x: Tensor): number {
  return x.size / channelsOf(x);
}

function channelsOf(x: Tensor): number {
  return x.shape[x.rank - 1] as number;
}
