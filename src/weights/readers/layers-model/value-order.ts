import { sizeAfter } from './map-size.ts';
import type { TopologyLayer } from './topology.ts';

/**
 * The order of a value's elements in memory, as far as the layers determine it:
 *
 * - `last`: channel by channel within each pixel, as in TensorFlow's maps and flattened ones;
 * - `ours`: pixel by pixel within each channel, and vectors;
 * - `unknown`: after a layer that may have moved them.
 */
export interface ValueOrder {
  readonly order: 'last' | 'ours' | 'unknown';
  /** How many channels there are; absent if that is not known. */
  readonly channels?: number;
  /** Without the batch, as the layer gives it; null if a size is not known. Absent if not even the axes are. */
  readonly shape?: readonly (number | null)[];
  /** For unknown orders: the layer after which it is unknown. */
  readonly behind?: string;
  /** For joined vectors, some of them flattened maps: these, one after the other. */
  readonly maps?: readonly FlatMap[];
}

/** A flattened map in a vector. */
export interface FlatMap {
  readonly channels: number;
  /** How many elements it has; absent if that is not known. */
  readonly features?: number;
}

/** Layers that leave each element where it is. */
const pointwise = new Set([
  ...[
    'Activation',
    'ReLU',
    'LeakyReLU',
    'PReLU',
    'ELU',
    'ThresholdedReLU',
    'Softmax',
    'EnetHardSigmoid',
    'EnetHardSwish',
  ],
  ...['Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout'],
  ...['BatchNormalization', 'SyncBatchNormalization', 'LayerNormalization', 'GroupNormalization', 'UnitNormalization'],
  ...[
    'EnetPower',
    'EnetChannelConv',
    'EnetUnitNormalization',
    'EnetGroupNormalization',
    'EnetLocalResponseNormalization',
  ],
  ...['Masking', 'Rescaling', 'Normalization', 'ActivityRegularization', 'RandomFlip', 'RandomRotation', 'RandomZoom'],
  ...['RandomTranslation', 'RandomContrast', 'RandomBrightness'],
]);
/** Layers that keep the channels of their map. */
const spatial = new Set([
  ...['MaxPooling2D', 'AveragePooling2D', 'EnetMaxPooling2D', 'EnetAveragePooling2D', 'ZeroPadding2D', 'Cropping2D'],
  ...['UpSampling2D', 'Resizing', 'EnetResizing', 'CenterCrop', 'RandomCrop'],
]);
/** Layers that give a map with a different number of channels. */
const filtering = new Set(['Conv2D', 'SeparableConv2D', 'Conv2DTranspose', 'EnetGroupedConv2D', 'EnetConv2DTranspose']);
const depthwise = new Set(['DepthwiseConv2D', 'EnetDepthwiseConv2D']);
const merging = new Set(['Add', 'Subtract', 'Multiply', 'EnetDivide', 'Average', 'Maximum', 'Minimum']);
const globalPools = new Set(['GlobalAveragePooling2D', 'GlobalMaxPooling2D']);

/** The result of a layer for its inputs. @param isFirst whether the model has its channels first, for its inputs. */
export function orderAfter(layer: TopologyLayer, inputs: readonly ValueOrder[], isFirst: boolean): ValueOrder {
  const { className, config } = layer;
  const [x] = inputs;
  if (className === 'InputLayer') return inputOrder(config, isFirst);
  if (className === 'EnetWeight') return weightOrder(sizes(config.shape));
  const unknown: ValueOrder = { order: 'unknown', behind: layer.name };
  if (!x) return unknown;
  if (pointwise.has(className)) return x;
  if (spatial.has(className)) return mapOf(layer, x, channelsOf(x, config));
  if (filtering.has(className)) return mapOf(layer, x, size(config.filters));
  if (depthwise.has(className))
    return mapOf(layer, x, product(channelsOf(x, config), size(config.depth_multiplier) ?? 1));
  if (globalPools.has(className)) {
    const channels = channelsOf(x, config);
    const shape = config.keepdims === true ? [1, 1, channels ?? null] : [channels ?? null];
    return { order: 'ours', shape, ...known(channels) };
  }
  if (className === 'EnetAttention') return mapOf(layer, x, inputs[2] && channelsOf(inputs[2], config));
  if (merging.has(className)) return merged(inputs) ?? unknown;
  if (className === 'Concatenate') return joined(layer, inputs) ?? unknown;
  if (className === 'Dense') return afterDense(x, size(config.units)) ?? unknown;
  if (className === 'Flatten') return flattened(x, config) ?? unknown;
  if (className === 'Reshape') {
    return { ...(x.shape?.length === 3 ? asPixel(x) : x), shape: sizes(config.target_shape) ?? [] };
  }
  if (className === 'Permute') return permuted(x, sizes(config.dims)) ?? unknown;
  return unknown;
}

