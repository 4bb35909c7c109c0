import { elements, type Graph, type GraphNode, type Shape, type ValueRef } from '../../../5-graph/graph.ts';
import { slopeOf } from '../../../ops/activations.ts';
import { isDyadic, wholeFactor } from '../../../ops/interpolation.ts';
import { dilationOf, isDense, type Pads, padSteps } from '../../../ops/window.ts';
import { isDepthwise } from '../../../weights/tfjs-layout.ts';
import { refusedCast } from '../../lacked-form.ts';
import { transposedForm, windowForm } from '../../window-form.ts';
import {
  first,
  label,
  lastChannels,
  mapSize,
  type OpWriters,
  outputShape,
  type WrittenNode,
} from '../../written-node.ts';
import { activationLayers } from './activations.ts';
import type { LayersBuilder } from './builder.ts';

/** The context of an op's writer: its inputs are the layers that give them. */
export interface LayersNode extends WrittenNode {
  readonly b: LayersBuilder;
}

const channelsLast = { data_format: 'channels_last' };

/** From op to layers. Values are `[batch, H, W, C]` or `[batch, C]`. Native layers wherever there is an exact one. */
export const opTable: OpWriters<LayersNode> = {
  input: (c) => [c.b.input(c.op.name, lastChannels(outputShape(c)))],
  conv: (c) => {
    const { filters, window, groups, bias } = c.op;
    const { padding, ...steps } = windowForm(window, ...mapSize(c));
    const input = applySteps(c, steps);
    const config = {
      kernel_size: window.kernel,
      strides: window.stride,
      padding,
      ...channelsLast,
      dilation_rate: dilationOf(window),
      use_bias: bias,
    };
    const members = bias ? ['kernel', 'bias'] : ['kernel'];
    if (isDepthwise(c.node)) {
      const multiplier = { depth_multiplier: filters / groups, depthwise_initializer: convInitialiser };
      const own = ['depthwise_kernel', ...members.slice(1)];
      // TensorFlow.js's own layer takes a dilation and does nothing with it.
      const layer = !isDense(window) ? 'EnetDepthwiseConv2D' : 'DepthwiseConv2D';
      return [c.b.owner(c.node, layer, { ...config, ...multiplier }, [input], own)];
    }
    if (groups > 1) return [c.b.owner(c.node, 'EnetGroupedConv2D', { filters, ...config, groups }, [input], members)];
    const all = { filters, ...config, kernel_initializer: convInitialiser };
    return [c.b.owner(c.node, 'Conv2D', all, [input], members)];
  },
  convTranspose: (c) => {
    const { filters, window, groups, bias } = c.op;
    const { kernel, stride, pads } = window;
    const settings = { filters, kernel_size: kernel, strides: stride, use_bias: bias };
    const members = bias ? ['kernel', 'bias'] : ['kernel'];
    const form = groups === 1 && isDense(window) ? transposedForm(window) : undefined;
    if (!form) {
      const others = { groups, dilation_rate: dilationOf(window), pads: padPairs(pads) };
      return [c.b.owner(c.node, 'EnetConv2DTranspose', { ...settings, ...others }, c.inputs, members)];
    }
    const config = { ...settings, padding: form.padding, ...channelsLast, kernel_initializer: transposedInitialiser };
    const y = c.b.owner(c.node, 'Conv2DTranspose', config, c.inputs, members);
    if (!form.crop) return [y];
    return [c.b.layer('Cropping2D', label(c, 'crop'), { cropping: padPairs(form.crop), ...channelsLast }, [y])];
  },
  channelConv: (c) => [
    c.b.owner(c.node, 'EnetChannelConv', { kernel_size: c.op.kernel }, c.inputs, ['channel_kernel']),
  ],
  batchNorm: (c) => {
    const { epsilon, momentum } = c.op;
    const config = { axis: -1, momentum, epsilon, center: true, scale: true };
    return [c.b.owner(c.node, 'BatchNormalization', config, c.inputs, normMembers)];
  },
  activation: (c) => {
    const layer = activationLayers[c.op.fn](slopeOf(c.op));
    if (layer === 'none') return c.inputs;
    if ('layer' in layer) return [step(c, layer.layer, 'act', layer.config ?? {})];
    return [step(c, 'Activation', 'act', { activation: layer.keras })];
  },
  // As in Keras' own EfficientNet: TensorFlow.js's layer does not keep axes of length 1.
  globalAvgPool: (c) => {
    const pooled = step(c, 'GlobalAveragePooling2D', 'pool', channelsLast);
    return [c.b.layer('Reshape', label(c, 'pool/keep'), { target_shape: lastChannels(outputShape(c)) }, [pooled])];
  },
  layerNorm: (c) => {
    const config = { axis: -1, epsilon: c.op.epsilon, center: true, scale: true };
    return [c.b.owner(c.node, 'LayerNormalization', config, c.inputs, ['gamma', 'beta'])];
  },
  groupNorm: (c) => {
    const { groups, epsilon } = c.op;
    return [c.b.owner(c.node, 'EnetGroupNormalization', { groups, epsilon }, c.inputs, ['gamma', 'beta'])];
  },
  localResponseNorm: (c) => {
    const { size, alpha, beta, k } = c.op;
    return [step(c, 'EnetLocalResponseNormalization', 'norm', { size, alpha, beta, k })];
  },
  normalise: (c) => [step(c, 'EnetUnitNormalization', 'norm', { epsilon: c.op.epsilon })],
  globalMaxPool: (c) => {
    const pooled = step(c, 'GlobalMaxPooling2D', 'pool', channelsLast);
    return [c.b.layer('Reshape', label(c, 'pool/keep'), { target_shape: lastChannels(outputShape(c)) }, [pooled])];
  },
  channelMean: (c) => [overChannels(c, 'AveragePooling2D', 'mean')],
  channelMax: (c) => [overChannels(c, 'MaxPooling2D', 'max')],
  maxPool: (c) => {
    const { window } = c.op;
    const { padding, crop, pad } = windowForm(window, ...mapSize(c));
    const config = { pool_size: window.kernel, strides: window.stride };
    // Zeros do not exceed values that cannot be negative: after a ReLU they are neutral.
    if (pad && !isNonNegative(c.graph, c.node.inputs[0] as ValueRef)) {
      const input = applySteps(c, { ...(crop && { crop }) });
      return [c.b.layer('EnetMaxPooling2D', label(c, 'pool'), { ...config, pads: padPairs(pad) }, [input])];
    }
    const input = applySteps(c, { ...(crop && { crop }), ...(pad && { pad }) });
    return [c.b.layer('MaxPooling2D', label(c, 'pool'), { ...config, padding, ...channelsLast }, [input])];
  },
  avgPool: (c) => {
    const { window, countPad } = c.op;
    const config = { pool_size: window.kernel, strides: window.stride };
    const { padding, crop, pad } = windowForm(window, ...mapSize(c));
    // TensorFlow's own rule `same` does not count padding.
    if (countPad && padding === 'same') {
      const input = applySteps(c, padSteps(window.pads));
      return [
        c.b.layer('AveragePooling2D', label(c, 'pool'), { ...config, padding: 'valid', ...channelsLast }, [input]),
      ];
    }
    if (!countPad && pad) {
      const input = applySteps(c, { ...(crop && { crop }) });
      return [c.b.layer('EnetAveragePooling2D', label(c, 'pool'), { ...config, pads: padPairs(pad) }, [input])];
    }
    const input = applySteps(c, { ...(crop && { crop }), ...(pad && { pad }) });
    return [c.b.layer('AveragePooling2D', label(c, 'pool'), { ...config, padding, ...channelsLast }, [input])];
  },
  flatten: (c) => [flatten(c)],
  power: (c) => [step(c, 'EnetPower', 'power', { exponent: c.op.exponent })],
  linear: (c) => {
    const { units, bias } = c.op;
    const config = { units, activation: 'linear', use_bias: bias, kernel_initializer: denseInitialiser };
    return [c.b.owner(c.node, 'Dense', config, [flatten(c)], bias ? ['kernel', 'bias'] : ['kernel'])];
  },
  attend: (c) => [merge(c, 'EnetAttention', 'attend', { heads: c.op.heads })],
  dropout: (c) => (c.op.rate === 0 ? c.inputs : [step(c, 'Dropout', 'dropout', { rate: c.op.rate })]),
  // One draw per sample: stochastic depth as in Keras' own EfficientNet.
  dropPath: (c) => {
    if (c.op.rate === 0) return c.inputs;
    const noiseShape = [null, ...outputShape(c).map(() => 1)];
    return [step(c, 'Dropout', 'drop', { rate: c.op.rate, noise_shape: noiseShape })];
  },
  add: (c) => [merge(c, 'Add', 'add', {})],
  // Keras' Subtract is not among TensorFlow.js's layers.
  sub: (c) => {
    const [x, y] = c.inputs as [string, string];
    const opposite = c.b.layer('Rescaling', label(c, 'sub/opposite'), { scale: -1, offset: 0 }, [y]);
    return [c.b.layer('Add', label(c, 'sub'), {}, [x, opposite])];
  },
  mul: (c) => [merge(c, 'Multiply', 'mul', {})],
  div: (c) => [merge(c, 'EnetDivide', 'div', {})],
  rescale: (c) => [step(c, 'Rescaling', 'rescale', { scale: c.op.scale, offset: c.op.offset })],
  concat: (c) => [merge(c, 'Concatenate', 'concat', { axis: -1 })],
  // [H, W, C] as an image of H * W rows and one column per part, all but one of which are cropped away.
  split: (c) => {
    const { parts } = c.op;
    const [channels = 0, ...space] = outputShape(c);
    const pixels = elements(space);
    const columns = { target_shape: [pixels, parts, channels] };
    const all = c.b.layer('Reshape', label(c, 'split'), columns, c.inputs);
    return c.node.shapes.map((shape, i) => {
      const name = `${label(c, 'split')}/${i}`;
      const config = {
        cropping: [
          [0, 0],
          [i, parts - 1 - i],
        ],
        ...channelsLast,
      };
      const part = c.b.layer('Cropping2D', `${name}/crop`, config, [all]);
      return c.b.layer('Reshape', name, { target_shape: lastChannels(shape) }, [part]);
    });
  },
  // [H, W, g * n] as [H * W, g, n], groups and members swapped (Zhang et al. 2017).
  channelShuffle: (c) => {
    const { groups } = c.op;
    const [channels = 0, height = 1, width = 1] = outputShape(c);
    const name = label(c, 'shuffle');
    const grouped = { target_shape: [height * width, groups, channels / groups] };
    const split = c.b.layer('Reshape', `${name}/groups`, grouped, c.inputs);
    const swapped = c.b.layer('Permute', `${name}/swap`, { dims: [1, 3, 2] }, [split]);
    return [c.b.layer('Reshape', name, { target_shape: [height, width, channels] }, [swapped])];
  },
  pad: (c) => [applySteps(c, padSteps(c.op.pads))],
  upsample: (c) => {
    const { mode, rows, columns } = c.op;
    const size = [rows, columns].map(wholeFactor);
    // Both repeat pixels a power of two times alike; for other sizes see `EnetResizing`.
    if (mode === 'nearest' && size.every((n) => n) && isDyadic(rows) && isDyadic(columns)) {
      return [step(c, 'UpSampling2D', 'upsample', { size, interpolation: 'nearest', ...channelsLast })];
    }
    return [step(c, 'EnetResizing', 'upsample', { height: rows.to, width: columns.to, interpolation: mode })];
  },
  // A layer must read something: here the number of samples.
  weight: (c) => {
    const { initial } = c.op;
    const start = initial.kind === 'constant' ? { initial: initial.value } : { std: initial.deviation };
    const config = { shape: lastChannels(outputShape(c)), ...start };
    return [c.b.owner(c.node, 'EnetWeight', config, [c.b.firstInput()], ['value'])];
  },
  cast: refusedCast,
};

