import type { Window } from '../../../5-graph/ops.ts';
import { int32, type TensorName } from '../node-def/node-def.ts';
import { add, dimsOf, reshape, type StepContext, slice, two, type WriteStep } from './context.ts';
import { cutOff, windowAttributes } from './window.ts';

/**
 * Convolutions. TensorFlow has kernels for a group a channel (depthwise) and for all else; few of them know dilation
 * everywhere, so that a window with gaps is one without them whose weight has zeros in the gaps.
 */

export const conv: WriteStep<'conv'> = (c) => {
  const [x, weight] = two(c);
  const shape = dimsOf(c, 1);
  const { window, dims, cut } = cutOff(c, c.op.window, dimsOf(c, 0));
  const op = isDepthwise(c.op.groups, shape) ? 'DepthwiseConv2dNative' : 'Conv2D';
  return [add(c, op, [cut(x), filterOf(c, weight, shape)], windowAttributes(window, dims))];
};

export const convGradInput: WriteStep<'convGradInput'> = (c) => {
  const [dy, weight] = two(c);
  const shape = dimsOf(c, 1);
  const { window, dims, uncut } = cutOff(c, c.op.window, c.op.shape);
  const op = isDepthwise(c.op.groups, shape) ? 'DepthwiseConv2dNativeBackpropInput' : 'Conv2DBackpropInput';
  const inputs = [c.batchShape(dims), filterOf(c, weight, shape), dy];
  return [uncut(add(c, op, inputs, windowAttributes(window, dims)))];
};

export const convGradWeight: WriteStep<'convGradWeight'> = (c) => {
  const [x, dy] = two(c);
  const { groups, shape } = c.op;
  const { window, dims, cut } = cutOff(c, c.op.window, dimsOf(c, 0));
  const sizes = c.b.integers(filterShape(window, groups, shape));
  const op = isDepthwise(groups, shape) ? 'DepthwiseConv2dNativeBackpropFilter' : 'Conv2DBackpropFilter';
  return [weightOf(c, add(c, op, [cut(x), sizes, dy], windowAttributes(window, dims)), shape)];
};

/** One input channel a group: TensorFlow's depthwise kernels, with several filters a channel or one. */
function isDepthwise(groups: number, shape: readonly number[]): boolean {
  return groups > 1 && shape[1] === 1;
}

type ConvContext = StepContext<'conv'> | StepContext<'convGradInput'>;

/** The filter that a kernel takes, from a weight of the logical shape as it is held. */
function filterOf(c: ConvContext, weight: TensorName, shape: readonly number[]): TensorName {
  const { window, groups } = c.op;
  const [filters = 1, members = 1, kernel = 1] = shape;
  const { dilation } = window;
  let filter = weight;
  if (dilation > 1 && kernel > 1) {
    const spread = (window.kernel - 1) * dilation + 1;
    const apart = reshape(c, filter, [kernel, 1, kernel, 1, filters * members]);
    const pads = {
      dtype: 'DT_INT32',
      shape: [5, 2],
      values: [0, 0, 0, dilation - 1, 0, 0, 0, dilation - 1, 0, 0],
    } as const;
    const padded = add(c, 'Pad', [apart, c.b.constant(pads)], { Tpaddings: int32 });
    const whole = reshape(c, padded, [kernel * dilation, kernel * dilation, filters * members]);
    filter = slice(c, whole, [0, 0, 0], [spread, spread, -1]);
  } else if (!(isDepthwise(groups, shape) && filters !== groups)) return filter;
  return reshape(c, filter, filterShape(window, groups, shape));
}

/** `[extent, extent, in, out]` or, depthwise, `[extent, extent, in, filters a channel]`. */
function filterShape({ kernel, dilation }: Window, groups: number, shape: readonly number[]): readonly number[] {
  const [filters = 1, members = 1] = shape;
  const extent = (kernel - 1) * dilation + 1;
  return isDepthwise(groups, shape) ? [extent, extent, groups, filters / groups] : [extent, extent, members, filters];
}

/** The weight as it is held, from a filter: the other way. */
function weightOf(c: StepContext<'convGradWeight'>, filter: TensorName, shape: readonly number[]): TensorName {
  const { window, groups } = c.op;
  const [filters = 1, members = 1, kernel = 1] = shape;
  const { dilation } = window;
  const held = isDepthwise(groups, shape) && filters === groups ? [groups, 1] : [members, filters];
  let weight = filter;
  if (dilation > 1 && kernel > 1) {
    const step = [dilation, dilation, 1, 1];
    const inputs = [weight, c.b.integers([0, 0, 0, 0]), c.b.integers([0, 0, 0, 0]), c.b.integers(step)];
    weight = add(c, 'StridedSlice', inputs, { Index: int32, begin_mask: { int: 15 }, end_mask: { int: 15 } });
  } else if (!(isDepthwise(groups, shape) && filters !== groups)) return weight;
  return reshape(c, weight, [kernel, kernel, ...held]);
}