function inputOrder(config: TopologyLayer['config'], isFirst: boolean): ValueOrder {
  const whole = config.batch_input_shape ?? config.batch_shape;
  const shape = sizes(Array.isArray(whole) ? whole.slice(1) : config.input_shape);
  if (!shape) return { order: 'unknown', behind: 'the input' };
  if (shape.length < 2) return { order: 'ours', shape };
  if (isFirst) return { order: 'ours', shape, ...known(shape[0]) };
  // Two axes are a map of one channel.
  return { order: 'last', shape, ...(shape.length === 2 ? { channels: 1 } : known(shape.at(-1))) };
}

/** The result of a layer that is a learned tensor, whatever it reads. */
function weightOrder(shape: readonly (number | null)[] = []): ValueOrder {
  return shape.length === 3 ? { order: 'last', shape, ...known(shape[2]) } : { order: 'ours', shape };
}

function mapOf(layer: TopologyLayer, { shape }: ValueOrder, channels: number | undefined): ValueOrder {
  const isFirst = layer.config.data_format === 'channels_first';
  if (isFirst) return { order: 'ours', shape: [channels ?? null, null, null], ...known(channels) };
  const [height = null, width = null] = shape?.length === 3 ? shape : [];
  return { order: 'last', shape: [...sizeAfter(layer, [height, width]), channels ?? null], ...known(channels) };
}

/** The channels of a map that a layer reads. */
function channelsOf({ shape, channels }: ValueOrder, { data_format: format }: TopologyLayer['config']) {
  if (shape?.length !== 3) return channels;
  return (format === 'channels_first' ? shape[0] : shape[2]) ?? channels;
}

function merged(inputs: readonly ValueOrder[]): ValueOrder | undefined {
  // A gate, one number per channel, keeps the order of the other factor; so does a map of one channel.
  const maps = inputs.filter(({ shape }) => !isGate(shape));
  const joins = maps.length > 0 ? maps : inputs.map(asPixel);
  const [first, ...others] = joins.toSorted((a, b) => (b.channels ?? 0) - (a.channels ?? 0));
  if (!first) return undefined;
  const isSame = others.every(
    ({ order, channels, shape, maps }) =>
      order === first.order &&
      (channels === first.channels || (channels === 1 && (shape?.length !== 1 || shape[0] === 1))) &&
      JSON.stringify(maps) === JSON.stringify(first.maps),
  );
  return isSame ? { ...first, ...largest(joins) } : undefined;
}

/** The shape after broadcasting. */
function largest(values: readonly ValueOrder[]): Pick<ValueOrder, 'shape'> {
  const shapes = values.flatMap(({ shape }) => (shape ? [shape] : []));
  const [first] = shapes;
  if (!first || shapes.some(({ length }) => length !== first.length)) return {};
  const sizesOf = (axis: number) => shapes.map((shape) => shape[axis] ?? null);
  const most = (list: readonly (number | null)[]) => (list.includes(null) ? null : Math.max(...(list as number[])));
  return { shape: first.map((_, axis) => most(sizesOf(axis))) };
}

/** A vector or a map of one pixel as channels last, which is equivalent. */
function asPixel(x: ValueOrder): ValueOrder {
  const channels = isGate(x.shape) ? x.shape?.at(-1) : undefined;
  return x.order === 'ours' && channels ? { ...x, order: 'last', channels } : x;
}

function isGate(shape: ValueOrder['shape']): boolean {
  return shape !== undefined && (shape.length === 1 || (shape.length === 3 && shape[0] === 1 && shape[1] === 1));
}

