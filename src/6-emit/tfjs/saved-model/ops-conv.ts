import type { StepShape } from '../../../5-graph/training/program.ts';
import type { Pair } from '../../../ops/pair.ts';
import { extentOf, isDense, type Window, windowsOver } from '../../../ops/window.ts';
import { outputOf } from '../node-def/builder.ts';
import { int32, type TensorName } from '../node-def/node-def.ts';
import { add, dimsOf, type NodeContext, reshape, type StepContext, slice, two, type WriteStep } from './context.ts';
import { phasesOf, tapsThatSee } from './dilation.ts';
import { cutOff, padSpace, windowAttributes } from './window.ts';

/**
 * Convolutions. TensorFlow has kernels for one group per channel (depthwise) and for all others; few support dilation
 * everywhere. A dilated window runs over the phases of its map; if it is depthwise or strided, its weight is expanded with zeros
 * instead.
 */

export const conv: WriteStep<'conv'> = (given) => {
  const c = withSeenTaps(given, dimsOf(given, 0));
  const [x, weight] = two(c);
  const shape = dimsOf(c, 1);
  const { window, dims, cut } = cutOff(c, c.op.window, dimsOf(c, 0));
  const { groups } = c.op;
  // TensorFlow fuses a convolution and its bias into one kernel, which does not support groups.
  const apart = c.isBiased ? groups : 1;
  const phases = isDepthwise(groups, shape) ? undefined : phasesOf(c, window, spaceOf(dims));
  if (phases) {
    const attr = windowAttributes(phases.window, dims);
    const operands = [phases.splitInput(cut(x)), weight] as const;
    return [phases.joinOutput(inGroups(c, apart, operands, (parts) => add(c, 'Conv2D', parts, attr)))];
  }
  const operands = [cut(x), filterOf(c, weight, shape)] as const;
  if (isDepthwise(groups, shape)) {
    const { moves, thin } = evenStrides(c, window, dims);
    const attr = windowAttributes(moves, dims);
    if (!c.isBiased || !('explicit_paddings' in attr)) return [thin(add(c, 'DepthwiseConv2dNative', operands, attr))];
    // Where oneDNN joins a depthwise convolution and its bias to one kernel, explicit pads get lost, and the process ends.
    const padded = padSpace(c, operands[0], window.pads, dims);
    const { explicit_paddings: _, ...rest } = attr;
    return [thin(add(c, 'DepthwiseConv2dNative', [padded, operands[1]], { ...rest, padding: { text: 'VALID' } }))];
  }
  const attr = windowAttributes(window, dims);
  return [inGroups(c, apart, operands, (parts) => add(c, 'Conv2D', parts, attr))];
};

export const convGradInput: WriteStep<'convGradInput'> = (given) => {
  const c = withSeenTaps(given, given.op.shape);
  const [dy, weight] = two(c);
  const { groups } = c.op;
  const shape = dimsOf(c, 1);
  const { window, dims, uncut } = cutOff(c, c.op.window, c.op.shape);
  const phases = isDepthwise(groups, shape) ? undefined : phasesOf(c, window, spaceOf(dims));
  if (phases) {
    const attr = windowAttributes(phases.window, dims);
    const sizes = c.batchShape([(dims[0] as number) / groups, ...phases.size], phases.count);
    const operands = [phases.splitOutput(dy), weight] as const;
    const parts = inGroups(c, groups, operands, ([d, f]) => add(c, 'Conv2DBackpropInput', [sizes, f, d], attr));
    return [uncut(phases.joinInput(parts))];
  }
  const filter = filterOf(c, weight, shape);
  if (isDepthwise(groups, shape)) {
    const { moves, spread } = evenStrides(c, window, [shape[0] ?? 1, ...dims.slice(1)]);
    const inputs = [c.batchShape(dims), filter, spread(dy)];
    return [uncut(add(c, 'DepthwiseConv2dNativeBackpropInput', inputs, windowAttributes(moves, dims)))];
  }
  const attr = windowAttributes(window, dims);
  const [channels = 1, ...space] = dims;
  const sizes = c.batchShape([channels / groups, ...space]);
  const parts = inGroups(c, groups, [dy, filter], ([d, f]) => add(c, 'Conv2DBackpropInput', [sizes, f, d], attr));
  return [uncut(parts)];
};

