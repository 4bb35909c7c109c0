import { opLimits } from './limits.ts';
import { both, type Pair } from './pair.ts';
import type { Inferred } from './shape.ts';
import { bool, type Padding, type Param, padding, size } from './signature.ts';

/** Rows or columns added before and after: top, left, bottom, right. Negative takes away. */
export interface Pads {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** How a window moves over height and width; pads are already those of the input's size. */
export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly pads: Pads;
}

/** The rows and columns that a window reaches over, dilation included. */
export function extentOf({ kernel, dilation }: Pick<Window, 'kernel' | 'dilation'>): Pair {
  return both((axis) => (kernel[axis] - 1) * dilation[axis] + 1);
}

/** Whether the taps of a window are neighbours; one tap has no distance, whatever is stated. */
export function isDense(window: Window): boolean {
  return dilationOf(window).every((n) => n === 1);
}

/** The distances between a window's taps, 1 where there is one tap. */
export function dilationOf({ kernel, dilation }: Window): Pair {
  return both((axis) => (kernel[axis] === 1 ? 1 : dilation[axis]));
}

/** The number of a window's taps. */
export function tapsOf({ kernel: [high, wide] }: Pick<Window, 'kernel'>): number {
  return high * wide;
}

export const noPads: Pads = { top: 0, left: 0, bottom: 0, right: 0 };

/** Pads split into cropping and padding, each in positive numbers and absent if there is none. */
export function padSteps(pads: Pads): { readonly crop?: Pads; readonly pad?: Pads } {
  const part = (sign: 1 | -1): Pads => eachSide(pads, (n) => Math.max(sign * n, 0));
  const [crop, pad] = [part(-1), part(1)];
  return { ...(!samePads(crop, noPads) && { crop }), ...(!samePads(pad, noPads) && { pad }) };
}

/** What undoes pads. */
export function negated(pads: Pads): Pads {
  return eachSide(pads, (n) => -n);
}

function eachSide({ top, left, bottom, right }: Pads, change: (n: number) => number): Pads {
  return { top: change(top), left: change(left), bottom: change(bottom), right: change(right) };
}

export function samePads(a: Pads, b: Pads): boolean {
  return a.top === b.top && a.left === b.left && a.bottom === b.bottom && a.right === b.right;
}

/** Which of TensorFlow's rules gives the pads of a window over `height` x `width`; undefined if none does. */
export function namedPadding(window: Window, height: number, width: number): 'valid' | 'same' | undefined {
  const { pads } = window;
  if (samePads(pads, noPads)) return 'valid';
  return samePads(pads, padsFor('same', window, [height, width])) ? 'same' : undefined;
}

/** The parameters that all windows have. */
export const windowParams = {
  kernel: size('Size of the window, in pixels: a number, or `[high, wide]`.', [1, opLimits.kernel]),
  padding: padding('same, symmetric, valid, a number of pixels, or `[high, wide]`.', { convention: 'padding' }),
};

/** The steps that a window may take. */
export const strideRange = [1, opLimits.pixels] as const;

/** The stride of a pool. */
export const poolStride: Param<Pair | undefined> = {
  ...size('Step of the window: a number, or `[high, wide]`.', strideRange),
  otherwise: { value: undefined, text: 'the kernel' },
};

const neighbours: Pair = [1, 1];

/** A window over an input of `height` x `width`, with the pads of that size. */
export function windowOver(
  [, height = 1, width = 1]: readonly number[],
  {
    kernel,
    stride,
    dilation = neighbours,
    padding,
  }: Omit<Window, 'pads' | 'dilation'> & { dilation?: Pair; padding: Padding },
): Window {
  return { kernel, stride, dilation, pads: padsFor(padding, { kernel, stride, dilation }, [height, width]) };
}

const roundUp = bool(
  'Whether windows that reach over the bottom and right edge count as well, as with `ceil_mode` of PyTorch.',
  {
    value: false,
  },
);

