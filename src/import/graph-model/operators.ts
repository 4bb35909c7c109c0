import type { TopologyNode } from '../../weights/readers/layers-model/graph-model.ts';
import { type LayerValue, list, numbersOf } from '../layers/layer-context.ts';
import type { Numbers } from '../numbers.ts';
import type { FileNode, OnnxAttribute } from '../onnx/read-graph.ts';
import { fail } from '../unsayable.ts';
import { isSet, realAt, textAt, textsAt, typeAt, wholeAt, wholesAt } from './attributes.ts';

/** The result of a node of a graph model. */
export type GraphValue =
  | NodeValue
  | NumbersValue
  | SizesValue
  | { readonly kind: 'shape' }
  /** What cannot be expressed, or is made of that. */
  | { readonly kind: 'refused'; readonly name: string }
  | { readonly kind: 'other' };

/** A value that depends on the input. */
export interface NodeValue extends LayerValue {
  readonly kind: 'live';
}

/** A floating-point constant. */
interface NumbersValue {
  readonly kind: 'numbers';
  readonly name: string;
  readonly shape: readonly number[];
  /** In TensorFlow's order. */
  readonly stored: readonly number[];
  /** Whether it is a matrix that reads a flattened map with an unknown number of channels. */
  readonly isUnordered: boolean;
}

/** Whole numbers; -1 is the size of the batch. */
interface SizesValue {
  readonly kind: 'sizes';
  readonly list: readonly number[];
}

/** A node of ONNX's that may still get a bias. */
export type OpenNode = { -readonly [K in keyof FileNode]: FileNode[K] };

