/** How a map takes another size. */
export const interpolationNames = ['nearest', 'bilinear'] as const;
export type Interpolation = (typeof interpolationNames)[number];

/** How a picture takes the size of an input, with antialiasing. */
export const pictureInterpolations = ['bicubic', 'bilinear'] as const;
export type PictureInterpolation = (typeof pictureInterpolations)[number];

/** How a map is resized: `area` is the mean of the pixels that a pixel of the result covers, as in adaptive pools. */
export type Resampling = Interpolation | 'area';

/** How many rows or columns a map has, and how many it gets. */
export interface Resizing {
  readonly from: number;
  readonly to: number;
}

/** The composition of one row of the output: rows of the input, and the share of each. */
type Sources = readonly (readonly [index: number, share: number])[];

/**
 * The rule of PyTorch's `interpolate` and of TensorFlow's `resize` without antialiasing, along one axis. `nearest` reads the
 * row floor(i from / to); `bilinear` places pixels by their centres (`align_corners=False`), between the rows around (i +
 * 0.5) from / to - 0.5, the outermost extending beyond the border; `area` takes the rows from floor(i from / to) to ceil((i
 * + 1) from / to), as PyTorch's `adaptive_avg_pool2d`.
 */
function sourcesOf(mode: Resampling, { from, to }: Resizing, i: number): Sources {
  // in whole numbers, where a product with a rounded quotient would miss the row before an exact one
  if (mode === 'nearest') return [[Math.floor((i * from) / to), 1]];
  if (mode === 'area') {
    const [start, end] = [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)];
    return Array.from({ length: end - start }, (_, k) => [start + k, 1 / (end - start)] as const);
  }
  const place = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
  const before = Math.min(Math.floor(place), Math.max(from - 2, 0));
  const share = place - before;
  return share === 0
    ? [[before, 1]]
    : [
        [before, 1 - share],
        [before + 1, share],
      ];
}

/** The row of the input for each row of the output, by `nearest`. */
export function nearestRows(axis: Resizing): number[] {
  return Array.from({ length: axis.to }, (_, i) => sourcesOf('nearest', axis, i)[0]?.[0] ?? 0);
}

/** The shares of the input's rows in those of the output, `[to, from]`: resizing is a product with it. */
export function interpolationMatrix(mode: Resampling, axis: Resizing): Float32Array {
  const matrix = new Float32Array(axis.to * axis.from);
  for (let i = 0; i < axis.to; i++) {
    for (const [row, share] of sourcesOf(mode, axis, i)) matrix[i * axis.from + row] = share;
  }
  return matrix;
}

/** The same with the axes exchanged, `[from, to]`: what takes gradients back. */
export function transposedInterpolation(mode: Resampling, axis: Resizing): Float32Array {
  const { from, to } = axis;
  const matrix = new Float32Array(from * to);
  for (let i = 0; i < to; i++) {
    for (const [row, share] of sourcesOf(mode, axis, i)) matrix[row * to + i] = share;
  }
  return matrix;
}

/** How often an axis repeats each row where that is a whole number; undefined otherwise. */
export function wholeFactor({ from, to }: Resizing): number | undefined {
  return to % from === 0 ? to / from : undefined;
}

/**
 * Whether `from / to` is a fraction over a power of two. Then a runtime that multiplies a row's number by it in single
 * precision finds the right row for `nearest`; otherwise it may round to the one before.
 */
export function isDyadic({ from, to }: Resizing): boolean {
  const denominator = to / gcd(from, to);
  return (denominator & (denominator - 1)) === 0;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
