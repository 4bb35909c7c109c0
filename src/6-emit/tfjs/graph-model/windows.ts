import { elements } from '../../../5-graph/graph.ts';
import type { Pair } from '../../../ops/pair.ts';
import { dilationOf, extentOf, isDense, type Pads, type Window } from '../../../ops/window.ts';
import { isDepthwise } from '../../../weights/tfjs-layout.ts';
import { countCorrection, windowForm } from '../../window-form.ts';
import { first, label, lastChannels, mapSize, outputShape, type WithOp } from '../../written-node.ts';
import { lowest } from '../lowest.ts';
import { outputOf } from '../node-def/builder.ts';
import { type Attributes, int32, type TensorName } from '../node-def/node-def.ts';
import { add, addFused, type GraphModelNode, reshape } from './add.ts';
import { evenStrides } from './even-strides.ts';

/** A convolution with its bias. Groups are cut apart: TensorFlow.js has no convolution with groups. */
export function writeConv(c: WithOp<GraphModelNode, 'conv'>): TensorName {
  const { groups, bias } = c.op;
  const { moves: window, thin } = evenStrides(c, c.op.window);
  const { padding, ...steps } = windowForm(window, ...mapSize(c));
  const input = applySteps(c, steps, 0);
  const isSpread = !isDense(window) && isDepthwise(c.node);
  const attr = {
    strides: spatial(window.stride),
    dilations: spatial(isSpread ? [1, 1] : dilationOf(window)),
    padding: { text: padding.toUpperCase() },
    data_format: { text: 'NHWC' },
  };
  const [weight, biasTensor] = c.node.tensors;
  const stored = c.weight(weight as NonNullable<typeof weight>, 'kernel');
  const axes = [groups, c.op.filters / groups] as const;
  const kernel = isSpread ? spreadKernel(c, stored, window, axes) : stored;
  const { path } = c.node;
  const isWhole = groups === 1 || isDepthwise(c.node);
  const biasNode = bias && biasTensor ? c.weight(biasTensor, 'bias') : undefined;
  if (isWhole) {
    const [plain, fused] =
      groups === 1
        ? (['Conv2D', '_FusedConv2D'] as const)
        : (['DepthwiseConv2dNative', 'FusedDepthwiseConv2dNative'] as const);
    if (biasNode === undefined) return thin(add(c, plain, path, [input, kernel], attr));
    return thin(addFused(c, fused, [input, kernel, biasNode], attr));
  }
  const kernels = splitLast(c, kernel, `${path}/kernels`, groups);
  const parts = splitLast(c, input, `${path}/groups`, groups).map((part, i) =>
    add(c, 'Conv2D', `${path}/group`, [part, kernels[i] as TensorName], attr),
  );
  const y = joinLast(c, parts, path);
  if (biasNode === undefined) return y;
  return add(c, 'BiasAdd', `${path}/add-bias`, [y, biasNode], { data_format: { text: 'NHWC' } });
}

/**
 * A kernel with zeros between its taps: TensorFlow has no kernel for a dilated depthwise convolution on a CPU, nor for a
 * transposed one. No intermediate tensor has more than the four axes that all backends can pad. @param axes those of the kernel
 * after height and width.
 */
export function spreadKernel(c: GraphModelNode, kernel: TensorName, window: Window, axes: Pair): TensorName {
  const [high, wide] = window.kernel;
  const [down, across] = dilationOf(window);
  const numbers = axes[0] * axes[1];
  const name = `${c.node.path}/spread`;
  const apart = (x: TensorName, what: string, shape: readonly number[], step: number) => {
    const gaps = { dtype: 'DT_INT32', shape: [3, 2], values: [0, 0, 0, step - 1, 0, 0] } as const;
    const shaped = add(c, 'Reshape', `${name}/${what}`, [x, c.b.integers(shape)], { Tshape: int32 });
    return add(c, 'PadV2', `${name}/${what}/gaps`, [shaped, c.b.constant(gaps), c.b.number(0)], { Tpaddings: int32 });
  };
  const rows = apart(kernel, 'rows', [high, 1, wide * numbers], down);
  const taps = apart(rows, 'taps', [high * down * wide, 1, numbers], across);
  const shape = c.b.integers([high * down, wide * across, ...axes]);
  const whole = add(c, 'Reshape', `${name}/whole`, [taps, shape], { Tshape: int32 });
  const end = c.b.integers([...extentOf(window), ...axes]);
  return add(c, 'Slice', name, [whole, c.b.integers([0, 0, 0, 0]), end], { Index: int32 });
}

