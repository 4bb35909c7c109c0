import type { TopologyLayer } from './topology.ts';

/** Rows and columns of a map; null where they are not known. */
type MapSize = readonly [height: number | null, width: number | null];

/**
 * The rows and columns of the map that a layer with windows gives, by Keras' rules: `same` gives one output per stride,
 * `valid` one per window within the map. Layers that pad, crop and repeat are included; for others the size is unknown.
 * @param size of the map that it reads.
 */
export function sizeAfter({ className, config }: TopologyLayer, size: MapSize): MapSize {
  const after = (axis: 0 | 1): number | null => {
    const n = size[axis];
    if (n === null || config.data_format === 'channels_first') return null;
    if (windowed.has(className)) return windows(config, n, axis);
    if (className === 'UpSampling2D') return times(n, along(config.size, axis));
    if (className === 'ZeroPadding2D') return plus(n, ends(config.padding, axis), 1);
    return className === 'Cropping2D' ? plus(n, ends(config.cropping, axis), -1) : null;
  };
  return [after(0), after(1)];
}

const windowed = new Set(['Conv2D', 'SeparableConv2D', 'DepthwiseConv2D', 'MaxPooling2D', 'AveragePooling2D']);

function windows(config: TopologyLayer['config'], n: number, axis: 0 | 1): number | null {
  const kernel = along(config.kernel_size ?? config.pool_size, axis);
  // a pool without strides moves by its window
  const stride = along(config.strides ?? config.pool_size ?? 1, axis);
  const dilation = along(config.dilation_rate ?? 1, axis);
  if (!kernel || !stride || !dilation) return null;
  if (config.padding === 'same') return Math.ceil(n / stride);
  const count = Math.floor((n - (kernel - 1) * dilation - 1) / stride) + 1;
  return config.padding === 'valid' && count > 0 ? count : null;
}

/** A number, or one for each axis. */
function along(value: unknown, axis: 0 | 1): number | undefined {
  const n: unknown = Array.isArray(value) ? value[axis] : value;
  return Number.isSafeInteger(n) && (n as number) >= 0 ? (n as number) : undefined;
}

/** Both ends of an axis: one number, one per axis, or two per axis. */
function ends(value: unknown, axis: 0 | 1): number | undefined {
  const own: unknown = Array.isArray(value) ? value[axis] : value;
  const [before, behind] = [along(own, 0), along(own, 1)];
  return before === undefined || behind === undefined ? undefined : before + behind;
}

function times(n: number, factor: number | undefined): number | null {
  return factor ? n * factor : null;
}

function plus(n: number, amount: number | undefined, sign: 1 | -1): number | null {
  return amount !== undefined && n + sign * amount > 0 ? n + sign * amount : null;
}