const normMembers = ['gamma', 'beta', 'moving_mean', 'moving_variance'];

/** As stated in the descriptors of the ops; used when a model is made only from its topology. */
const convInitialiser = {
  class_name: 'VarianceScaling',
  config: { scale: 2, mode: 'fan_out', distribution: 'normal', seed: null },
};
/** The kernel is `[kh, kw, filters, in]`, in which Keras treats the filters as the input. */
const transposedInitialiser = { ...convInitialiser, config: { ...convInitialiser.config, mode: 'fan_in' } };
const denseInitialiser = {
  class_name: 'VarianceScaling',
  config: { scale: 1 / 3, mode: 'fan_out', distribution: 'uniform', seed: null },
};

const padPairs = ({ top, left, bottom, right }: Pads) => [
  [top, bottom],
  [left, right],
];

function step(c: LayersNode, className: string, what: string, config: Readonly<Record<string, unknown>>): string {
  return c.b.layer(className, label(c, what), config, c.inputs);
}

/** A reduction over channels as a pool: of an image that has a row for each pixel, and a column for each channel. */
function overChannels(c: LayersNode, pool: 'AveragePooling2D' | 'MaxPooling2D', what: string): string {
  const [channels = 1, ...space] = c.inputShapes[0] as Shape;
  const name = label(c, what);
  const rows = c.b.layer('Reshape', `${name}/rows`, { target_shape: [elements(space), channels, 1] }, c.inputs);
  const window = { pool_size: [1, channels], strides: [1, channels], padding: 'valid', ...channelsLast };
  const pooled = c.b.layer(pool, `${name}/pool`, window, [rows]);
  return c.b.layer('Reshape', name, { target_shape: [...space, 1] }, [pooled]);
}

