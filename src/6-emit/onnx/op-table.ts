import { elements, type Shape, type TensorSpec } from '../../5-graph/graph.ts';
import type { ElementType } from '../../5-graph/value-type.ts';
import { slopeOf } from '../../ops/activations.ts';
import { both } from '../../ops/pair.ts';
import { negated, noPads, type Pads, padSteps, type Window } from '../../ops/window.ts';
import { first, label, type OpWriters, outputShape } from '../written-node.ts';
import { activations } from './activations.ts';
import { addNode } from './add-node.ts';
import { attention } from './attention.ts';
import { type Attributes, float, int, ints } from './attributes.ts';
import { dataTypes, type OnnxValue } from './builder.ts';

import { binary, globalMean, pairwise, product, reduceChannels, unitLength, windowAttributes } from './forms.ts';
import { groupNorm, layerNorm } from './norms.ts';
import type { OnnxNode } from './onnx-node.ts';

import type { Operator } from './operators.ts';
import { isFlat, writeCast } from './quantised.ts';
import { resized } from './resize.ts';

/**
 * From op to ONNX nodes. Values have the shape `[batch, C, H, W]` or `[batch, C]`.
 * What only matters in training (dropout, stochastic depth) adds no node and passes its input's name on.
 */
export const opTable: OpWriters<OnnxNode> = {
  input: (c) => [c.b.input(c.op.name, outputShape(c), c.node.type.element)],
  conv: (c) => {
    const { window, groups } = c.op;
    const attributes = { ...attributesOf(window), dilations: ints(window.dilation), group: int(groups) };
    return owner(c, 'Conv', [crop(c, window.pads), ...ownTensors(c)], attributes);
  },
  convTranspose: (c) => {
    const { window, groups } = c.op;
    const { top, left, bottom, right } = window.pads;
    // If less is cropped at the end than at the beginning, the difference is output padding, as in PyTorch, if it is less than the
    // stride.
    const less = [top - bottom, left - right] as const;
    const least = [Math.max(-bottom, 0), Math.max(-right, 0)] as const;
    const added = both((axis) => (less[axis] < window.stride[axis] ? Math.max(less[axis], 0) : least[axis]));
    const pads = [top, left, bottom + added[0], right + added[1]] as const;
    const attributes = {
      ...windowAttributes(window.kernel, window.stride, pads),
      dilations: ints(window.dilation),
      group: int(groups),
      output_padding: ints(added),
    };
    return owner(c, 'ConvTranspose', [first(c), ...ownTensors(c)], attributes);
  },
  // Channels as rows of a one-channel image with one column per pixel. A 0 keeps the batch.
  channelConv: (c) => {
    const shape = outputShape(c);
    const [channels = 1, ...space] = shape;
    const rows = [1, channels, elements(space)];
    const { kernel } = c.op;
    const [tensor] = c.node.tensors as [TensorSpec];
    const x = add(c, 'Reshape', [first(c), c.b.integers('shape', [0, ...rows])], 'rows', rows);
    const half = (kernel - 1) / 2;
    const window = windowAttributes([kernel, 1], [1, 1], [half, 0, half, 0]);
    const attributes = { ...window, dilations: ints([1, 1]), group: int(1) };
    const y = add(c, 'Conv', [x, c.b.tensor(tensor, [1, 1, kernel, 1])], 'conv', rows, attributes);
    return owner(c, 'Reshape', [y, c.b.integers('shape', [0, ...shape])], {});
  },
  batchNorm: (c) => owner(c, 'BatchNormalization', [first(c), ...ownTensors(c)], { epsilon: float(c.op.epsilon) }),
  activation: (c) => [activations[c.op.fn](c.b, first(c), label(c, 'act'), outputShape(c), slopeOf(c.op))],
  globalAvgPool: (c) => [globalMean(c.b, valueAt(c, 0), label(c, 'pool'))],
  layerNorm: (c) => [layerNorm(c.b, valueAt(c, 0), c.node.tensors, c.node.path, c.op.epsilon)],
  groupNorm: (c) => [groupNorm(c.b, valueAt(c, 0), c.node.tensors, c.node.path, c.op)],
  localResponseNorm: (c) => {
    const { size, alpha, beta, k } = c.op;
    const attributes = { size: int(size), alpha: float(alpha), beta: float(beta), bias: float(k) };
    return step(c, 'LRN', c.inputs, 'norm', attributes);
  },
  normalise: (c) => [unitLength(c.b, valueAt(c, 0), label(c, 'norm'), c.op.epsilon)],
  globalMaxPool: (c) => step(c, 'GlobalMaxPool', c.inputs, 'pool'),
  channelMean: (c) => [reduceChannels(c.b, 'ReduceMean', first(c), label(c, 'mean'), outputShape(c))],
  channelMax: (c) => [reduceChannels(c.b, 'ReduceMax', first(c), label(c, 'max'), outputShape(c))],
  maxPool: (c) => {
    const { window } = c.op;
    const attributes = { ...attributesOf(window), ...flat, dilations: ints(window.dilation), storage_order: int(0) };
    return step(c, 'MaxPool', [crop(c, window.pads)], 'pool', attributes);
  },
  avgPool: (c) => {
    const { window, countPad } = c.op;
    const attributes = { ...attributesOf(window), ...flat, count_include_pad: int(countPad ? 1 : 0) };
    return step(c, 'AveragePool', [crop(c, window.pads)], 'pool', attributes);
  },
  flatten: (c) => [flatten(c)],
  linear: (c) => {
    const attributes = { alpha: float(1), beta: float(1), transA: int(0), transB: int(1) };
    return owner(c, 'Gemm', [flatten(c), ...ownTensors(c)], attributes);
  },
  attend: (c) => [attention(c.b, valuesOf(c), label(c, 'attend'), c.op.heads)],
  dropout: (c) => [first(c)],
  dropPath: (c) => [first(c)],
  add: (c) => [pairwise(valuesOf(c), label(c, 'add'), (a, b, name) => binary(c.b, 'Add', a, b, name))],
  sub: (c) => step(c, 'Sub', c.inputs, 'sub'),
  mul: (c) => [pairwise(valuesOf(c), label(c, 'mul'), (a, b, name) => product(c.b, c.graph, a, b, name))],
  div: (c) => step(c, 'Div', c.inputs, 'div'),
  rescale: (c) => {
    const { scale, offset } = c.op;
    const scaled =
      scale === 1 ? first(c) : add(c, 'Mul', [first(c), c.b.scalar(scale, first(c))], 'scale', outputShape(c));
    return [offset === 0 ? scaled : add(c, 'Add', [scaled, c.b.scalar(offset, scaled)], 'offset', outputShape(c))];
  },
  power: (c) => {
    const { exponent } = c.op;
    const [x] = c.inputs as [string];
    if (exponent === 0.5) return step(c, 'Sqrt', [x], 'sqrt');
    return exponent === 2 ? step(c, 'Mul', [x, x], 'square') : step(c, 'Pow', [x, c.b.scalar(exponent, x)], 'power');
  },
  concat: (c) => step(c, 'Concat', c.inputs, 'concat', { axis: int(1) }),
  // Sizes as an input are the one form that all opsets share.
  split: (c) => {
    const sizes = c.b.integers(
      'split',
      c.node.shapes.map((shape) => shape[0] as number),
    );
    return step(c, 'Split', [first(c), sizes], 'split', { axis: int(1) });
  },
  // [batch, g * n, H, W] as [batch, g, n, H, W], groups and members swapped (Zhang et al. 2017). A 0 keeps the batch.
  channelShuffle: (c) => {
    const { groups } = c.op;
    const [channels, height, width] = outputShape(c) as [number, number, number];
    const members = channels / groups;
    const reshape = (x: string, shape: readonly number[], name: string) =>
      add(c, 'Reshape', [x, c.b.integers('shape', [0, ...shape])], name, shape);
    const grouped = reshape(first(c), [groups, members, height, width], 'shuffle/groups');
    const perm = { perm: ints([0, 2, 1, 3, 4]) };
    const swapped = add(c, 'Transpose', [grouped], 'shuffle/swap', [members, groups, height, width], perm);
    return [reshape(swapped, [channels, height, width], 'shuffle')];
  },
  pad: (c) => [addPad(c, c.op.pads, 'pad')],
  upsample: (c) => [resized(c.b, valueAt(c, 0), c.op, label(c, 'upsample'))],
  // One for all samples: operators broadcast it over the batch.
  weight: (c) => {
    const [tensor] = ownTensors(c) as [string];
    const inputs = [tensor, c.b.integers('shape', [1, ...outputShape(c)])];
    const { element } = c.node.type;
    return c.b.node({ type: 'Reshape', inputs, name: label(c, 'sample'), shapes: c.node.shapes, element });
  },
  // It belongs to no step of the source, and only has its own path.
  cast: (c) => {
    const converted = writeCast(c);
    if (converted) return converted;
    const { element } = c.node.type;
    return owner(c, 'Cast', c.inputs, { to: int(dataTypes[element]) }, element);
  },
};

