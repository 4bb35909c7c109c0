import { isDense, negated, noPads, padSteps, type Window } from '../../../ops/window.ts';
import { countCorrection } from '../../window-form.ts';
import { type Attributes, bool, float, int32, type TensorName } from '../node-def/node-def.ts';
import { add, dimsOf, first, type NodeContext, reduce, three, type WriteStep } from './context.ts';
import { cutOff, padSpace, windowAttributes } from './window.ts';

/** Pools and their gradients. */

export const globalAvgPool: WriteStep<'globalAvgPool'> = (c) => [reduce(c, 'Mean', first(c), [1, 2], true)];

export const globalAvgPoolGrad: WriteStep<'globalAvgPoolGrad'> = (c) => {
  const [, height = 1, width = 1] = c.op.shape;
  const share = add(c, 'Mul', [first(c), c.b.number(1 / (height * width))]);
  return [add(c, 'BroadcastTo', [share, c.batchShape(c.op.shape)], { Tidx: int32 })];
};

export const channelMean: WriteStep<'channelMean'> = (c) => [reduce(c, 'Mean', first(c), [3], true)];

export const channelMeanGrad: WriteStep<'channelMeanGrad'> = (c) => {
  const [channels = 1] = c.op.shape;
  const share = add(c, 'Mul', [first(c), c.b.number(1 / channels)]);
  return [add(c, 'BroadcastTo', [share, c.batchShape(c.op.shape)], { Tidx: int32 })];
};

const maximumAxes = { space: [1, 2], channels: [3] } as const;

export const max: WriteStep<'max'> = (c) => [reduce(c, 'Max', first(c), maximumAxes[c.op.over], true)];

export const maxGrad: WriteStep<'maxGrad'> = (c) => {
  const [dy, x, y] = three(c);
  const isGreatest = add(c, 'Equal', [x, y]);
  const share = c.b.node({ op: 'Cast', name: c.scope, inputs: [isGreatest], attr: { SrcT: bool, DstT: float } });
  const count = reduce(c, 'Sum', share, maximumAxes[c.op.over], true);
  return [add(c, 'Mul', [share, add(c, 'RealDiv', [dy, count])])];
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

/** AvgPool only pads by SAME's rule and never counts padding: zeros are added around, means are corrected. */
export const avgPool: WriteStep<'avgPool'> = (c) => {
  const { window, countPad } = c.op;
  const dims = dimsOf(c, 0);
  const x = padSpace(c, first(c), window.pads, dims);
  const mean = add(c, 'AvgPool', [x], poolAttributes(unpadded(window), dims));
  return [countPad ? mean : corrected(c, mean, window, dims)];
};

export const avgPoolGrad: WriteStep<'avgPoolGrad'> = (c) => {
  const { window, countPad, shape } = c.op;
  const [channels = 1, height = 1, width = 1] = shape;
  const { top, left, bottom, right } = window.pads;
  const padded = [channels, height + top + bottom, width + left + right];
  const dy = first(c);
  const shares = countPad ? dy : corrected(c, dy, window, shape);
  const dx = add(c, 'AvgPoolGrad', [c.batchShape(padded), shares], poolAttributes(unpadded(window), padded));
  return [padSpace(c, dx, negated(window.pads), padded)];
};

function poolAttributes(window: Window, input: readonly number[]): Attributes {
  if (!isDense(window)) throw new Error('a pool has no dilation');
  return { ...windowAttributes(window, input), ksize: { ints: [1, ...window.kernel, 1] } };
}

function unpadded(window: Window): Window {
  return { ...window, pads: noPads };
}

/** Means with zeros counted as those without, or gradients likewise. */
function corrected(c: NodeContext, x: TensorName, window: Window, [, height = 1, width = 1]: readonly number[]) {
  if (!padSteps(window.pads).pad) return x;
  return add(c, 'Mul', [x, c.b.constant({ dtype: 'DT_FLOAT', ...countCorrection(window, height, width) })]);
}
