import type { Pads, Window } from '../../../ops/window.ts';
import { type Attributes, int32, type TensorName } from '../node-def/node-def.ts';
import { add, type NodeContext, slice } from './context.ts';

/** A window that begins inside its input: what is cut off first, and the window over what is left. */
export interface Cut {
  readonly window: Window;
  /** The logical sizes of what is left, `[C, H, W]`. */
  readonly dims: readonly number[];
  /** What of the input is left. */
  cut(x: TensorName): TensorName;
  /** Zeros for what was cut off, around the gradient of what is left. */
  uncut(dx: TensorName): TensorName;
}

/** Kernels take no negative pads. */
export function cutOff(c: NodeContext, window: Window, dims: readonly number[]): Cut {
  const { top, left, bottom, right } = window.pads;
  const less: Pads = {
    top: Math.min(top, 0),
    left: Math.min(left, 0),
    bottom: Math.min(bottom, 0),
    right: Math.min(right, 0),
  };
  const more: Pads = {
    top: top - less.top,
    left: left - less.left,
    bottom: bottom - less.bottom,
    right: right - less.right,
  };
  const [channels = 1, height = 1, width = 1] = dims;
  return {
    window: { ...window, pads: more },
    dims: [channels, height + less.top + less.bottom, width + less.left + less.right],
    cut: (x) => padSpace(c, x, less, dims),
    uncut: (dx) =>
      padSpace(c, dx, { top: -less.top, left: -less.left, bottom: -less.bottom, right: -less.right }, dims),
  };
}

/** Zeros around `[N, H, W, C]` of the logical sizes; negative takes away. */
export function padSpace(c: NodeContext, x: TensorName, pads: Pads, dims: readonly number[]): TensorName {
  const { top, left, bottom, right } = pads;
  const [, height = 1, width = 1] = dims;
  const less = (n: number) => Math.max(-n, 0);
  const more = (n: number) => Math.max(n, 0);
  let result = x;
  if (Math.min(top, left, bottom, right) < 0) {
    const size = [-1, height - less(top) - less(bottom), width - less(left) - less(right), -1];
    result = slice(c, result, [0, less(top), less(left), 0], size);
  }
  if (Math.max(top, left, bottom, right) > 0) {
    const values = [0, 0, more(top), more(bottom), more(left), more(right), 0, 0];
    const paddings = c.b.constant({ dtype: 'DT_INT32', shape: [4, 2], values });
    result = add(c, 'Pad', [result, paddings], { Tpaddings: int32 });
  }
  return result;
}

/** `strides`, `padding` and the like, for an input of logical sizes `[C, H, W]`. */
export function windowAttributes({ kernel, stride, dilation, pads }: Window, input: readonly number[]): Attributes {
  const extent = (kernel - 1) * dilation + 1;
  const { top, left, bottom, right } = pads;
  const attr = { strides: { ints: [1, stride, stride, 1] } };
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return { ...attr, padding: { text: 'VALID' } };
  const [, height = 0, width = 0] = input;
  const [v, h] = [samePads(height, extent, stride), samePads(width, extent, stride)];
  const isSame = v.before === top && v.after === bottom && h.before === left && h.after === right;
  if (isSame) return { ...attr, padding: { text: 'SAME' } };
  return {
    ...attr,
    padding: { text: 'EXPLICIT' },
    explicit_paddings: { ints: [0, 0, top, bottom, left, right, 0, 0] },
  };
}

/** The pads of TensorFlow's SAME (tensorflow/core/framework/kernel_shape_util.cc): the odd one stands behind. */
function samePads(size: number, extent: number, stride: number): { before: number; after: number } {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + extent - size, 0);
  const before = Math.floor(total / 2);
  return { before, after: total - before };
}