const valuesOf = (c: OnnxNode): OnnxValue[] => c.inputs.map((_name, i) => valueAt(c, i));

function valueAt({ inputs, inputShapes, node }: OnnxNode, i: number): OnnxValue {
  return { name: inputs[i] as string, shape: inputShapes[i] as Shape, ref: node.inputs[i] };
}

/** A node named by the op's path itself, as for ops that own tensors. */
function owner(
  c: OnnxNode,
  type: Operator,
  inputs: readonly string[],
  attributes: Attributes,
  element?: ElementType,
): string[] {
  return c.b.node({ type, inputs, name: c.node.path, shapes: c.node.shapes, attributes, element });
}

function step(c: OnnxNode, type: Operator, inputs: readonly string[], what: string, attributes?: Attributes): string[] {
  return c.b.node({ type, inputs, name: label(c, what), shapes: c.node.shapes, attributes });
}

/** A node on the way, with one output. */
function add(
  c: OnnxNode,
  type: Operator,
  inputs: string[],
  what: string,
  shape: Shape,
  attributes?: Attributes,
): string {
  return addNode(c.b, type, inputs, label(c, what), shape, attributes);
}

/** Weight and bias, or gamma, beta, mean and variance: a node's tensors are in the order in which ONNX wants them. */
function ownTensors(c: OnnxNode): string[] {
  return c.node.tensors.map((tensor) => c.b.tensor(tensor));
}

