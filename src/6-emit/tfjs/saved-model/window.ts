import { namedPadding, negated, noPads, type Pads, padSteps, type Window } from '../../../ops/window.ts';
import { type Attributes, int32, type TensorName } from '../node-def/node-def.ts';
import { add, type NodeContext, slice } from './context.ts';

/** A window that begins inside its input: what is cropped first, and the window over the rest. */
export interface WindowCut {
  readonly window: Window;
  /** The logical sizes of what is left, `[C, H, W]`. */
  readonly dims: readonly number[];
  /** The rest of the input. */
  cut(x: TensorName): TensorName;
  /** Zeros for what was cropped, around the gradient of the rest. */
  uncut(dx: TensorName): TensorName;
}

/** Kernels take no negative pads. */
export function cutOff(c: NodeContext, window: Window, dims: readonly number[]): WindowCut {
  const { crop = noPads, pad = noPads } = padSteps(window.pads);
  const [channels = 1, height = 1, width = 1] = dims;
  return {
    window: { ...window, pads: pad },
    dims: [channels, height - crop.top - crop.bottom, width - crop.left - crop.right],
    cut: (x) => padSpace(c, x, negated(crop), dims),
    uncut: (dx) => padSpace(c, dx, crop, dims),
  };
}

/** Zeros around `[N, H, W, C]` of the logical sizes; negative takes away. */
export function padSpace(c: NodeContext, x: TensorName, pads: Pads, dims: readonly number[]): TensorName {
  const { crop, pad } = padSteps(pads);
  const [, height = 1, width = 1] = dims;
  let result = x;
  if (crop) {
    const size = [-1, height - crop.top - crop.bottom, width - crop.left - crop.right, -1];
    result = slice(c, result, [0, crop.top, crop.left, 0], size);
  }
  if (pad) {
    const values = [0, 0, pad.top, pad.bottom, pad.left, pad.right, 0, 0];
    const paddings = c.b.constant({ dtype: 'DT_INT32', shape: [4, 2], values });
    result = add(c, 'Pad', [result, paddings], { Tpaddings: int32 });
  }
  return result;
}

/** `strides`, `padding` and the like, for an input of logical sizes `[C, H, W]`. */
export function windowAttributes(window: Window, [, height = 0, width = 0]: readonly number[]): Attributes {
  const { stride, pads } = window;
  const { top, left, bottom, right } = pads;
  const attr = { strides: { ints: [1, ...stride, 1] } };
  const named = namedPadding(window, height, width);
  if (named) return { ...attr, padding: { text: named.toUpperCase() } };
  return {
    ...attr,
    padding: { text: 'EXPLICIT' },
    explicit_paddings: { ints: [0, 0, top, bottom, left, right, 0, 0] },
  };
}
