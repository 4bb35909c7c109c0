import type { Tensor } from '@tensorflow/tfjs';
import { asMap, attentionParts, byHead, scaleOf } from '../../6-emit/tfjs/attention.ts';
import type { Tfjs } from '../backend.ts';
import { at, type OpKernels } from './kernel.ts';
import { product } from './product.ts';

/** Attention over pixels, and its gradient. */
export const attentionKernels: OpKernels<'attend' | 'attendGrad'> = {
  attend: ({ tf }, { heads }, inputs) => {
    const maps = mapsAt(inputs, 0);
    const { shares, v } = attentionParts(tf, maps, heads, multiplier(tf));
    return asMap(tf, product(tf, shares, v), maps[0].shape);
  },
  attendGrad: ({ tf }, { heads }, inputs) => {
    const maps = mapsAt(inputs, 1);
    const { q, k, v, shares } = attentionParts(tf, maps, heads, multiplier(tf));
    const dy = byHead(tf, at(inputs, 0), heads);
    const along = product(tf, dy, v, false, true);
    const scores = tf.mul(shares, tf.sub(along, tf.sum(tf.mul(along, shares), -1, true)));
    const gradients = [
      tf.mul(product(tf, scores, k), scaleOf(maps[0], heads)),
      product(tf, scores, q, true),
      product(tf, shares, dy, true),
    ];
    return gradients.map((gradient, i) => asMap(tf, gradient, (maps[i] as Tensor).shape));
  },
};

function mapsAt(inputs: readonly Tensor[], first: number): [Tensor, Tensor, Tensor] {
  return [at(inputs, first), at(inputs, first + 1), at(inputs, first + 2)];
}

function multiplier(tf: Tfjs) {
  return (a: Tensor, b: Tensor, turnA?: boolean, turnB?: boolean) => product(tf, a, b, turnA, turnB);
}