function joined({ config: { axis } }: TopologyLayer, inputs: readonly ValueOrder[]): ValueOrder | undefined {
  const [first] = inputs;
  const rank = first?.shape?.length;
  if (rank === undefined || !inputs.every(({ shape }) => shape?.length === rank)) return undefined;
  const pixels = inputs.map(asPixel);
  const channels = sum(pixels.map((input) => input.channels));
  const isAll = (list: readonly ValueOrder[], order: ValueOrder['order']) => list.every((x) => x.order === order);
  if (isAll(pixels, 'last') && rank === 3) {
    const isLast = axis === undefined || axis === -1 || axis === 3;
    const all = isLast ? channels : pixels[0]?.channels;
    const [height = null, width = null] = isLast ? (first?.shape ?? []) : [];
    return { order: 'last', shape: [height, width, all ?? null], ...known(all) };
  }
  if (isAll(pixels, 'last') && rank === 1 && channels !== undefined) {
    const maps = pixels.flatMap(({ maps, channels, shape }): readonly FlatMap[] => {
      const features = shape?.[0];
      return maps ?? [{ channels: channels as number, ...(features && { features }) }];
    });
    const features = sum(maps.map((map) => map.features));
    return { order: 'last', shape: [features ?? null], channels, ...(features !== channels && { maps }) };
  }
  if (isAll(inputs, 'ours') && rank === 3 && (axis === 1 || axis === -3)) {
    return { order: 'ours', shape: [channels ?? null, null, null], ...known(channels) };
  }
  return isAll(inputs, 'ours') && rank === 1 ? { order: 'ours', shape: [null] } : undefined;
}

function afterDense({ order, shape }: ValueOrder, units: number | undefined): ValueOrder | undefined {
  if (!shape || shape.length < 2) return { order: 'ours', shape: [units ?? null] };
  // On a map it is a convolution of one pixel.
  return order === 'last' ? { order, shape: [...shape.slice(0, -1), units ?? null], ...known(units) } : undefined;
}

function flattened(x: ValueOrder, { data_format: format }: TopologyLayer['config']): ValueOrder | undefined {
  const sizes = x.shape ?? [];
  const features = sizes.length > 0 && !sizes.includes(null) ? (sizes as number[]).reduce((a, b) => a * b) : null;
  const flat = { ...x, shape: [features] };
  if (format !== 'channels_first' || x.shape?.length === 1) return flat;
  // The layer transposes a map with channels first before it flattens it.
  return x.order === 'ours' ? { ...flat, order: 'last' } : undefined;
}

function permuted(x: ValueOrder, dims: readonly (number | null)[] | undefined): ValueOrder | undefined {
  const { order, shape, channels } = asPixel(x);
  if (!dims || !shape || shape.length !== dims.length) return undefined;
  const turned = dims.map((axis) => shape[(axis ?? 0) - 1] ?? null);
  if (dims.every((axis, i) => axis === i + 1)) return x;
  if (shape.length === 3 && order === 'last' && String(dims) === '3,1,2')
    return { order: 'ours', shape: turned, ...known(channels) };
  if (shape.length === 3 && order === 'ours' && String(dims) === '2,3,1')
    return { order: 'last', shape: turned, ...known(channels) };
  // Permutes channels, as in a shuffle: the pixels' axes stay in front.
  let share = 1;
  for (let i = dims.length - 1; i >= 0 && channels !== undefined && share <= channels; i--) {
    share *= shape[i] ?? Number.NaN;
    const isWithin = dims.slice(0, i).every((axis, k) => axis === k + 1);
    if (order === 'last' && share === channels && isWithin) return { order, shape: turned, channels };
  }
  return undefined;
}

function known(channels: number | null | undefined): { readonly channels?: number } {
  return channels === null || channels === undefined ? {} : { channels };
}

function size(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

/** A shape; what is not a size is unknown. */
function sizes(value: unknown): readonly (number | null)[] | undefined {
  return Array.isArray(value) && value.length <= 8 ? value.map((n) => size(n) ?? null) : undefined;
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  const total = values.reduce<number>((all, n) => all + (n ?? Number.NaN), 0);
  return Number.isNaN(total) ? undefined : total;
}

function product(a: number | undefined, b: number): number | undefined {
  return a === undefined ? undefined : a * b;
}
