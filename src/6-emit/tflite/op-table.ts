import { elements, type Shape } from '../../5-graph/graph.ts';
import { isQuantised } from '../../5-graph/value-type.ts';
import { slopeOf } from '../../ops/activations.ts';
import { joinedShape } from '../../ops/shape.ts';
import { padSteps } from '../../ops/window.ts';
import { optionFields } from '../../weights/readers/tflite/schema.ts';
import { first, label, lastChannels, type OpWriters, outputShape, type WithOp } from '../written-node.ts';
import { activations } from './activations.ts';
import {
  add,
  arithmetic,
  biasOf,
  fusedField,
  type LiteNode,
  ownTensor,
  reduce,
  reshape,
  transpose,
  turnedWeight,
} from './add.ts';
import { writeAttention } from './attention.ts';
import type { FusedActivation } from './builder.ts';
import { float32, int32 } from './flat-tables.ts';
import { writeBatchNorm, writeGroupNorm, writeLayerNorm, writeNormalise } from './norms.ts';
import { writeUpsample } from './resize.ts';
import { writeConvTranspose } from './transposed.ts';
import { applySteps, convOptions, writeAvgPool, writeChannelConv, writeConv, writeMaxPool } from './windows.ts';

/**
 * From op to TensorFlow Lite's operators. Values are `[batch, H, W, C]` or `[batch, C]`. What only matters in training (dropout,
 * stochastic depth) adds no operator and passes its input on.
 */
export const opTable: OpWriters<LiteNode> = {
  input: (c) => [c.b.input(c.op.name, stored(c))],
  conv: (c) => [writeConv(c)],
  convTranspose: (c) => [writeConvTranspose(c)],
  channelConv: (c) => [writeChannelConv(c)],
  batchNorm: (c) => [writeBatchNorm(c)],
  activation: (c) =>
    c.isDone ? c.inputs : [activations[c.op.fn](c, first(c), label(c, 'act'), stored(c), slopeOf(c.op))],
  layerNorm: (c) => [writeLayerNorm(c)],
  groupNorm: (c) => [writeGroupNorm(c)],
  // as TensorFlow, it does not divide alpha by the size
  localResponseNorm: (c) => {
    const { size, alpha, beta, k } = c.op;
    const of = optionFields.localResponseNorm;
    const options = [
      [of.radius, int32((size - 1) / 2)],
      [of.bias, float32(k)],
      [of.alpha, float32(alpha / size)],
      [of.beta, float32(beta)],
    ] as const;
    return [add(c, 'localResponseNorm', [first(c)], label(c, 'norm'), stored(c), options)];
  },
  normalise: (c) => [writeNormalise(c)],
  globalAvgPool: (c) => [reduce(c, 'mean', first(c), label(c, 'pool'), [1, 2], stored(c))],
  globalMaxPool: (c) => [reduce(c, 'reduceMax', first(c), label(c, 'pool'), [1, 2], stored(c))],
  channelMean: (c) => [reduce(c, 'mean', first(c), label(c, 'mean'), [3], stored(c))],
  channelMax: (c) => [reduce(c, 'reduceMax', first(c), label(c, 'max'), [3], stored(c))],
  maxPool: (c) => [writeMaxPool(c)],
  avgPool: (c) => [writeAvgPool(c)],
  linear: (c) => [writeLinear(c)],
  flatten: (c) => [writeFlatten(c)],
  attend: (c) => [writeAttention(c)],
  dropout: (c) => [first(c)],
  dropPath: (c) => [first(c)],
  add: (c) => [inTurn(c, 'add', c.fused)],
  sub: (c) => [inTurn(c, 'sub', c.fused)],
  mul: (c) => [inTurn(c, 'mul', c.fused)],
  div: (c) => [inTurn(c, 'div', c.fused)],
  rescale: (c) => {
    const { scale, offset } = c.op;
    const scaled =
      scale === 1 ? first(c) : add(c, 'mul', [first(c), c.b.number(scale)], label(c, 'scale'), stored(c), arithmetic());
    if (offset === 0) return [scaled];
    return [add(c, 'add', [scaled, c.b.number(offset)], label(c, 'offset'), stored(c), arithmetic())];
  },
  power: (c) => {
    const { exponent } = c.op;
    if (exponent === 0.5) return [add(c, 'sqrt', [first(c)], label(c, 'sqrt'), stored(c))];
    if (exponent === 2) return [add(c, 'square', [first(c)], label(c, 'square'), stored(c))];
    return [add(c, 'pow', [first(c), c.b.number(exponent)], label(c, 'power'), stored(c))];
  },
  concat: (c) => {
    const shape = stored(c);
    const axis = [optionFields.concatenation.axis, int32(shape.length)] as const;
    return [add(c, 'concatenation', c.inputs, label(c, 'concat'), shape, [axis])];
  },
  split: (c) =>
    c.b.operator({
      operator: 'split',
      inputs: [c.b.integers([outputShape(c).length], []), first(c)],
      name: label(c, 'split'),
      shapes: c.node.shapes.map(lastChannels),
      options: [[optionFields.split.parts, int32(c.op.parts)]],
    }),
  // [H, W, g * n] as [H * W, g, n], groups and members swapped (Zhang et al. 2017).
  channelShuffle: (c) => {
    const { groups } = c.op;
    const [channels = 0, height = 1, width = 1] = outputShape(c);
    const [pixels, members] = [height * width, channels / groups];
    const name = label(c, 'shuffle');
    const grouped = reshape(c, first(c), `${name}/groups`, [pixels, groups, members]);
    const swapped = transpose(c, grouped, `${name}/swap`, [0, 1, 3, 2], [pixels, members, groups]);
    return [reshape(c, swapped, name, [height, width, channels])];
  },
  pad: (c) => [applySteps(c, padSteps(c.op.pads), 0)],
  upsample: (c) => [writeUpsample(c)],
  // One for all samples: no operator that joins it with those of a batch needs more.
  weight: (c) => {
    const [channels = 1] = outputShape(c);
    return [turnedWeight(c, ownTensor(c, 'value'), [1, ...stored(c)], 1, channels)];
  },
  cast: (c) => [writeCast(c)],
};

