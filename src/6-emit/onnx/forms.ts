import type { Graph, Shape } from '../../5-graph/graph.ts';
import type { Pair } from '../../ops/pair.ts';
import { joinedShape } from '../../ops/shape.ts';
import { addNode } from './add-node.ts';
import { type Attributes, int, ints } from './attributes.ts';
import type { OnnxBuilder, OnnxValue } from './builder.ts';
import { upsampledGate } from './tuned-forms.ts';

/** A mean over more rows than this is taken in two steps. */
const longColumn = 20;

/**
 * The mean over height and width. Over a large map in two steps, columns first: one running sum of 12,544 numbers in
 * single precision loses three digits. Runtimes for half precision sum in single precision, and need a single operator.
 */
export function globalMean(b: OnnxBuilder, x: OnnxValue, name: string): string {
  const [channels = 0, height = 0, width = 0] = x.shape;
  if (b.typeOf(x.name) === 'float16' || height <= longColumn)
    return addNode(b, 'GlobalAveragePool', [x.name], name, [channels, 1, 1]);
  const window = windowAttributes([height, 1], [1, 1], [0, 0, 0, 0]);
  const attributes = { ...window, ceil_mode: int(0), count_include_pad: int(0) };
  const columns = addNode(b, 'AveragePool', [x.name], `${name}/columns`, [channels, 1, width], attributes);
  return addNode(b, 'GlobalAveragePool', [columns], name, [channels, 1, 1]);
}

/** A reduction over the channels of each pixel, the axis kept. Axes became an input with opset 18. */
export function reduceChannels(
  b: OnnxBuilder,
  type: 'ReduceL2' | 'ReduceMax' | 'ReduceMean',
  x: string,
  name: string,
  shape: Shape,
): string {
  const kept = { keepdims: int(1) };
  if (b.options.opset >= 18) return addNode(b, type, [x, b.integers('axes', [1])], name, shape, kept);
  return addNode(b, type, [x], name, shape, { axes: ints([1]), ...kept });
}

/** The smallest positive half: a smaller bound of a divisor would be 0. */
const leastHalf = 2 ** -24;

/** Channels over their Euclidean length, which is at least `epsilon`. */
export function unitLength(b: OnnxBuilder, x: OnnxValue, name: string, epsilon: number): string {
  const [, ...space] = x.shape;
  const shape = [1, ...space];
  const least = b.typeOf(x.name) === 'float16' ? Math.max(epsilon, leastHalf) : epsilon;
  const length = reduceChannels(b, 'ReduceL2', x.name, `${name}/length`, shape);
  const divisor = addNode(b, 'Clip', [length, b.scalar(least, x.name)], `${name}/divisor`, shape);
  return addNode(b, 'Div', [x.name, divisor], name, x.shape);
}

/** ONNX's Add and Mul take two inputs: a sum or product of more is taken two at a time, in the order given. */
export function pairwise(
  values: readonly OnnxValue[],
  name: string,
  pair: (a: OnnxValue, b: OnnxValue, name: string) => OnnxValue,
): string {
  const last = values.length - 1;
  return values.reduce((a, b, i) => pair(a, b, i === last ? name : `${name}/${i}`)).name;
}

/** An operator of two tensors, one of which may be repeated along axes of the other. */
export function binary(
  b: OnnxBuilder,
  type: 'Add' | 'Mul',
  left: OnnxValue,
  right: OnnxValue,
  name: string,
): OnnxValue {
  const shape = joinedShape(left.shape, right.shape);
  return { name: addNode(b, type, [left.name, right.name], name, shape), shape };
}

/** The product of two tensors, one of which may be repeated along axes of the other. */
export function product(b: OnnxBuilder, graph: Graph, left: OnnxValue, right: OnnxValue, name: string): OnnxValue {
  const factors = [left, right].map((value) => apart(b, value, name)) as [OnnxValue, OnnxValue];
  const gate = factors.findIndex((value) => isGate(value.shape));
  const other = factors[1 - gate];
  const isPerChannel = factors[gate]?.shape[0] === other?.shape[0];
  if (b.options.tuned === 'ort-x86' && isPerChannel && other && !isGate(other.shape)) {
    const { shape } = other;
    const full = upsampledGate(b, graph, factors[gate] as OnnxValue, shape, name);
    if (full !== undefined) return { name: addNode(b, 'Mul', [other.name, full], name, shape), shape };
  }
  return binary(b, 'Mul', ...factors, name);
}

/**
 * OpenCV 4 and 5 treat a product with a HardSigmoid as a HardSwish, whatever the other factor. An Identity in between
 * prevents that at no cost: runtimes that optimise remove it.
 */
function apart(b: OnnxBuilder, value: OnnxValue, product: string): OnnxValue {
  if (b.maker(value.name) !== 'HardSigmoid') return value;
  return { ...value, name: addNode(b, 'Identity', [value.name], `${product}/gate`, value.shape) };
}

function isGate(shape: Shape): boolean {
  return shape.length === 3 && shape[1] === 1 && shape[2] === 1;
}

/** Defaults are written as well: MNN's converter needs them. @param pads top, left, bottom, right. */
export function windowAttributes(
  kernel: Pair,
  stride: Pair,
  pads: readonly [number, number, number, number],
): Attributes {
  return { kernel_shape: ints(kernel), strides: ints(stride), pads: ints(pads) };
}
