import { opLimits } from './limits.ts';
import type { Inferred } from './shape.ts';
import { int, type Padding, type Param, padding } from './signature.ts';

/** Rows or columns added before and after: top, left, bottom, right. Negative takes away. */
export interface Pads {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** How a window moves over height and width; pads are already those of the input's size. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pads: Pads;
}

/** The rows that a window reaches over, dilation included. */
export function extentOf({ kernel, dilation }: Pick<Window, 'kernel' | 'dilation'>): number {
  return (kernel - 1) * dilation + 1;
}

export const noPads: Pads = { top: 0, left: 0, bottom: 0, right: 0 };

/** Pads as what is taken away and what is added, each in positive numbers and absent if there is none. */
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

function samePads(a: Pads, b: Pads): boolean {
  return a.top === b.top && a.left === b.left && a.bottom === b.bottom && a.right === b.right;
}

/** Which of TensorFlow's rules gives the pads of a window over `height` x `width`; undefined if none does. */
export function namedPadding(window: Window, height: number, width: number): 'valid' | 'same' | undefined {
  const { kernel, stride, dilation, pads } = window;
  if (samePads(pads, noPads)) return 'valid';
  return samePads(pads, padsFor('same', kernel, stride, dilation, height, width)) ? 'same' : undefined;
}

/** The parameters that all windows have. */
export const windowParams = {
  kernel: int('Size of the window, in pixels.', [1, opLimits.kernel]),
  padding: padding('same, symmetric, valid, or a number of pixels.', { convention: 'padding' }),
};

/** The stride of a pool. */
export const poolStride: Param<number | undefined> = {
  ...int('Step of the window.', [1, opLimits.pixels]),
  otherwise: { value: undefined, text: 'the kernel' },
};

/** A window over an input of `height` x `width`, with the pads of that size. */
export function windowOver(
  [, height = 1, width = 1]: readonly number[],
  {
    kernel,
    stride,
    dilation = 1,
    padding,
  }: Omit<Window, 'pads' | 'dilation'> & { dilation?: number; padding: Padding },
): Window {
  return { kernel, stride, dilation, pads: padsFor(padding, kernel, stride, dilation, height, width) };
}

/** The shape that a window leaves of a map. */
export function windowShape(window: Window, map: readonly [number, number, number], channels = map[0]): Inferred {
  const [, height, width] = map;
  const extent = extentOf(window);
  const out = (size: number, before: number, after: number) =>
    Math.floor((size + before + after - extent) / window.stride) + 1;
  const { top, left, bottom, right } = window.pads;
  const [h, w] = [out(height, top, bottom), out(width, left, right)];
  if (h < 1 || w < 1) return { error: 'output-vanishes', shape: [channels, height, width], kernel: window.kernel };
  return [[channels, h, w]];
}

/**
 * The rows of the input that one row of the output reads, `rows` of them from `before` rows above on, moving by `stride`;
 * or that a row reads the same `row`, or `all` of them.
 */
export type Field = 'row' | 'all' | { readonly rows: number; readonly stride: number; readonly before: number };

/** What a position of an op with a window reads. */
export function windowField({ window }: { readonly window: Window }): Field {
  return {
    rows: extentOf(window),
    stride: window.stride,
    before: window.pads.top,
  };
}

/**
 * The pads of a window over an input of `height` x `width`.
 * `same` is TensorFlow's: ceil(size / stride) outputs, the odd pixel at the bottom and right.
 * `symmetric` is the usual padding of PyTorch models: half of the kernel on each side.
 */
export function padsFor(
  padding: Padding,
  kernel: number,
  stride: number,
  dilation: number,
  height: number,
  width: number,
): Pads {
  const extent = extentOf({ kernel, dilation });
  if (padding === 'same') {
    const total = (size: number) => Math.max((Math.ceil(size / stride) - 1) * stride + extent - size, 0);
    const [v, h] = [total(height), total(width)];
    const [top, left] = [Math.floor(v / 2), Math.floor(h / 2)];
    return { top, left, bottom: v - top, right: h - left };
  }
  const p = padding === 'valid' ? 0 : padding === 'symmetric' ? Math.floor((extent - 1) / 2) : padding;
  return { top: p, left: p, bottom: p, right: p };
}