/** The shape of the first output as it is stored, without the batch. */
function stored(c: LiteNode): readonly number[] {
  return lastChannels(outputShape(c));
}

/** An operator of two inputs over all of them, from the first on; the last ends with the activation. */
function inTurn(c: LiteNode, operator: 'add' | 'sub' | 'mul' | 'div', fused: FusedActivation): string {
  const values = c.inputs.map((name, i) => ({ name, shape: c.inputShapes[i] as Shape }));
  return values.reduce((left, right, i) => {
    const shape = joinedShape(left.shape, right.shape);
    const options = arithmetic(i === values.length - 1 ? fused : 'none');
    const name = add(c, operator, [left.name, right.name], label(c, operator), lastChannels(shape), options);
    return { name, shape };
  }).name;
}

/** To integers, from one scale to another, or back. */
function writeCast(c: LiteNode): string {
  return add(c, isQuantised(c.node.type) ? 'quantise' : 'dequantise', [first(c)], c.node.path, stored(c));
}

/** A linear layer. If it reads a map, its weight's columns are in the order of the map's elements, channels last. */
function writeLinear(c: WithOp<LiteNode, 'linear'>): string {
  const weight = ownTensor(c, 'weight');
  if (isQuantised(weight.type) && weight.type.axis !== undefined) return writeLinearByUnit(c);
  const [units = 1, features = 1] = weight.shape;
  const shape = c.inputShapes[0] as Shape;
  const isMap = shape.length > 1;
  const x = isMap ? reshape(c, first(c), label(c, 'flatten'), [features]) : first(c);
  const kernel = turnedWeight(c, weight, weight.shape, units, isMap ? (shape[0] as number) : features);
  const options = [fusedField(optionFields.fullyConnected.activation, c.fused)];
  return add(c, 'fullyConnected', [x, kernel, biasOf(c, units)], c.node.path, [units], options);
}

/**
 * A linear layer whose weight has a scale per unit, as a convolution of one pixel: the specification allows one scale for the weight of
 * FULLY_CONNECTED.
 */
function writeLinearByUnit(c: WithOp<LiteNode, 'linear'>): string {
  const weight = ownTensor(c, 'weight');
  const [units = 1, features = 1] = weight.shape;
  const shape = c.inputShapes[0] as Shape;
  const isPixel = shape.length === 3 && shape[0] === features;
  const x = isPixel ? first(c) : reshape(c, first(c), label(c, 'pixel'), [1, 1, features]);
  const channels = shape.length > 1 ? (shape[0] as number) : features;
  const kernel = turnedWeight(c, weight, [units, 1, 1, features], units, channels);
  const options = convOptions('valid', { stride: [1, 1] }, c.fused);
  const y = add(c, 'conv', [x, kernel, biasOf(c, units)], label(c, 'pixels'), [1, 1, units], options);
  return reshape(c, y, c.node.path, [units]);
}

/** The elements of a map channel by channel, whatever reads them. */
function writeFlatten(c: LiteNode): string {
  const [channels = 1, height, width] = c.inputShapes[0] as Shape;
  if (height === undefined || width === undefined) return first(c);
  const isMap = height * width > 1;
  const turned = isMap
    ? transpose(c, first(c), label(c, 'channels-first'), [0, 3, 1, 2], [channels, height, width])
    : first(c);
  return reshape(c, turned, label(c, 'flatten'), [elements([channels, height, width])]);
}
