import { both } from '../ops/pair.ts';
import { namedPadding, type Pads, padSteps, tapsOf, type Window, windowsOver } from '../ops/window.ts';

/** How TensorFlow states a window's pads: by one of its rules, or by explicit steps before a window without pads. */
export interface WindowForm {
  readonly padding: 'same' | 'valid';
  /** What is cropped before; absent if nothing is. Positive numbers. */
  readonly crop?: Pads;
  /** What is added before; absent if nothing is. */
  readonly pad?: Pads;
}

/** The form of a window over an input of `height` x `width`. The rule `same` is used wherever it gives the same pads. */
export function windowForm(window: Window, height: number, width: number): WindowForm {
  const padding = namedPadding(window, height, width);
  return padding ? { padding } : { padding: 'valid', ...padSteps(window.pads) };
}

/**
 * How Keras states the cropping of a transposed convolution's output: by one of its rules, or by a crop after one without
 * cropping; undefined where padding is added instead.
 */
export function transposedForm(window: Window): Omit<WindowForm, 'pad'> | undefined {
  const { kernel, stride, pads } = window;
  const isPads = (of: readonly [number, number, number, number]) =>
    of.every((n, i) => n === [pads.top, pads.left, pads.bottom, pads.right][i]);
  const [high, wide] = both((axis) => kernel[axis] - stride[axis]);
  const [top, left] = [Math.max(Math.floor(high / 2), 0), Math.max(Math.floor(wide / 2), 0)];
  if (isPads([top, left, high - top, wide - left])) return { padding: 'same' };
  if (isPads([0, 0, Math.min(high, 0), Math.min(wide, 0)])) return { padding: 'valid' };
  const isCrop = high >= 0 && wide >= 0 && Math.min(...Object.values(pads)) >= 0;
  return isCrop ? { padding: 'valid', crop: pads } : undefined;
}

/** Factors, row-major. */
export interface CountCorrection {
  readonly shape: readonly [1, number, number, 1];
  readonly values: readonly number[];
}

/**
 * The factors that turn an average pool's mean including zeros into the mean without them: for each window its size over the
 * number of its pixels inside the input, `[1, H, W, 1]`.
 */
export function countCorrection(window: Window, height: number, width: number): CountCorrection {
  const { kernel, stride, pads } = window;
  const outputs = windowsOver(window, [height, width]);
  const counts = (axis: 0 | 1, size: number, before: number, after: number) =>
    Array.from({ length: outputs[axis] }, (_, i) => {
      const begin = i * stride[axis] - before;
      return Math.min(begin + kernel[axis], size + Math.min(after, 0)) - Math.max(begin, -Math.min(before, 0), 0);
    });
  const [rows, columns] = [counts(0, height, pads.top, pads.bottom), counts(1, width, pads.left, pads.right)];
  // A window entirely outside has no mean: zero over zero would be NaN.
  const values = rows.flatMap((row) => columns.map((column) => tapsOf(window) / Math.max(row * column, 1)));
  return { shape: [1, rows.length, columns.length, 1], values };
}