/** The parameters of a pool's window. */
export const poolParams = {
  kernel: windowParams.kernel,
  stride: poolStride,
  padding: windowParams.padding,
  round_up: roundUp,
};

/** The arguments of a pool's window. */
export interface PoolWindow {
  readonly kernel: Pair;
  readonly stride: Pair | undefined;
  readonly padding: Padding;
  readonly round_up: boolean;
}

/** The window of a pool over an input of `height` x `width`, and how many rows and columns rounding up adds to its pads. */
export function poolOver(
  [, height = 1, width = 1]: readonly number[],
  { kernel, stride = kernel, padding, round_up }: PoolWindow,
): { readonly window: Window; readonly added: Pair } {
  const window = windowOver([0, height, width], { kernel, stride, padding });
  const { top, left, bottom, right } = window.pads;
  const added = both((axis) => {
    const [size, before, after] = axis === 0 ? [height, top, bottom] : [width, left, right];
    const rest = size + before + after - kernel[axis];
    if (!round_up || rest < 0) return 0;
    // a window that begins after the last pixel does not count (PyTorch, aten/src/ATen/native/Pool.h)
    const steps = Math.min(Math.ceil(rest / stride[axis]), Math.ceil((size + before) / stride[axis]) - 1);
    return Math.max(steps * stride[axis] - rest, 0);
  });
  return { window: { ...window, pads: { ...window.pads, bottom: bottom + added[0], right: right + added[1] } }, added };
}

/** How often a window fits over an input of `height` x `width`, in rows and columns. */
export function windowsOver(window: Window, [height, width]: Pair): Pair {
  const { top, left, bottom, right } = window.pads;
  const padded = [height + top + bottom, width + left + right] as const;
  const extent = extentOf(window);
  return both((axis) => Math.floor((padded[axis] - extent[axis]) / window.stride[axis]) + 1);
}

/** The shape of a map after a window. */
export function windowShape(window: Window, map: readonly [number, number, number], channels = map[0]): Inferred {
  const [, height, width] = map;
  const [h, w] = windowsOver(window, [height, width]);
  if (h < 1 || w < 1) return { error: 'output-vanishes', shape: [channels, height, width], kernel: window.kernel };
  return [[channels, h, w]];
}

/**
 * What one position of the output reads along an axis: `size` pixels of the input from `before` pixels ahead on, moving by
 * `stride`.
 */
export interface Reach {
  readonly size: number;
  readonly stride: number;
  readonly before: number;
}

/** What a position of the output reads along each axis; or that it reads the same position, `row`, or `all` of them. */
export type Field = 'row' | 'all' | readonly [high: Reach, wide: Reach];

/** What a position of an op with a window reads. */
export function windowField({ window }: { readonly window: Window }): Field {
  const { stride, pads } = window;
  const [rows, columns] = extentOf(window);
  return [
    { size: rows, stride: stride[0], before: pads.top },
    { size: columns, stride: stride[1], before: pads.left },
  ];
}

/**
 * The pads of a window over an input of `height` x `width`.
 * `same` is TensorFlow's: ceil(size / stride) outputs, the odd pixel at the bottom and right.
 * `symmetric` is the usual padding of PyTorch models: half of the kernel on each side.
 */
export function padsFor(padding: Padding, window: Omit<Window, 'pads'>, size: Pair): Pads {
  const extent = extentOf(window);
  if (padding === 'same') {
    const { stride } = window;
    const [high, wide] = both((axis) =>
      Math.max((Math.ceil(size[axis] / stride[axis]) - 1) * stride[axis] + extent[axis] - size[axis], 0),
    );
    const [top, left] = [Math.floor(high / 2), Math.floor(wide / 2)];
    return { top, left, bottom: high - top, right: wide - left };
  }
  const [high, wide] =
    padding === 'valid'
      ? ([0, 0] as const)
      : padding === 'symmetric'
        ? both((axis) => Math.floor((extent[axis] - 1) / 2))
        : padding;
  return { top: high, left: wide, bottom: high, right: wide };
}