/**
 * A layer of several inputs. A repeated input comes through an extra layer: TensorFlow.js counts a value's readers once
 * but each of their reads, and frees the value before all have read it.
 */
function merge(c: LayersNode, className: string, what: string, config: Readonly<Record<string, unknown>>): string {
  const name = label(c, what);
  const inputs = c.inputs.map((input, i) =>
    c.inputs.indexOf(input) === i ? input : c.b.layer('Activation', `${name}/again`, { activation: 'linear' }, [input]),
  );
  return c.b.layer(className, name, config, inputs);
}

/** Crops and pads the first input. */
function applySteps(c: LayersNode, { crop, pad }: { readonly crop?: Pads; readonly pad?: Pads }): string {
  let value = first(c);
  if (crop) value = c.b.layer('Cropping2D', label(c, 'crop'), { cropping: padPairs(crop), ...channelsLast }, [value]);
  if (pad) value = c.b.layer('ZeroPadding2D', label(c, 'pad'), { padding: padPairs(pad), ...channelsLast }, [value]);
  return value;
}

/**
 * The input of a linear layer. Its weight orders a map's elements channel by channel, so that a map is transposed
 * first.
 */
function flatten(c: LayersNode): string {
  const [, height, width] = c.inputShapes[0] as Shape;
  const [value] = c.inputs as [string];
  if (height === undefined || width === undefined) return value;
  const isMap = height * width > 1;
  const turned = isMap ? c.b.layer('Permute', label(c, 'channels-first'), { dims: [3, 1, 2] }, [value]) : value;
  return c.b.layer('Flatten', label(c, 'flatten'), {}, [turned]);
}

/** Whether a value cannot be below zero, by the op that makes it. */
function isNonNegative(graph: Graph, ref: ValueRef): boolean {
  const { op } = graph.nodes[ref.node] as GraphNode;
  return op.kind === 'activation' && ['relu', 'relu6', 'sigmoid', 'hardsigmoid', 'softmax'].includes(op.fn);
}
