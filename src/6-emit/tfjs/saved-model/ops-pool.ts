import type { Window } from '../../../ops/window.ts';
import { type Attributes, int32, type TensorName } from '../node-def/node-def.ts';
import { add, dimsOf, first, type NodeContext, reduce, three, type WriteStep } from './context.ts';
import { cutOff, padSpace, windowAttributes } from './window.ts';

/** Pools and their gradients. */

export const globalAvgPool: WriteStep<'globalAvgPool'> = (c) => [reduce(c, 'Mean', first(c), [1, 2], true)];

export const globalAvgPoolGrad: WriteStep<'globalAvgPoolGrad'> = (c) => {
  const [, height = 1, width = 1] = c.op.shape;
  const share = add(c, 'Mul', [first(c), c.b.number(1 / (height * width))]);
  return [add(c, 'BroadcastTo', [share, c.batchShape(c.op.shape)], { Tidx: int32 })];
};

export const maxPool: WriteStep<'maxPool'> = (c) => {
  const { window, dims, cut } = cutOff(c, c.op.window, dimsOf(c, 0));
  return [add(c, 'MaxPool', [cut(first(c))], poolAttributes(window, dims))];
};

export const maxPoolGrad: WriteStep<'maxPoolGrad'> = (c) => {
  const [dy, x, y] = three(c);
  const { window, dims, cut, uncut } = cutOff(c, c.op.window, dimsOf(c, 1));
  return [uncut(add(c, 'MaxPoolGrad', [cut(x), y, dy], poolAttributes(window, dims)))];
};

/** AvgPool pads by no other rule than SAME's and never counts what it pads: zeros go around, means are corrected. */
export const avgPool: WriteStep<'avgPool'> = (c) => {
  const { window, countPad } = c.op;
  const dims = dimsOf(c, 0);
  const x = padSpace(c, first(c), window.pads, dims);
  const mean = add(c, 'AvgPool', [x], poolAttributes(unpadded(window), dims));
  return [countPad || !isPadded(window) ? mean : add(c, 'Mul', [mean, countCorrection(c, window, dims)])];
};

export const avgPoolGrad: WriteStep<'avgPoolGrad'> = (c) => {
  const { window, countPad, shape } = c.op;
  const [channels = 1, height = 1, width = 1] = shape;
  const { top, left, bottom, right } = window.pads;
  const padded = [channels, height + top + bottom, width + left + right];
  const dy = first(c);
  const corrected = countPad || !isPadded(window) ? dy : add(c, 'Mul', [dy, countCorrection(c, window, shape)]);
  const dx = add(c, 'AvgPoolGrad', [c.batchShape(padded), corrected], poolAttributes(unpadded(window), padded));
  return [padSpace(c, dx, { top: -top, left: -left, bottom: -bottom, right: -right }, padded)];
};

export const sumSpace: WriteStep<'sumSpace'> = (c) => [reduce(c, 'Sum', first(c), [1, 2], true)];

function poolAttributes(window: Window, input: readonly number[]): Attributes {
  if (window.dilation !== 1) throw new Error('a pool has no dilation');
  return { ...windowAttributes(window, input), ksize: { ints: [1, window.kernel, window.kernel, 1] } };
}

function isPadded({ pads }: Window): boolean {
  return Math.max(pads.top, pads.left, pads.bottom, pads.right) > 0;
}

function unpadded(window: Window): Window {
  return { ...window, pads: { top: 0, left: 0, bottom: 0, right: 0 } };
}

/** `[1, H, W, 1]`: the window's size over how many of its pixels are the input's. */
function countCorrection(c: NodeContext, window: Window, input: readonly number[]): TensorName {
  const { kernel, stride, pads } = window;
  const [, height = 1, width = 1] = input;
  const counts = (size: number, before: number, after: number) => {
    const outputs = Math.floor((size + before + after - kernel) / stride) + 1;
    return Array.from({ length: outputs }, (_, i) => {
      const begin = i * stride - before;
      return Math.min(begin + kernel, size + Math.min(after, 0)) - Math.max(begin, -Math.min(before, 0), 0);
    });
  };
  const [rows, columns] = [counts(height, pads.top, pads.bottom), counts(width, pads.left, pads.right)];
  // A window that lies outside has the mean of nothing: zero over zero would be no number.
  const values = rows.flatMap((row) => columns.map((column) => (kernel * kernel) / Math.max(row * column, 1)));
  return c.b.constant({ dtype: 'DT_FLOAT', shape: [1, rows.length, columns.length, 1], values });
}
