import { elements } from '../../../5-graph/graph.ts';
import { bool, float, int32, type TensorName } from '../node-def/node-def.ts';
import {
  add,
  dimsOf,
  first,
  openShape,
  reduce,
  reshape,
  slice,
  three,
  transpose,
  two,
  type WriteStep,
} from './context.ts';
import { heldDims } from './layout.ts';
import { padSpace } from './window.ts';

/** Ops that move numbers and make none. */

/** The value itself, from a node that waits for the other: an output's name without its number is that of its node. */
export const after: WriteStep<'after'> = (c) => {
  const [x, awaited] = two(c);
  const wait = [awaited.replace(/:\d+$/, '')];
  return [c.b.node({ op: 'Identity', name: c.scope, inputs: [x], attr: { T: float }, after: wait })];
};

export const flatten: WriteStep<'flatten'> = (c) => {
  const dims = dimsOf(c, 0);
  const x = isPixel(dims) ? first(c) : transpose(c, first(c), [0, 3, 1, 2]);
  return [reshape(c, x, [-1, elements(dims)])];
};

export const unflatten: WriteStep<'unflatten'> = (c) => {
  const { shape } = c.op;
  if (isPixel(shape)) return [reshape(c, first(c), openShape(shape))];
  return [transpose(c, reshape(c, first(c), [-1, ...shape]), [0, 2, 3, 1])];
};

/** Whether channels first and last are the same. */
function isPixel(dims: readonly number[]): boolean {
  return dims.length !== 3 || (dims[1] === 1 && dims[2] === 1) || dims[0] === 1;
}

export const concat: WriteStep<'concat'> = (c) => {
  if (c.inputs.length === 1) return [first(c)];
  const attr = { N: { int: c.inputs.length }, Tidx: int32 };
  return [add(c, 'ConcatV2', [...c.inputs, c.b.integer(dimsOf(c, 0).length)], attr)];
};

export const sliceChannels: WriteStep<'slice'> = (c) => {
  const { from, to } = c.op;
  const others = [0, ...dimsOf(c, 0).slice(1)].map(() => 0);
  return [slice(c, first(c), [...others, from], [...others.map(() => -1), to - from])];
};

export const zeros: WriteStep<'zeros'> = (c) => [
  add(c, 'Fill', [c.batchShape(c.op.shape), c.b.number(0)], { index_type: int32 }),
];

/** As in Zhang et al. 2017: `[g, n]` channels transposed to `[n, g]`. */
export const channelShuffle: WriteStep<'channelShuffle'> = (c) => {
  const dims = dimsOf(c, 0);
  const { groups } = c.op;
  const [channels = 1, ...space] = dims;
  const grouped = reshape(c, first(c), [-1, ...space, groups, channels / groups]);
  const kept = [0, ...space.map((_, i) => i + 1)];
  const axis = kept.length;
  return [reshape(c, transpose(c, grouped, [...kept, axis + 1, axis]), openShape(dims))];
};

export const pad: WriteStep<'pad'> = (c) => [padSpace(c, first(c), c.op.pads, dimsOf(c, 0))];

export const mask: WriteStep<'mask'> = (c) => {
  const { rate, offset, shape } = c.op;
  const part = slice(c, first(c), [0, offset], [-1, elements(shape)]);
  const noise = reshape(c, part, [-1, ...heldDims(shape)]);
  const stays = add(c, 'GreaterEqual', [noise, c.b.number(rate)]);
  const ones = c.b.node({
    op: 'Cast',
    name: c.scope,
    inputs: [stays],
    attr: { SrcT: bool, DstT: float },
  });
  return [add(c, 'Mul', [ones, c.b.number(rate < 1 ? 1 / (1 - rate) : 0)])];
};

export const mul: WriteStep<'mul'> = (c) => [add(c, 'Mul', two(c))];

export const div: WriteStep<'div'> = (c) => [add(c, 'RealDiv', two(c))];

export const addAll: WriteStep<'add'> = (c) => {
  const [x, ...others] = c.inputs as [TensorName, ...TensorName[]];
  const isSame = c.inputShapes.every((shape) => String(shape.dims) === String(dimsOf(c, 0)));
  if (c.inputs.length < 3 || !isSame) return [others.reduce((sum, y) => add(c, 'AddV2', [sum, y]), x)];
  return [add(c, 'AddN', c.inputs, { N: { int: c.inputs.length } })];
};

export const rescale: WriteStep<'rescale'> = (c) => {
  const { scale, offset } = c.op;
  const scaled = scale === 1 ? first(c) : add(c, 'Mul', [first(c), c.b.number(scale)]);
  return [offset === 0 ? scaled : add(c, 'AddV2', [scaled, c.b.number(offset)])];
};

export const power: WriteStep<'power'> = (c) => {
  const { exponent } = c.op;
  if (exponent === 0.5) return [add(c, 'Sqrt', [first(c)])];
  return [exponent === 2 ? add(c, 'Square', [first(c)]) : add(c, 'Pow', [first(c), c.b.number(exponent)])];
};

export const powerGrad: WriteStep<'powerGrad'> = (c) => {
  const [dy, x, y] = three(c);
  return [add(c, 'Mul', [add(c, 'Mul', [dy, add(c, 'DivNoNan', [y, x])]), c.b.number(c.op.exponent)])];
};

export const sumTo: WriteStep<'sumTo'> = (c) => {
  const [from, to] = [heldDims(dimsOf(c, 0)), heldDims(c.op.shape)];
  const axes = from.flatMap((n, axis) => (n === to[axis] ? [] : [axis + 1]));
  return [reduce(c, 'Sum', first(c), axes, true)];
};

export const toSamples: WriteStep<'toSamples'> = (c) => {
  const { shape } = c.op;
  const one = reshape(c, first(c), [1, ...heldDims(shape)]);
  return [add(c, 'BroadcastTo', [one, c.batchShape(shape)], { Tidx: int32 })];
};

export const sumSamples: WriteStep<'sumSamples'> = (c) => [reduce(c, 'Sum', first(c), [0], false)];

export const linear: WriteStep<'linear'> = (c) => [add(c, 'MatMul', two(c))];
export const linearGradInput: WriteStep<'linearGradInput'> = (c) => [
  add(c, 'MatMul', two(c), { transpose_b: { bool: true } }),
];
export const linearGradWeight: WriteStep<'linearGradWeight'> = (c) => [
  add(c, 'MatMul', two(c), { transpose_a: { bool: true } }),
];
