import type { Shape } from '../../../5-graph/graph.ts';
import { slopeOf } from '../../../ops/activations.ts';
import { padSteps } from '../../../ops/window.ts';
import { refusedCast } from '../../lacked-form.ts';
import { first, label, lastChannels, type OpWriters, outputShape } from '../../written-node.ts';
import { float, type TensorName } from '../node-def/node-def.ts';
import { activations } from './activations.ts';
import { add, addFused, type GraphModelNode, reduce, reshape, transpose } from './add.ts';
import { writeAttention } from './attention.ts';
import { writeGroupNorm, writeLayerNorm, writeNormalise } from './norms.ts';
import { writeConvTranspose } from './transposed.ts';
import { writeUpsample } from './upsample.ts';
import { applySteps, joinLast, splitLast, writeAvgPool, writeChannelConv, writeConv, writeMaxPool } from './windows.ts';

/**
 * From op to TensorFlow nodes. Values are `[batch, H, W, C]` or `[batch, C]`. What only matters in training (dropout,
 * stochastic depth) adds no node and passes its input on.
 */
export const opTable: OpWriters<GraphModelNode> = {
  input: (c) => {
    const attr = { dtype: float, shape: { shape: [-1, ...lastChannels(outputShape(c))] } };
    return [c.b.node({ op: 'Placeholder', name: c.op.name, attr })];
  },
  conv: (c) => [writeConv(c)],
  convTranspose: (c) => [writeConvTranspose(c)],
  channelConv: (c) => [writeChannelConv(c)],
  batchNorm: (c) => {
    const members = ['gamma', 'beta', 'moving_mean', 'moving_variance'];
    const numbers = c.node.tensors.map((tensor, i) => c.weight(tensor, members[i] as string));
    const attr = {
      U: float,
      epsilon: { float: c.op.epsilon },
      data_format: { text: 'NHWC' },
      is_training: { bool: false },
    };
    const [channels = 1, ...space] = outputShape(c);
    if (space.length > 0 || c.fuses) return [add(c, 'FusedBatchNormV3', c.node.path, [first(c), ...numbers], attr)];
    // TensorFlow's own takes only maps
    const map = reshape(c, first(c), `${c.node.path}/map`, [1, 1, channels]);
    const normal = add(c, 'FusedBatchNormV3', c.node.path, [map, ...numbers], attr);
    return [reshape(c, normal, `${c.node.path}/vector`, [channels])];
  },
  activation: (c) => (c.isDone ? c.inputs : [activations[c.op.fn](c, first(c), label(c, 'act'), slopeOf(c.op))]),
  layerNorm: (c) => [writeLayerNorm(c)],
  groupNorm: (c) => [writeGroupNorm(c)],
  // TensorFlow does not divide alpha by the size
  localResponseNorm: (c) => {
    const { size, alpha, beta, k } = c.op;
    const numbers = { bias: { float: k }, alpha: { float: alpha / size }, beta: { float: beta } };
    return [add(c, 'LRN', label(c, 'norm'), [first(c)], { depth_radius: { int: (size - 1) / 2 }, ...numbers })];
  },
  normalise: (c) => [writeNormalise(c)],
  globalAvgPool: (c) => [reduce(c, 'Mean', label(c, 'pool'), first(c), [1, 2])],
  globalMaxPool: (c) => [reduce(c, 'Max', label(c, 'pool'), first(c), [1, 2])],
  channelMean: (c) => [reduce(c, 'Mean', label(c, 'mean'), first(c), [3])],
  channelMax: (c) => [reduce(c, 'Max', label(c, 'max'), first(c), [3])],
  maxPool: (c) => [writeMaxPool(c)],
  avgPool: (c) => [writeAvgPool(c)],
  linear: (c) => {
    const [weight, bias] = c.node.tensors;
    const kernel = c.weight(weight as NonNullable<typeof weight>, 'kernel');
    const attr = { transpose_a: { bool: false }, transpose_b: { bool: false } };
    if (!bias) return [add(c, 'MatMul', c.node.path, [flatten(c), kernel], attr)];
    return [addFused(c, '_FusedMatMul', [flatten(c), kernel, c.weight(bias, 'bias')], attr)];
  },
  flatten: (c) => [flatten(c)],
  attend: (c) => [writeAttention(c)],
  dropout: (c) => [first(c)],
  dropPath: (c) => [first(c)],
  add: (c) => [inTurn(c, 'AddV2', 'add')],
  sub: (c) => [inTurn(c, 'Sub', 'sub')],
  mul: (c) => [inTurn(c, 'Mul', 'mul')],
  div: (c) => [inTurn(c, 'RealDiv', 'div')],
  rescale: (c) => {
    const { scale, offset } = c.op;
    const scaled = scale === 1 ? first(c) : add(c, 'Mul', label(c, 'scale'), [first(c), c.b.number(scale)]);
    return [offset === 0 ? scaled : add(c, 'AddV2', label(c, 'offset'), [scaled, c.b.number(offset)])];
  },
  power: (c) => {
    const { exponent } = c.op;
    const operator = exponent === 0.5 ? 'Sqrt' : exponent === 2 ? 'Square' : undefined;
    if (operator) return [add(c, operator, label(c, operator.toLowerCase()), [first(c)])];
    return [add(c, 'Pow', label(c, 'power'), [first(c), c.b.number(exponent)])];
  },
  concat: (c) => [joinLast(c, c.inputs, label(c, 'concat'))],
  split: (c) => splitLast(c, first(c), label(c, 'split'), c.op.parts),
  // [H, W, g * n] as [H * W, g, n], groups and members swapped (Zhang et al. 2017).
  channelShuffle: (c) => {
    const { groups } = c.op;
    const [channels = 0, height = 1, width = 1] = outputShape(c);
    const name = label(c, 'shuffle');
    const grouped = reshape(c, first(c), `${name}/groups`, [height * width, groups, channels / groups]);
    const swapped = transpose(c, grouped, `${name}/swap`, [0, 1, 3, 2]);
    return [reshape(c, swapped, name, [height, width, channels])];
  },
  pad: (c) => [applySteps(c, padSteps(c.op.pads), 0)],
  upsample: (c) => [writeUpsample(c)],
  // One for all samples: no operator that joins it with those of a batch needs more.
  weight: (c) => {
    const [tensor] = c.node.tensors;
    const value = c.weight(tensor as NonNullable<typeof tensor>, 'value');
    return [reshape(c, value, label(c, 'sample'), lastChannels(outputShape(c)))];
  },
  cast: refusedCast,
};

/** An operator of two inputs over all of them, from the first on. */
function inTurn(c: GraphModelNode, op: string, what: string): TensorName {
  const [x, ...others] = c.inputs as [TensorName, ...TensorName[]];
  return others.reduce((sum, other) => add(c, op, label(c, what), [sum, other]), x);
}

/**
 * The input of a linear layer. Its weight orders a map's elements channel by channel, so that a map is transposed
 * first.
 */
function flatten(c: GraphModelNode): TensorName {
  const [channels = 1, height, width] = c.inputShapes[0] as Shape;
  if (height === undefined || width === undefined) return first(c);
  const isMap = height * width > 1;
  const turned = isMap ? transpose(c, first(c), label(c, 'channels-first'), [0, 3, 1, 2]) : first(c);
  return reshape(c, turned, label(c, 'flatten'), [channels * height * width]);
}