export const convGradWeight: WriteStep<'convGradWeight'> = (c) => {
  const seen = tapsThatSee(c, c.op.window, spaceOf(dimsOf(c, 0)));
  if (!seen) return gradWeight(c);
  const { window } = seen;
  const shape = [...c.op.shape.slice(0, 2), ...window.kernel];
  return gradWeight({ ...c, op: { ...c.op, window, shape } }).map((gradient) => seen.uncut(gradient));
};

const gradWeight: WriteStep<'convGradWeight'> = (c) => {
  const [given, dy] = two(c);
  const { groups, shape } = c.op;
  const { window, dims, cut } = cutOff(c, c.op.window, dimsOf(c, 0));
  const x = cut(given);
  const whole = filterShape(window, groups, shape);
  if (isDepthwise(groups, shape)) {
    const { moves, spread } = evenStrides(c, window, [shape[0] ?? 1, ...dims.slice(1)]);
    const inputs = [x, c.b.integers(whole), spread(dy)];
    const gradient = add(c, 'DepthwiseConv2dNativeBackpropFilter', inputs, windowAttributes(moves, dims));
    return [weightOf(c, gradient, shape)];
  }
  const phases = phasesOf(c, window, spaceOf(dims));
  if (phases) {
    const attr = windowAttributes(phases.window, dims);
    const [members = 1, filters = 1] = [shape[1], shape[0]];
    const sizes = c.b.integers([...window.kernel, members, filters / groups]);
    const operands = [phases.splitInput(x), phases.splitOutput(dy)] as const;
    return [inGroups(c, groups, operands, ([a, d]) => add(c, 'Conv2DBackpropFilter', [a, sizes, d], attr))];
  }
  const seen = pixelsSeen(c, x, window, dims);
  const attr = windowAttributes(seen.window, seen.dims);
  const sizes = c.b.integers([...whole.slice(0, 3), (whole[3] as number) / groups]);
  const parts = inGroups(c, groups, [seen.x, dy], ([a, d]) => add(c, 'Conv2DBackpropFilter', [a, sizes, d], attr));
  return [weightOf(c, parts, shape)];
};

/**
 * The pixels that a strided window of one pixel sees, side by side. oneDNN's gradient by such a filter writes out of bounds and
 * crashes if the channels are not a multiple of 16.
 */
function pixelsSeen(
  c: NodeContext,
  x: TensorName,
  window: Window,
  [channels = 1, height = 1, width = 1]: readonly number[],
): { readonly x: TensorName; readonly window: Window; readonly dims: readonly number[] } {
  const { kernel, stride, pads } = window;
  const isPixel = kernel.every((n) => n === 1) && Object.values(pads).every((n) => n === 0);
  if (!isPixel || stride.every((n) => n === 1)) return { x, window, dims: [channels, height, width] };
  const zeros = c.b.integers([0, 0, 0, 0]);
  const inputs = [x, zeros, zeros, c.b.integers([1, ...stride, 1])];
  return {
    x: add(c, 'StridedSlice', inputs, wholeSlice),
    window: { ...window, stride: [1, 1] },
    dims: [channels, ...windowsOver(window, [height, width])],
  };
}

/** Conv2D supports groups, but not its gradients on a CPU or fused kernels: each group separately, along the last axis. */
function inGroups(
  c: NodeContext,
  groups: number,
  [a, b]: readonly [TensorName, TensorName],
  each: (parts: readonly [TensorName, TensorName]) => TensorName,
): TensorName {
  if (groups === 1) return each([a, b]);
  const axis = c.b.integer(3);
  const [as, bs] = [a, b].map((x) => add(c, 'Split', [axis, x], { num_split: { int: groups } })) as [string, string];
  const parts = Array.from({ length: groups }, (_, i) => each([outputOf(as, i), outputOf(bs, i)]));
  return add(c, 'ConcatV2', [...parts, axis], { N: { int: groups }, Tidx: int32 });
}

/**
 * A window with strides that a depthwise kernel supports, and the conversions from its map to the requested one and
 * back.
 */
interface EvenStrides {
  readonly moves: Window;
  thin(y: TensorName): TensorName;
  /** `thin`'s gradient: zeros for what it leaves out. */
  spread(dy: TensorName): TensorName;
}

/**
 * TensorFlow's depthwise kernels take one stride for rows and columns: where the two differ, the window moves by 1, and every n-th position of its map is kept.
 * @param map its filters, and the height and width that the window moves over.
 */
