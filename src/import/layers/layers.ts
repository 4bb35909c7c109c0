import { filled, type Numbers } from '../numbers.ts';
import type { OnnxAttribute } from '../onnx/read-graph.ts';
import { fail } from '../unsayable.ts';
import { activate, clipped } from './activations.ts';
import {
  checkChannelsLast,
  isLastAxis,
  type LayerContext,
  type LayerValue,
  list,
  number,
  numbersOf,
  pair,
} from './layer-context.ts';

/** Reads a layer: what it gives. @throws Unsayable */
type ReadLayer = (c: LayerContext) => LayerValue;

/** Keras layers as nodes of ONNX, maps with channels first. */
export const layers: Readonly<Record<string, ReadLayer>> = {
  Conv2D: (c) => convolution(c, number(c, 'groups', 1)),
  DepthwiseConv2D: (c) => convolution(c, 'channels'),
  SeparableConv2D: separable,
  Conv2DTranspose: transposed,
  BatchNormalization: batchNorm,
  Normalization: normalization,
  LayerNormalization: layerNorm,
  Dense: dense,
  Rescaling: rescaling,

  Activation: (c) => same(c, activated(c, one(c).name)),
  ReLU: relu,
  LeakyReLU: (c) => {
    const slope = number(c, 'negative_slope' in c.config ? 'negative_slope' : 'alpha', 0.3);
    return same(c, c.node('LeakyRelu', [one(c).name], { alpha: { real: slope } }));
  },
  PReLU: prelu,
  ELU: (c) => same(c, c.node('Elu', [one(c).name], { alpha: { real: number(c, 'alpha', 1) } })),
  Softmax: (c) => {
    if (!isLastAxis(c.config.axis ?? -1, one(c).rank)) fail('only a softmax over the channels can be expressed');
    return same(c, c.node('Softmax', [one(c).name], { axis: { integer: 1 } }));
  },

  // Layers of our own files that TensorFlow.js lacks.
  EnetHardSigmoid: (c) => same(c, c.node('HardSigmoid', [one(c).name], { alpha: { real: 1 / 6 } })),
  EnetHardSwish: (c) => same(c, c.node('HardSwish', [one(c).name])),

  MaxPooling2D: (c) => pool(c, 'MaxPool'),
  AveragePooling2D: (c) => pool(c, 'AveragePool'),
  GlobalAveragePooling2D: (c) => globalPool(c, 'GlobalAveragePool'),
  GlobalMaxPooling2D: (c) => globalPool(c, 'GlobalMaxPool'),
  ZeroPadding2D: zeroPadding,
  UpSampling2D: upsampling,
  Flatten: (c) => {
    const { name, rank } = one(c);
    checkChannelsLast(c);
    return rank === 2 ? one(c) : { name: c.node('Flatten', [name]), rank: 2, isFlat: true };
  },
  Reshape: reshape,

  Add: (c) => folded(c, 'Add'),
  Multiply: (c) => folded(c, 'Mul'),
  Subtract: (c) => folded(c, 'Sub'),
  Average: (c) => {
    const sum = folded(c, 'Add');
    return { ...sum, name: c.node('Mul', [sum.name, c.numbers(numbersOf([1 / c.inputs.length], true, []))]) };
  },
  Concatenate: (c) => {
    const [{ rank } = { rank: 4 }] = c.inputs;
    if (!isLastAxis(c.config.axis ?? -1, rank)) fail('only channels can be joined');
    const isFlat = c.inputs.some((x) => x.isFlat);
    return { name: c.node('Concat', names(c), { axis: { integer: 1 } }), rank, isFlat };
  },

  Dropout: one,
  SpatialDropout2D: one,
  GaussianNoise: one,
  GaussianDropout: one,
  AlphaDropout: one,
  ActivityRegularization: one,
};

function one({ inputs }: LayerContext): LayerValue {
  const [x] = inputs;
  return x && inputs.length === 1 ? x : fail('it takes one value');
}

function names({ inputs }: LayerContext): readonly string[] {
  return inputs.map(({ name }) => name);
}

function map(c: LayerContext): string {
  const x = one(c);
  return x.rank === 4 ? x.name : fail('it takes a map, but is given a vector');
}

