import { namedPadding, type Pads, padSteps, type Window } from '../../ops/window.ts';
import type { TensorValue } from './node-def/node-def.ts';

/** How TensorFlow writes a window's pads: by a rule of its own, or by explicit steps before a window without any. */
export interface WindowForm {
  readonly padding: 'same' | 'valid';
  /** What is taken away before; absent if nothing is. Positive numbers. */
  readonly crop?: Pads;
  /** What is added before; absent if nothing is. */
  readonly pad?: Pads;
}

/** The form of a window over an input of `height` x `width`. The rule `same` is taken wherever it gives the same pads. */
export function windowForm(window: Window, height: number, width: number): WindowForm {
  const padding = namedPadding(window, height, width);
  return padding ? { padding } : { padding: 'valid', ...padSteps(window.pads) };
}

/** The distance between a window's taps: one tap has no distance, whatever the spec states. */
export function dilationOf({ kernel, dilation }: Window): number {
  return kernel === 1 ? 1 : dilation;
}

/**
 * What turns the mean of an average pool with zeros counted into the mean without them: for each window its size over how many
 * of its pixels are the input's, `[1, H, W, 1]`.
 */
export function countCorrection({ kernel, stride, pads }: Window, height: number, width: number): TensorValue {
  const counts = (size: number, before: number, after: number) => {
    const outputs = Math.floor((size + before + after - kernel) / stride) + 1;
    return Array.from({ length: outputs }, (_, i) => {
      const begin = i * stride - before;
      return Math.min(begin + kernel, size + Math.min(after, 0)) - Math.max(begin, -Math.min(before, 0), 0);
    });
  };
  const [rows, columns] = [counts(height, pads.top, pads.bottom), counts(width, pads.left, pads.right)];
  // A window that lies outside has the mean of nothing: zero over zero would not be a number.
  const values = rows.flatMap((row) => columns.map((column) => (kernel * kernel) / Math.max(row * column, 1)));
  return { dtype: 'DT_FLOAT', shape: [1, rows.length, columns.length, 1], values };
}
