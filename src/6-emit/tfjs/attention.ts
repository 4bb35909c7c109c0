import type { Tensor } from '@tensorflow/tfjs';
import type { Tfjs } from './tfjs.ts';

/** Multiplies stacks of matrices, each optionally transposed. */
export type Multiply = (a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean) => Tensor;

/** The parts of an attention, by head: `[N, heads, pixels, channels]`, and shares `[N, heads, pixels of q, pixels of k]`. */
export interface Attention {
  /** Divided by the root of its channels. */
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly shares: Tensor;
}

/** Attention's parts of maps `[N, H, W, C]`. */
export function attentionParts(
  tf: Tfjs,
  [q, k, v]: readonly [Tensor, Tensor, Tensor],
  heads: number,
  multiply: Multiply,
): Attention {
  const parts = {
    q: tf.mul(byHead(tf, q, heads), scaleOf(q, heads)),
    k: byHead(tf, k, heads),
    v: byHead(tf, v, heads),
  };
  return { ...parts, shares: tf.softmax(multiply(parts.q, parts.k, false, true)) };
}

/** One over the root of a head's channels. */
export function scaleOf(q: Tensor, heads: number): number {
  return 1 / Math.sqrt((q.shape[3] as number) / heads);
}

/** A map `[N, H, W, C]` as `[N, heads, H W, C / heads]`. */
export function byHead(tf: Tfjs, x: Tensor, heads: number): Tensor {
  const [n = 1, height = 1, width = 1, channels = 1] = x.shape;
  return tf.transpose(tf.reshape(x, [n, height * width, heads, channels / heads]), [0, 2, 1, 3]);
}

/** The reverse, to the height and width of a map. */
export function asMap(tf: Tfjs, x: Tensor, [, height = 1, width = 1]: readonly number[]): Tensor {
  const [n = 1, heads = 1, , channels = 1] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [n, height, width, heads * channels]);
}