function same(c: LayerContext, name: string): LayerValue {
  return { ...one(c), name };
}

/** The layer's own activation; Keras 3 writes which module a class is of. */
function activated(c: LayerContext, x: string): string {
  const dtype = c.config.dtype;
  return activate(c, x, c.config.activation, typeof dtype === 'object' && dtype !== null);
}

function moves(c: LayerContext, kernel: readonly number[]) {
  const padding = String(c.config.padding ?? 'valid').toUpperCase();
  if (padding !== 'SAME' && padding !== 'VALID') fail(`its padding '${padding.toLowerCase()}' is not in the language`);
  return {
    kernel_shape: list(kernel),
    strides: list(pair(c, 'strides', 1)),
    dilations: list(pair(c, 'dilation_rate', 1)),
    auto_pad: { text: padding === 'SAME' ? 'SAME_UPPER' : 'VALID' },
  };
}

function convolution(c: LayerContext, groups: number | 'channels'): LayerValue {
  checkChannelsLast(c);
  let filters = 0;
  const weight = c.weight('weight', (shape) => {
    [filters = 0] = shape;
    return shape;
  });
  if (!weight) return fail('the file has no kernel for it');
  const multiplier = number(c, 'depth_multiplier', 1);
  const group = groups === 'channels' ? filters / multiplier : groups;
  const attributes = { ...moves(c, pair(c, 'kernel_size', 1)), group: { integer: group } };
  return same(c, activated(c, c.node('Conv', [map(c), weight, c.weight('bias')], attributes)));
}

/** A filter for each channel, then a convolution of single pixels. */
function separable(c: LayerContext): LayerValue {
  checkChannelsLast(c);
  let filters = 0;
  const depthwise = c.weight('depthwise.weight', (shape) => {
    [filters = 0] = shape;
    return shape;
  });
  const pointwise = c.weight('pointwise.weight');
  if (!depthwise || !pointwise) return fail('the file has no kernels for it');
  const group = { integer: filters / number(c, 'depth_multiplier', 1) };
  const x = c.node('Conv', [map(c), depthwise], { ...moves(c, pair(c, 'kernel_size', 1)), group });
  const y = c.node('Conv', [x, pointwise, c.weight('pointwise.bias')], { kernel_shape: list([1, 1]) });
  return same(c, activated(c, y));
}

/** As the gradient of a convolution over the result: `conv2d_transpose` of TensorFlow. */
function transposed(c: LayerContext): LayerValue {
  checkChannelsLast(c);
  if (c.config.output_padding !== undefined && c.config.output_padding !== null)
    return fail('an explicit output_padding cannot be expressed');
  const weight = c.weight('weight');
  if (!weight) return fail('the file has no kernel for it');
  const kernel = pair(c, 'kernel_size', 1);
  const strides = pair(c, 'strides', 1);
  const dilations = pair(c, 'dilation_rate', 1);
  if (dilations.some((n) => n !== 1)) return fail('one whose window has gaps cannot be expressed');
  const isSame = c.config.padding === 'same';
  const surplus = kernel.map((k, axis) => (isSame ? Math.max(k - (strides[axis] as number), 0) : 0));
  const before = surplus.map((n) => Math.floor(n / 2));
  const after = surplus.map((n) => Math.ceil(n / 2));
  const added = kernel.map((k, axis) => Math.max((strides[axis] as number) - k, 0));
  const attributes = {
    kernel_shape: list(kernel),
    strides: list(strides),
    pads: list([...before, ...after]),
    output_padding: list(added),
  };
  return same(c, activated(c, c.node('ConvTranspose', [map(c), weight, c.weight('bias')], attributes)));
}

function batchNorm(c: LayerContext): LayerValue {
  const x = one(c);
  if (!isLastAxis(c.config.axis ?? -1, x.rank)) fail('only a norm of each channel can be expressed');
  if (x.isFlat) fail('the norm of a flattened map cannot be expressed');
  let channels = 0;
  const mean = c.weight('running_mean', (shape) => {
    [channels = 0] = shape;
    return shape;
  });
  const variance = c.weight('running_var');
  if (!mean || !variance) return fail('the file has no statistics for it');
  const weight = c.weight('weight') ?? c.numbers(filled(channels, 1));
  const bias = c.weight('bias') ?? c.numbers(filled(channels, 0));
  const epsilon = { real: number(c, 'epsilon', 1e-3) };
  return same(c, c.node('BatchNormalization', [x.name, weight, bias, mean, variance], { epsilon }));
}