function evenStrides(
  c: NodeContext,
  window: Window,
  [filters = 1, height = 1, width = 1]: readonly number[],
): EvenStrides {
  const [high, wide] = window.stride;
  if (high === wide) return { moves: window, thin: (y) => y, spread: (dy) => dy };
  const moves: Window = { ...window, stride: [1, 1] };
  const zeros = c.b.integers([0, 0, 0, 0]);
  const sliced = [zeros, zeros, c.b.integers([1, high, wide, 1])];
  return {
    moves,
    thin: (y) => add(c, 'StridedSlice', [y, ...sliced], wholeSlice),
    spread(dy) {
      const shape = c.batchShape([filters, ...windowsOver(moves, [height, width])]);
      return add(c, 'StridedSliceGrad', [shape, ...sliced, dy], wholeSlice);
    },
  };
}

/** A strided slice from the first element of each axis to the last. */
const wholeSlice = { Index: int32, begin_mask: { int: 15 }, end_mask: { int: 15 } };

/** The op with those taps of its window that see pixels. @param map what the window moves over, `[C, H, W]` */
function withSeenTaps<C extends ConvContext>(c: C, map: readonly number[]): C {
  const seen = tapsThatSee(c, c.op.window, spaceOf(map));
  if (!seen) return c;
  const { window } = seen;
  const [input, weight] = two(c);
  const [ofInput, ofWeight] = c.inputShapes as readonly [StepShape, StepShape];
  const dims = [...ofWeight.dims.slice(0, 2), ...window.kernel];
  return {
    ...c,
    op: { ...c.op, window },
    inputs: [input, seen.cut(weight)],
    inputShapes: [ofInput, { ...ofWeight, dims }],
  };
}

/** Height and width. */
function spaceOf([, height = 1, width = 1]: readonly number[]): Pair {
  return [height, width];
}

/** One input channel per group: TensorFlow's depthwise kernels, with several filters per channel or one. */
function isDepthwise(groups: number, shape: readonly number[]): boolean {
  return groups > 1 && shape[1] === 1;
}

type ConvContext = StepContext<'conv'> | StepContext<'convGradInput'>;

/** The filter that a kernel takes, from a weight of the logical shape as it is held. */
function filterOf(c: ConvContext, weight: TensorName, shape: readonly number[]): TensorName {
  const { window, groups } = c.op;
  const [filters = 1, members = 1] = shape;
  let filter = weight;
  if (!isDense(window)) {
    const [high, wide] = window.kernel;
    const [down, across] = window.dilation;
    const apart = reshape(c, filter, [high, 1, wide, 1, filters * members]);
    const pads = {
      dtype: 'DT_INT32',
      shape: [5, 2],
      values: [0, 0, 0, down - 1, 0, 0, 0, across - 1, 0, 0],
    } as const;
    const padded = add(c, 'Pad', [apart, c.b.constant(pads)], { Tpaddings: int32 });
    const whole = reshape(c, padded, [high * down, wide * across, filters * members]);
    filter = slice(c, whole, [0, 0, 0], [...extentOf(window), -1]);
  } else if (!(isDepthwise(groups, shape) && filters !== groups)) return filter;
  return reshape(c, filter, filterShape(window, groups, shape));
}

/** Rows and columns that the window reaches over, then `[in, out]` or, depthwise, `[in, filters per channel]`. */
function filterShape(window: Window, groups: number, shape: readonly number[]): readonly number[] {
  const [filters = 1, members = 1] = shape;
  const extent = extentOf(window);
  return [...extent, ...(isDepthwise(groups, shape) ? [groups, filters / groups] : [members, filters])];
}

/** The weight as it is held, from a filter: the other way. */
function weightOf(c: StepContext<'convGradWeight'>, filter: TensorName, shape: readonly number[]): TensorName {
  const { window, groups } = c.op;
  const [filters = 1, members = 1] = shape;
  const held = isDepthwise(groups, shape) && filters === groups ? [groups, 1] : [members, filters];
  let weight = filter;
  if (!isDense(window)) {
    const step = [...window.dilation, 1, 1];
    const inputs = [weight, c.b.integers([0, 0, 0, 0]), c.b.integers([0, 0, 0, 0]), c.b.integers(step)];
    weight = add(c, 'StridedSlice', inputs, wholeSlice);
  } else if (!(isDepthwise(groups, shape) && filters !== groups)) return weight;
  return reshape(c, weight, [...window.kernel, ...held]);
}