/** The context of reading an operator. */
export interface OpContext {
  readonly node: TopologyNode;
  readonly inputs: readonly GraphValue[];
  /** A constant in another shape. */
  seenAs(name: string, shape: readonly number[]): string;
  /** Numbers as a tensor of the graph. */
  numbers(numbers: Numbers): string;
  /** Adds a node with one output; returns its result. */
  add(
    type: string,
    inputs: readonly (string | undefined)[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string;
  /** The node that gives the first input, where nothing else reads it. */
  makerOf(name: string): OpenNode | undefined;
}

/** Reads an operator; returns its result. @throws Unsayable */
type ReadOperator = (c: OpContext) => GraphValue;

/** TensorFlow's operators as nodes of ONNX, maps with channels first. */
export const operators: Readonly<Record<string, ReadOperator>> = {
  Conv2D: (c) => convolution(c, 'dense'),
  _FusedConv2D: (c) => convolution(c, 'dense'),
  FusedConv2D: (c) => convolution(c, 'dense'),
  DepthwiseConv2dNative: (c) => convolution(c, 'depthwise'),
  FusedDepthwiseConv2dNative: (c) => convolution(c, 'depthwise'),
  _FusedDepthwiseConv2dNative: (c) => convolution(c, 'depthwise'),
  MatMul: product,
  _FusedMatMul: product,
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,

  BiasAdd: (c) => biased(c) ?? arithmetic(c, 'Add'),
  Add: (c) => biased(c) ?? arithmetic(c, 'Add'),
  AddV2: (c) => biased(c) ?? arithmetic(c, 'Add'),
  Sub: (c) => arithmetic(c, 'Sub'),
  Mul: (c) => arithmetic(c, 'Mul'),
  RealDiv: (c) => arithmetic(c, 'Div'),
  AddN: summed,
  Maximum: (c) => arithmetic(c, 'Max'),
  Minimum: (c) => arithmetic(c, 'Min'),

  Relu: (c) => activated(c, 'Relu'),
  Relu6: (c) => activated(c, 'Relu6'),
  Elu: (c) => activated(c, 'Elu'),
  Prelu: (c) => {
    const x = live(c);
    return { ...x, name: c.add('PRelu', [x.name, slopesAt(c, 1, x.rank)]) };
  },
  LeakyRelu: (c) => activated(c, 'LeakyRelu', realAt(c.node, 'alpha', 0.2)),
  Sigmoid: (c) => activated(c, 'Sigmoid'),
  Tanh: (c) => activated(c, 'Tanh'),
  Softplus: (c) => activated(c, 'Softplus'),
  Softmax: (c) => {
    const x = live(c);
    return { ...x, name: c.add('Softmax', [x.name], { axis: { integer: x.isFlat ? fail('of a flattened map') : 1 } }) };
  },

  MaxPool: (c) => pool(c, 'MaxPool'),
  AvgPool: (c) => pool(c, 'AveragePool'),
  Mean: mean,
  Pad: padded,
  PadV2: padded,
  ResizeBilinear: (c) => resized(c, 'linear'),
  ResizeNearestNeighbor: (c) => resized(c, 'nearest'),

  ConcatV2: joined,
  Reshape: reshaped,
  Squeeze: squeezed,
  Shape: () => ({ kind: 'shape' }),
  StridedSlice: sliced,
  Pack: (c) => ({ kind: 'sizes', list: c.inputs.flatMap((_, i) => sizesAt(c, i)) }),

  Cast: (c) => {
    const value = c.inputs[0] ?? fail('it reads nothing');
    if (value.kind === 'live' && typeAt(c.node, 'DstT') !== 'DT_FLOAT') fail('only single precision can be expressed');
    return value;
  },
  Identity: (c) => c.inputs[0] ?? fail('it reads nothing'),
  StopGradient: (c) => c.inputs[0] ?? fail('it reads nothing'),
};

function live({ inputs }: OpContext, i = 0): NodeValue {
  const value = inputs[i];
  return value?.kind === 'live' ? value : fail(`its input ${i + 1} does not depend on the image`);
}

function map(c: OpContext, i = 0): NodeValue {
  const x = live(c, i);
  return x.rank === 4 ? x : fail('it takes a map, but is given a vector');
}

function numbersAt({ inputs }: OpContext, i: number): NumbersValue {
  const value = inputs[i];
  return value?.kind === 'numbers'
    ? value
    : fail(`its input ${i + 1} does not consist of floating-point numbers of the file`);
}

function sizesAt({ inputs }: OpContext, i: number): readonly number[] {
  const value = inputs[i];
  return value?.kind === 'sizes'
    ? value.list
    : fail(`its input ${i + 1} does not consist of whole numbers of the file`);
}

function checkChannelsLast({ node }: OpContext): void {
  if (textAt(node, 'data_format', 'NHWC') !== 'NHWC') fail('its channels come first; only NHWC is read');
}

/** Strides, dilations or windows, which all axes have: those of height and width. */
function overMap(c: OpContext, name: string): readonly [number, number] {
  const [batch = 1, high = 1, wide = 1, channels = 1] = wholesAt(c.node, name);
  return batch === 1 && channels === 1 ? [high, wide] : fail(`its ${name} go over the batch or the channels`);
}

function moves(c: OpContext): Readonly<Record<string, OnnxAttribute>> {
  checkChannelsLast(c);
  const padding = textAt(c.node, 'padding', 'VALID');
  const strides = list(overMap(c, 'strides'));
  if (padding === 'EXPLICIT') {
    const [, , top = 0, bottom = 0, left = 0, right = 0] = wholesAt(c.node, 'explicit_paddings');
    return { strides, pads: list([top, left, bottom, right]) };
  }
  if (padding !== 'SAME' && padding !== 'VALID') fail(`its padding '${padding}' is not in the language`);
  return { strides, auto_pad: { text: padding === 'SAME' ? 'SAME_UPPER' : 'VALID' } };
}

function convolution(c: OpContext, kind: 'dense' | 'depthwise'): NodeValue {
  const x = map(c);
  const { name, shape, stored } = numbersAt(c, 1);
  const [filters = 0, , ...kernel] = shape;
  if (shape.length !== 4) fail('its kernel does not have four axes');
  // A depthwise kernel is [height, width, channels, filters of each].
  const group = kind === 'dense' ? 1 : filters / (stored[3] || 1);
  const attributes = {
    ...moves(c),
    kernel_shape: list(kernel),
    dilations: list(overMap(c, 'dilations')),
    group: { integer: group },
  };
  return { ...x, name: fused(c, (bias) => c.add('Conv', [x.name, name, bias], attributes)) };
}

function product(c: OpContext): NodeValue {
  const x = live(c);
  const { name, isUnordered } = numbersAt(c, 1);
  if (isUnordered) fail('the channels of the map that it flattens are not known');
  if (x.rank !== 2 || isSet(c.node, 'transpose_a')) fail('only a product of vectors with a matrix can be expressed');
  // The reader of the file has transposed the matrix to [units, features], with features in the order of their map.
  const gemm = (bias: string | undefined) => c.add('Gemm', [x.name, name, bias], { transB: { integer: 1 } });
  return { kind: 'live', rank: 2, name: fused(c, gemm) };
}

/** What the converter fuses: a bias, then an activation. TensorFlow.js ignores an activation without a bias. */
function fused(c: OpContext, make: (bias: string | undefined) => string): string {
  const [first, then, ...others] = textsAt(c.node, 'fused_ops');
  if (first === undefined) return make(undefined);
  if (first !== 'BiasAdd' || others.length > 0) return fail('only a bias, then an activation, can be fused into it');
  const { name, shape } = numbersAt(c, 2);
  const y = make(shape.length === 1 ? name : fail('its bias is not a vector'));
  if (then === 'Prelu') return c.add('PRelu', [y, slopesAt(c, 3, c.inputs[0]?.kind === 'live' ? c.inputs[0].rank : 4)]);
  return then === undefined ? y : activate(c, y, then, realAt(c.node, 'leakyrelu_alpha', 0.2));
}

/** The slopes of a PReLU: one for each channel. */
function slopesAt(c: OpContext, i: number, rank: number): string {
  const { name, shape } = numbersAt(c, i);
  const [channels = 1] = shape.slice(-1);
  if (shape.slice(0, -1).some((n) => n !== 1)) return fail('separate slopes for each pixel cannot be expressed');
  return c.seenAs(name, rank === 4 ? [channels, 1, 1] : [channels]);
}

function activate(c: OpContext, x: string, op: string, slope: number): string {
  const number = (n: number) => c.numbers(numbersOf([n], true, []));
  if (op === 'Relu6') return c.add('Clip', [x, number(0), number(6)]);
  if (op === 'LeakyRelu') return c.add('LeakyRelu', [x], { alpha: { real: slope } });
  return ['Relu', 'Elu', 'Sigmoid', 'Tanh', 'Softplus'].includes(op)
    ? c.add(op, [x])
    : fail(`it has '${op}' fused into it, which is not in the language`);
}

function activated(c: OpContext, op: string, slope = 0): NodeValue {
  const x = live(c);
  return { ...x, name: activate(c, x.name, op, slope) };
}

function batchNorm(c: OpContext): NodeValue {
  const x = map(c);
  checkChannelsLast(c);
  if (isSet(c.node, 'is_training')) fail('it is in training mode: export the network for inference');
  const own = [1, 2, 3, 4].map((i) => numbersAt(c, i).name);
  const epsilon = { real: realAt(c.node, 'epsilon', 1e-4) };
  return { ...x, name: c.add('BatchNormalization', [x.name, ...own], { epsilon }) };
}

/** A vector that is added to the result of a convolution or a product is its bias. */
function biased(c: OpContext): NodeValue | undefined {
  const [x, bias] = c.inputs;
  if (x?.kind !== 'live' || bias?.kind !== 'numbers' || bias.shape.length !== 1) return undefined;
  const maker = c.makerOf(x.name);
  if ((maker?.type !== 'Conv' && maker?.type !== 'Gemm') || maker.inputs.length !== 2) return undefined;
  maker.inputs = [...maker.inputs, bias.name];
  return x;
}

function arithmetic(c: OpContext, type: string): NodeValue {
  const [a, b] = c.inputs;
  const x = a?.kind === 'live' ? a : live(c, 1);
  const other = a?.kind === 'live' ? b : a;
  const isFlat = x.isFlat === true;
  if (other?.kind === 'live' && (other.isFlat === true) !== isFlat) fail('one of its inputs is a flattened map');
  if (isFlat && other?.kind === 'numbers' && other.shape.length > 0)
    fail('numbers for the elements of a flattened map cannot be expressed');
  const names = [0, 1].map((i) => operand(c, i, x.rank));
  const rank = other?.kind === 'live' ? Math.max(x.rank, other.rank) : x.rank;
  return { ...x, rank, name: c.add(type, names) };
}

/** The sum of any number of values. */
function summed(c: OpContext): NodeValue {
  const { inputs } = c;
  let sum = live(c);
  for (const [i, value] of inputs.slice(1).entries()) {
    if (value.kind !== 'live') return fail(`its input ${i + 2} does not depend on the image`);
    sum = arithmetic({ ...c, inputs: [sum, value] }, 'Add');
  }
  return sum;
}

/** A value, or numbers: one for all elements, or one for each channel. */
function operand(c: OpContext, i: number, rank: number): string {
  const value = c.inputs[i];
  if (value?.kind === 'live') return value.name;
  const { name, shape } = numbersAt(c, i);
  const [channels = 1] = shape.slice(-1);
  if (shape.slice(0, -1).some((n) => n !== 1)) return fail('separate numbers for each pixel cannot be expressed');
  if (shape.length === 0) return name;
  return c.seenAs(name, rank === 4 ? [channels, 1, 1] : [channels]);
}

function pool(c: OpContext, type: string): NodeValue {
  const x = map(c);
  return { ...x, name: c.add(type, [x.name], { ...moves(c), kernel_shape: list(overMap(c, 'ksize')) }) };
}

function mean(c: OpContext): NodeValue {
  const x = map(c);
  const axes = sizesAt(c, 1).map((axis) => (axis < 0 ? axis + 4 : axis));
  if (String([...axes].sort()) !== '1,2') fail('only a mean over height and width can be expressed');
  const name = c.add('GlobalAveragePool', [x.name]);
  return isSet(c.node, 'keep_dims') ? { ...x, name } : { kind: 'live', rank: 2, name: c.add('Flatten', [name]) };
}

function padded(c: OpContext): NodeValue {
  const x = map(c);
  const [n0 = 0, n1 = 0, top = 0, bottom = 0, left = 0, right = 0, c0 = 0, c1 = 0] = sizesAt(c, 1);
  const value = c.inputs[2] === undefined ? undefined : numbersAt(c, 2).name;
  const pads = c.numbers(numbersOf([n0, c0, top, left, n1, c1, bottom, right], false));
  return { ...x, name: c.add('Pad', [x.name, pads, value]) };
}

function resized(c: OpContext, mode: 'linear' | 'nearest'): NodeValue {
  const x = map(c);
  if (isSet(c.node, 'align_corners')) fail('resizing with aligned corners cannot be expressed');
  const [height = 0, width = 0] = sizesAt(c, 1);
  const isHalf = isSet(c.node, 'half_pixel_centers');
  const sizes = c.numbers(numbersOf([1, 1, height, width], false));
  const attributes = {
    mode: { text: mode },
    coordinate_transformation_mode: { text: isHalf ? 'half_pixel' : 'asymmetric' },
    // The pixel that contains a centre, which TensorFlow takes, is the nearest one.
    nearest_mode: { text: isHalf ? 'round_prefer_ceil' : 'floor' },
  };
  return { ...x, name: c.add('Resize', [x.name, undefined, undefined, sizes], attributes) };
}

function joined(c: OpContext): NodeValue {
  const values = c.inputs.slice(0, -1).map((_, i) => live(c, i));
  const [axis = 0] = sizesAt(c, c.inputs.length - 1);
  const [{ rank } = { rank: 4 }] = values;
  if (axis !== -1 && axis !== rank - 1) fail('only channels can be joined');
  if (values.some(({ isFlat }) => isFlat)) fail('flattened maps cannot be joined');
  const name = c.add(
    'Concat',
    values.map((value) => value.name),
    { axis: { integer: 1 } },
  );
  return { kind: 'live', rank, name };
}

/** A map as a vector, or a vector as a map of one pixel. */
function reshaped(c: OpContext): NodeValue {
  const x = live(c);
  const [, ...to] = sizesAt(c, 1);
  if (to.length === 1)
    return x.rank === 2 ? x : { kind: 'live', rank: 2, name: c.add('Flatten', [x.name]), isFlat: true };
  const [high, wide, channels = 0] = to;
  if (to.length !== 3 || high !== 1 || wide !== 1 || x.isFlat)
    return fail('only a vector can be made a map, of one pixel');
  const shape = c.numbers(numbersOf([0, channels, 1, 1], false));
  return { kind: 'live', rank: 4, name: c.add('Reshape', [x.name, shape]) };
}

function squeezed(c: OpContext): NodeValue {
  const x = map(c);
  const axes = wholesAt(c.node, 'squeeze_dims').map((axis) => (axis < 0 ? axis + 4 : axis));
  if (String([...axes].sort()) !== '1,2') fail('only height and width can be left out');
  return { kind: 'live', rank: 2, name: c.add('Flatten', [x.name]) };
}

/** Of a shape, the size of the batch; of sizes, some. */
function sliced(c: OpContext): GraphValue {
  const [value] = c.inputs;
  const [from = 0, to = 0, step = 1] = [1, 2, 3].map((i) => sizesAt(c, i)[0]);
  if (value?.kind === 'shape' && from === 0 && to === 1) return { kind: 'sizes', list: [-1] };
  if (value?.kind === 'sizes' && step === 1 && wholeAt(c.node, 'begin_mask', 0) === 0)
    return { kind: 'sizes', list: value.list.slice(from, to) };
  return fail('what it takes of a shape is not known');
}