/** (x - mean) / the deviation, with statistics of the layer, as a norm. */
function normalization(c: LayerContext): LayerValue {
  const x = one(c);
  if (!isLastAxis(c.config.axis ?? -1, x.rank) || c.config.invert === true)
    fail('only one of each channel can be expressed');
  const ofFile = (member: string): Numbers | undefined => {
    const value = c.config[member];
    const list = Array.isArray(value) ? (value.flat(9) as unknown[]) : [value];
    const isStated = list.length > 0 && list.every((n): n is number => typeof n === 'number');
    return c.constant(member) ?? (isStated ? numbersOf(list, true) : undefined);
  };
  const [mean, variance] = [ofFile('mean'), ofFile('variance')];
  if (!mean || !variance) return fail('the file has no statistics for it');
  const [channels = 0] = mean.shape;
  const own = [filled(channels, 1), filled(channels, 0), mean, variance].map(c.numbers);
  return same(c, c.node('BatchNormalization', [x.name, ...own], { epsilon: { real: 0 } }));
}

function layerNorm(c: LayerContext): LayerValue {
  const x = one(c);
  if (!isLastAxis(c.config.axis ?? -1, x.rank) || x.isFlat) fail('only a norm over the channels can be expressed');
  const [weight, bias] = [c.weight('weight'), c.weight('bias')];
  if (!weight) return fail('one without a scale cannot be expressed');
  const norm = (name: string) =>
    c.node('LayerNormalization', [name, weight, bias], { epsilon: { real: number(c, 'epsilon', 1e-3) } });
  if (x.rank === 2) return same(c, norm(x.name));
  const behind = c.node('Transpose', [x.name], { perm: list([0, 2, 3, 1]) });
  return same(c, c.node('Transpose', [norm(behind)], { perm: list([0, 3, 1, 2]) }));
}

/** Of a map it is a convolution of single pixels. */
function dense(c: LayerContext): LayerValue {
  const { name, rank } = one(c);
  const bias = c.weight('bias');
  const weight = c.weight('weight', (shape) => (rank === 4 ? [...shape.slice(0, 2), 1, 1] : shape));
  if (!weight) return fail('the file has no kernel for it');
  const y =
    rank === 4
      ? c.node('Conv', [name, weight, bias], { kernel_shape: list([1, 1]) })
      : c.node('Gemm', [name, weight, bias], { transB: { integer: 1 } });
  return { name: activated(c, y), rank };
}

function rescaling(c: LayerContext): LayerValue {
  const { name, rank } = one(c);
  const factor = (key: string) => {
    const value = c.config[key];
    if (typeof value === 'number') return c.numbers(numbersOf([value], true, []));
    const { config } = (value ?? {}) as { config?: { value?: unknown } };
    const numbers = Array.isArray(value) ? value : Array.isArray(config?.value) ? config.value : [];
    if (numbers.length === 0 || numbers.some((n) => typeof n !== 'number')) return fail(`its ${key} is not a number`);
    return c.numbers(numbersOf(numbers, true, rank === 4 ? [numbers.length, 1, 1] : [numbers.length]));
  };
  const isZero = c.config.offset === undefined || c.config.offset === 0;
  const scaled = c.node('Mul', [name, factor('scale')]);
  return { name: isZero ? scaled : c.node('Add', [scaled, factor('offset')]), rank };
}

function relu(c: LayerContext): LayerValue {
  const { name } = one(c);
  const slope = number(c, 'negative_slope', 0);
  const { max_value: most, threshold = 0 } = c.config;
  if (threshold !== 0) fail('one with a threshold cannot be expressed');
  if (typeof most === 'number')
    return same(c, slope === 0 ? clipped(c, name, most) : fail('a slope with a maximum cannot be expressed'));
  return same(c, slope === 0 ? c.node('Relu', [name]) : c.node('LeakyRelu', [name], { alpha: { real: slope } }));
}

