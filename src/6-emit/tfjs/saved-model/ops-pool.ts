import type { Pads, Window } from '../../../5-graph/ops.ts';
import { type Attributes, int32, type TensorName } from '../node-def/node-def.ts';
import { add, dimsOf, first, type NodeContext, reduce, slice, three, type WriteStep } from './context.ts';
import { windowAttributes } from './ops-conv.ts';

/** Pools and their gradients. */

export const globalAvgPool: WriteStep<'globalAvgPool'> = (c) => [reduce(c, 'Mean', first(c), [1, 2], true)];

export const globalAvgPoolGrad: WriteStep<'globalAvgPoolGrad'> = (c) => {
  const [, height = 1, width = 1] = c.op.shape;
  const share = add(c, 'Mul', [first(c), c.b.number(1 / (height * width))]);
  return [add(c, 'BroadcastTo', [share, c.batchShape(c.op.shape)], { Tidx: int32 })];
};

export const maxPool: WriteStep<'maxPool'> = (c) => [
  add(c, 'MaxPool', [first(c)], poolAttributes(c.op.window, dimsOf(c, 0))),
];

export const maxPoolGrad: WriteStep<'maxPoolGrad'> = (c) => {
  const [dy, x, y] = three(c);
  return [add(c, 'MaxPoolGrad', [x, y, dy], poolAttributes(c.op.window, dimsOf(c, 1)))];
};

/** AvgPool pads by no other rule than SAME's and never counts what it pads: zeros go around, sums are corrected. */
export const avgPool: WriteStep<'avgPool'> = (c) => {
  const { window, countPad } = c.op;
  const input = dimsOf(c, 0);
  const x = isPadded(window) ? padSpace(c, first(c), window.pads) : first(c);
  const mean = add(c, 'AvgPool', [x], poolAttributes(unpadded(window), input));
  return [countPad || !isPadded(window) ? mean : add(c, 'Mul', [mean, countCorrection(c, window, input)])];
};

export const avgPoolGrad: WriteStep<'avgPoolGrad'> = (c) => {
  const { window, countPad, shape } = c.op;
  const [channels = 1, height = 1, width = 1] = shape;
  const { top, left, bottom, right } = window.pads;
  const padded = [channels, height + top + bottom, width + left + right];
  const dy = first(c);
  const corrected = countPad || !isPadded(window) ? dy : add(c, 'Mul', [dy, countCorrection(c, window, shape)]);
  const attr = poolAttributes(unpadded(window), padded);
  const dx = add(c, 'AvgPoolGrad', [c.batchShape(padded), corrected], attr);
  return [isPadded(window) ? slice(c, dx, [0, top, left, 0], [-1, height, width, -1]) : dx];
};

export const sumSpace: WriteStep<'sumSpace'> = (c) => [reduce(c, 'Sum', first(c), [1, 2], true)];

/** Zeros around `[N, H, W, C]`. */
export function padSpace(c: NodeContext, x: TensorName, { top, left, bottom, right }: Pads): TensorName {
  const values = [0, 0, top, bottom, left, right, 0, 0];
  return add(c, 'Pad', [x, c.b.constant({ dtype: 'DT_INT32', shape: [4, 2], values })], { Tpaddings: int32 });
}

function poolAttributes(window: Window, input: readonly number[]): Attributes {
  if (window.dilation !== 1) throw new Error('a pool has no dilation');
  return { ...windowAttributes(window, input), ksize: { ints: [1, window.kernel, window.kernel, 1] } };
}

function isPadded({ pads }: Window): boolean {
  return pads.top !== 0 || pads.left !== 0 || pads.bottom !== 0 || pads.right !== 0;
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
      return Math.min(begin + kernel, size) - Math.max(begin, 0);
    });
  };
  const [rows, columns] = [counts(height, pads.top, pads.bottom), counts(width, pads.left, pads.right)];
  // A window that lies outside has the mean of nothing: zero over zero would be no number.
  const values = rows.flatMap((row) => columns.map((column) => (kernel * kernel) / Math.max(row * column, 1)));
  return c.b.constant({ dtype: 'DT_FLOAT', shape: [1, rows.length, columns.length, 1], values });
}
