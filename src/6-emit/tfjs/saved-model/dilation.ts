import { both, type Pair } from '../../../ops/pair.ts';
import { dilationOf, isDense, noPads, type Window, windowsOver } from '../../../ops/window.ts';
import { int32, type TensorName } from '../node-def/node-def.ts';
import { add, type NodeContext, slice } from './context.ts';

/**
 * Splits a map into one for each phase of its rows and columns: in each of these the taps of a dilated window are neighbours
 * (atrous convolution, Chen et al. 2018). Phases are in the batch.
 */
export interface Phases {
  /** The window over one phase: without gaps and pads. */
  readonly window: Window;
  /** Height and width of a phase of the input. */
  readonly size: Pair;
  /** How many there are. */
  readonly count: number;
  splitInput(x: TensorName): TensorName;
  joinInput(parts: TensorName): TensorName;
  splitOutput(y: TensorName): TensorName;
  joinOutput(parts: TensorName): TensorName;
}

/**
 * The phases of a dilated window; undefined without dilation, or with a stride.
 * @param window without negative pads.
 * @param size height and width of its input.
 */
export function phasesOf(c: NodeContext, window: Window, size: Pair): Phases | undefined {
  if (isDense(window) || window.stride.some((n) => n !== 1)) return undefined;
  const { kernel, pads } = window;
  const dilation = dilationOf(window);
  const output = windowsOver(window, size);
  // the output up to whole phases, and what of the input that takes
  const perPhase = both((axis) => Math.ceil(output[axis] / dilation[axis]));
  const inputPhase = both((axis) => perPhase[axis] + kernel[axis] - 1);
  const before: Pair = [pads.top, pads.left];
  const after = both((axis) => inputPhase[axis] * dilation[axis] - before[axis] - size[axis]);
  const rest = both((axis) => perPhase[axis] * dilation[axis] - output[axis]);
  const move = (op: 'SpaceToBatchND' | 'BatchToSpaceND', x: TensorName, [top, left]: Pair, [bottom, right]: Pair) => {
    const edges = c.b.constant({ dtype: 'DT_INT32', shape: [2, 2], values: [top, bottom, left, right] });
    const attr = { Tblock_shape: int32, [op === 'SpaceToBatchND' ? 'Tpaddings' : 'Tcrops']: int32 };
    return add(c, op, [x, c.b.integers(dilation), edges], attr);
  };
  const none: Pair = [0, 0];
  return {
    window: { kernel, stride: [1, 1], dilation: [1, 1], pads: noPads },
    size: inputPhase,
    count: dilation[0] * dilation[1],
    splitInput: (x) => move('SpaceToBatchND', x, before, after),
    joinInput: (parts) => move('BatchToSpaceND', parts, before, after),
    splitOutput: (y) => move('SpaceToBatchND', y, none, rest),
    joinOutput: (parts) => move('BatchToSpaceND', parts, none, rest),
  };
}

/** The taps of a window that see a pixel at some position: the others see only zeros, as with a dilation wider than the map. */
export interface SeenTaps {
  readonly window: Window;
  /** A weight as it is held, `[rows, columns, ...]`, without the other taps. */
  cut(weight: TensorName): TensorName;
  /** Zeros for the other taps, around the gradient of such a weight. */
  uncut(gradient: TensorName): TensorName;
}

/** @returns undefined if all taps see pixels. @param size height and width of the input */
export function tapsThatSee(c: NodeContext, window: Window, size: Pair): SeenTaps | undefined {
  const { kernel, pads } = window;
  const dilation = dilationOf(window);
  const output = windowsOver(window, size);
  const before: Pair = [pads.top, pads.left];
  const sees = (axis: 0 | 1, tap: number) => {
    const start = tap * dilation[axis] - before[axis];
    return start < size[axis] && start + (output[axis] - 1) * window.stride[axis] >= 0;
  };
  const taps = ([0, 1] as const).map((axis) =>
    Array.from({ length: kernel[axis] }, (_, i) => i).filter((i) => sees(axis, i)),
  );
  const first = both((axis) => taps[axis]?.[0] ?? 0);
  const count = both((axis) => taps[axis]?.length ?? 0);
  if (count[0] * count[1] === 0 || (count[0] === kernel[0] && count[1] === kernel[1])) return undefined;
  const skipped = both((axis) => first[axis] * dilation[axis]);
  const rest = both((axis) => (kernel[axis] - first[axis] - count[axis]) * dilation[axis]);
  const { top, left, bottom, right } = pads;
  const edges = { top: top - skipped[0], left: left - skipped[1], bottom: bottom - rest[0], right: right - rest[1] };
  return {
    window: { ...window, kernel: count, pads: edges },
    cut: (weight) => slice(c, weight, [...first, 0, 0], [...count, -1, -1]),
    uncut(gradient) {
      const after = both((axis) => kernel[axis] - first[axis] - count[axis]);
      const values = [first[0], after[0], first[1], after[1], 0, 0, 0, 0];
      const paddings = c.b.constant({ dtype: 'DT_INT32', shape: [4, 2], values });
      return add(c, 'Pad', [gradient, paddings], { Tpaddings: int32 });
    },
  };
}