/** A learned slope below 0, of each channel or of each element; axes that share theirs have size 1. */
function prelu(c: LayerContext): LayerValue {
  const { name, rank, isFlat } = one(c);
  if (isFlat) fail('that of a flattened map cannot be expressed');
  const slopes = c.weight('alpha');
  if (!slopes) return fail('the file has no slopes for it');
  if (rank === 2) return same(c, c.node('PRelu', [name, slopes]));
  const behind = c.node('Transpose', [name], { perm: list([0, 2, 3, 1]) });
  return same(c, c.node('Transpose', [c.node('PRelu', [behind, slopes])], { perm: list([0, 3, 1, 2]) }));
}

function pool(c: LayerContext, type: 'MaxPool' | 'AveragePool'): LayerValue {
  checkChannelsLast(c);
  const kernel = pair(c, 'pool_size', 2);
  const strides = c.config.strides === undefined || c.config.strides === null ? kernel : pair(c, 'strides', 1);
  return same(c, c.node(type, [map(c)], { ...moves(c, kernel), strides: list(strides), dilations: list([1, 1]) }));
}

function globalPool(c: LayerContext, type: string): LayerValue {
  checkChannelsLast(c);
  const pooled = c.node(type, [map(c)]);
  return c.config.keepdims === true ? { name: pooled, rank: 4 } : { name: c.node('Flatten', [pooled]), rank: 2 };
}

function zeroPadding(c: LayerContext): LayerValue {
  checkChannelsLast(c);
  const value = c.config.padding ?? 1;
  const both = (n: unknown): readonly unknown[] => (Array.isArray(n) ? n : [n, n]);
  const [vertical, horizontal] = both(value);
  const [[top, bottom], [left, right]] = [both(vertical), both(horizontal)] as [number[], number[]];
  const sides = [0, 0, top, left, 0, 0, bottom, right];
  if (!sides.every(isWhole)) fail('its padding is not a size');
  const pads = c.numbers(numbersOf(sides, false));
  return same(c, c.node('Pad', [map(c), pads]));
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

function upsampling(c: LayerContext): LayerValue {
  checkChannelsLast(c);
  const scales = c.numbers(numbersOf([1, 1, ...pair(c, 'size', 2)], true));
  const how = c.config.interpolation ?? 'nearest';
  if (how !== 'nearest' && how !== 'bilinear') fail(`interpolation by '${how}' cannot be expressed`);
  const attributes: Readonly<Record<string, OnnxAttribute>> =
    how === 'bilinear'
      ? { mode: { text: 'linear' }, coordinate_transformation_mode: { text: 'half_pixel' } }
      : {
          mode: { text: 'nearest' },
          coordinate_transformation_mode: { text: 'asymmetric' },
          nearest_mode: { text: 'floor' },
        };
  return same(c, c.node('Resize', [map(c), undefined, scales], attributes));
}

/** A vector as a map of one pixel, or a map of one pixel as a vector. */
function reshape(c: LayerContext): LayerValue {
  const x = one(c);
  const { target_shape: shape } = c.config;
  const sizes = Array.isArray(shape) ? (shape as unknown[]) : [];
  const [high, wide, channels] = sizes;
  if (x.rank === 2 && !x.isFlat && sizes.length === 3 && high === 1 && wide === 1) {
    const to = c.numbers(numbersOf([1, Number(channels), 1, 1], false));
    return { name: c.node('Reshape', [x.name, to]), rank: 4 };
  }
  if (x.rank === 4 && sizes.length === 1) return { name: c.node('Flatten', [x.name]), rank: 2, isFlat: true };
  return fail('only a vector can be made a map, of one pixel');
}

/** One after the other. */
function folded(c: LayerContext, type: string): LayerValue {
  const [first, ...others] = c.inputs;
  if (!first || others.length === 0) return fail('it takes several values');
  let { name } = first;
  for (const other of others) name = c.node(type, [name, other.name]);
  return { ...first, rank: Math.max(...c.inputs.map(({ rank }) => rank)), name };
}