/** A convolution along the channels, which are last: pixels as rows of an image of one channel. */
export function writeChannelConv(c: WithOp<GraphModelNode, 'channelConv'>): TensorName {
  const shape = outputShape(c);
  const [channels = 1, ...space] = shape;
  const { path } = c.node;
  const [tensor] = c.node.tensors;
  const stored = c.weight(tensor as NonNullable<typeof tensor>, 'channel_kernel');
  const kernel = add(c, 'Reshape', `${path}/window`, [stored, c.b.integers([1, c.op.kernel, 1, 1])], { Tshape: int32 });
  const rows = reshape(c, first(c), `${path}/rows`, [elements(space), channels, 1]);
  const attr = {
    strides: spatial([1, 1]),
    dilations: spatial([1, 1]),
    padding: { text: 'SAME' },
    data_format: { text: 'NHWC' },
  };
  return reshape(c, add(c, 'Conv2D', `${path}/conv`, [rows, kernel], attr), path, lastChannels(shape));
}

/** A max pool; padding is never the maximum. */
export function writeMaxPool(c: WithOp<GraphModelNode, 'maxPool'>): TensorName {
  const { padding, ...steps } = windowForm(c.op.window, ...mapSize(c));
  return add(c, 'MaxPool', label(c, 'pool'), [applySteps(c, steps, lowest)], poolAttributes(c.op.window, padding));
}

/** An average pool, whose padding counts or does not. TensorFlow's own rule `same` does not count it. */
export function writeAvgPool(c: WithOp<GraphModelNode, 'avgPool'>): TensorName {
  const { window, countPad } = c.op;
  const { padding, ...steps } = windowForm(window, ...mapSize(c));
  if (padding === 'same' && countPad) {
    const input = applySteps(c, { pad: window.pads }, 0);
    return add(c, 'AvgPool', label(c, 'pool'), [input], poolAttributes(window, 'valid'));
  }
  const mean = add(c, 'AvgPool', label(c, 'pool'), [applySteps(c, steps, 0)], poolAttributes(window, padding));
  if (countPad || !steps.pad) return mean;
  // The mean with zeros counted, corrected for what each window sees of the padding.
  return add(c, 'Mul', label(c, 'pool/counted'), [
    mean,
    c.b.constant({ dtype: 'DT_FLOAT', ...countCorrection(window, ...mapSize(c)) }),
  ]);
}

/** Crops and pads the first input. */
export function applySteps(
  c: GraphModelNode,
  { crop, pad }: { readonly crop?: Pads; readonly pad?: Pads },
  value: number,
): TensorName {
  let x = first(c);
  let [height, width] = mapSize(c);
  const channels = c.inputShapes[0]?.[0] as number;
  if (crop) {
    height -= crop.top + crop.bottom;
    width -= crop.left + crop.right;
    const begin = c.b.integers([0, crop.top, crop.left, 0]);
    const size = c.b.integers([-1, height, width, channels]);
    x = add(c, 'Slice', label(c, 'crop'), [x, begin, size], { Index: int32 });
  }
  if (pad) {
    const { top, left, bottom, right } = pad;
    const paddings = c.b.constant({
      dtype: 'DT_INT32',
      shape: [4, 2],
      values: [0, 0, top, bottom, left, right, 0, 0],
    });
    x = add(c, 'PadV2', label(c, 'pad'), [x, paddings, c.b.number(value)], { Tpaddings: int32 });
  }
  return x;
}

/** Equal parts along the channels, the last axis of maps and vectors alike. */
export function splitLast(c: GraphModelNode, x: TensorName, name: string, parts: number): readonly TensorName[] {
  const node = add(c, 'Split', name, [c.b.integer(-1), x], { num_split: { int: parts } });
  return Array.from({ length: parts }, (_, i) => outputOf(node, i));
}

/** Concatenates values along the channels. */
export function joinLast(c: GraphModelNode, values: readonly TensorName[], name: string): TensorName {
  return add(c, 'ConcatV2', name, [...values, c.b.integer(-1)], { N: { int: values.length }, Tidx: int32 });
}

export function spatial(pair: Pair): { readonly ints: readonly number[] } {
  return { ints: [1, ...pair, 1] };
}

function poolAttributes(window: Window, padding: string): Attributes {
  return {
    ksize: spatial(window.kernel),
    strides: spatial(window.stride),
    padding: { text: padding.toUpperCase() },
    data_format: { text: 'NHWC' },
  };
}