/** How a pool rounds its output's size. */
const flat = { ceil_mode: int(0) };

function attributesOf({ kernel, stride, pads }: Window): Attributes {
  const { top, left, bottom, right } = padSteps(pads).pad ?? noPads;
  return windowAttributes(kernel, stride, [top, left, bottom, right]);
}

/** A window that begins inside its input: Conv and pools take no negative pads, but Pad does. */
function crop(c: OnnxNode, pads: Pads): string {
  const { crop } = padSteps(pads);
  return crop ? addPad(c, negated(crop), 'crop') : first(c);
}

function addPad(c: OnnxNode, { top, left, bottom, right }: Pads, what: string): string {
  const [channels, height, width] = c.inputShapes[0] as [number, number, number];
  // The constant is written though 0 is the default: ONNX Runtime 1.17 reads it without checking for it.
  const pads = c.b.integers('pads', [0, 0, top, left, 0, 0, bottom, right]);
  return add(c, 'Pad', [first(c), pads, c.b.scalar(0, first(c))], what, [
    channels,
    height + top + bottom,
    width + left + right,
  ]);
}

function flatten(c: OnnxNode): string {
  const shape = c.inputShapes[0] as Shape;
  if (shape.length === 1 || isFlat(c.b, first(c))) return first(c);
  return add(c, 'Flatten', [first(c)], 'flatten', [elements(shape)], { axis: int(1) });
}
