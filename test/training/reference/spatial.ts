import type { StepOpOf } from '../../../src/ops/step-ops.ts';
import type { Pads, Window } from '../../../src/ops/window.ts';
import { type Doubles, dimsOf, zeros } from './tensor.ts';

/** Ops over height and width in their plainest form: the loops that the definitions are. */

/** What a window sees: calls back with each output's index and, for its places, the input's, -1 outside. */
function overWindows(
  { h, w }: { h: number; w: number },
  { kernel, stride, dilation, pads }: Window,
  visit: (out: { i: number; j: number; oh: number; ow: number }, place: number, at: number) => void,
): { oh: number; ow: number } {
  const [high, wide] = kernel;
  const out = (axis: 0 | 1, padded: number) =>
    Math.floor((padded - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis]) + 1;
  const oh = out(0, h + pads.top + pads.bottom);
  const ow = out(1, w + pads.left + pads.right);
  for (let i = 0; i < oh; i++)
    for (let j = 0; j < ow; j++)
      for (let place = 0; place < high * wide; place++) {
        const row = i * stride[0] - pads.top + Math.floor(place / wide) * dilation[0];
        const column = j * stride[1] - pads.left + (place % wide) * dilation[1];
        const inside = row >= 0 && row < h && column >= 0 && column < w && !cropped(row, column, h, w, pads);
        visit({ i, j, oh, ow }, place, inside ? row * w + column : -1);
      }
  return { oh, ow };
}

/** Negative pads take rows and columns away. */
function cropped(row: number, column: number, h: number, w: number, { top, left, bottom, right }: Pads): boolean {
  return row < -top || column < -left || row >= h + bottom || column >= w + right;
}

function outSize(x: Doubles, window: Window): { oh: number; ow: number } {
  return overWindows(dimsOf(x), window, () => {});
}

export function conv(x: Doubles, weight: Doubles, window: Window, groups: number): Doubles {
  const { n, c, h, w } = dimsOf(x);
  const [outs = 0, ins = 0] = weight.shape;
  const { oh, ow } = outSize(x, window);
  const y = zeros([n, outs, oh, ow]);
  const area = window.kernel[0] * window.kernel[1];
  for (let b = 0; b < n; b++)
    for (let o = 0; o < outs; o++) {
      const group = Math.floor(o / (outs / groups));
      for (let k = 0; k < ins; k++) {
        const from = (b * c + group * ins + k) * h * w;
        overWindows({ h, w }, window, ({ i, j }, place, at) => {
          if (at < 0) return;
          const index = ((b * outs + o) * oh + i) * ow + j;
          y.data[index] = num(y, index) + num(x, from + at) * num(weight, (o * ins + k) * area + place);
        });
      }
    }
  return y;
}

/** What `conv` turned round gives: each number of y adds the weight to what its window sees, of `shape` behind the batch. */
export function transposedConv(
  y: Doubles,
  weight: Doubles,
  { window, groups, shape }: Pick<StepOpOf<'convGradInput'>, 'window' | 'groups' | 'shape'>,
): Doubles {
  const [outs = 0, ins = 0] = weight.shape;
  const x = zeros([dimsOf(y).n, ...shape]);
  const { n, c, h, w } = dimsOf(x);
  const area = window.kernel[0] * window.kernel[1];
  for (let b = 0; b < n; b++)
    for (let o = 0; o < outs; o++)
      for (let k = 0; k < ins; k++) {
        const to = (b * c + Math.floor(o / (outs / groups)) * ins + k) * h * w;
        overWindows({ h, w }, window, ({ i, j, oh, ow }, place, at) => {
          if (at < 0) return;
          const share = num(y, ((b * outs + o) * oh + i) * ow + j) * num(weight, (o * ins + k) * area + place);
          x.data[to + at] = num(x, to + at) + share;
        });
      }
  return x;
}

export function maxPool(x: Doubles, window: Window): Doubles {
  return pooled(x, window, (values) => Math.max(...values));
}

export function avgPool(x: Doubles, window: Window, countPad: boolean): Doubles {
  const area = window.kernel[0] * window.kernel[1];
  return pooled(x, window, (values) => values.reduce((a, b) => a + b, 0) / (countPad ? area : values.length));
}

function pooled(x: Doubles, window: Window, reduce: (values: number[]) => number): Doubles {
  const { n, c, h, w } = dimsOf(x);
  const { oh, ow } = outSize(x, window);
  const y = zeros([n, c, oh, ow]);
  for (let plane = 0; plane < n * c; plane++) {
    const seen = Array.from({ length: oh * ow }, (): number[] => []);
    overWindows({ h, w }, window, ({ i, j }, _place, at) => {
      if (at >= 0) seen[i * ow + j]?.push(num(x, plane * h * w + at));
    });
    seen.forEach((values, i) => {
      y.data[plane * oh * ow + i] = reduce(values);
    });
  }
  return y;
}

export function sumSpace(x: Doubles, factor = 1): Doubles {
  const { n, c, h, w } = dimsOf(x);
  const y = zeros([n, c, 1, 1]);
  for (let i = 0; i < x.data.length; i++) {
    const plane = Math.floor(i / (h * w));
    y.data[plane] = num(y, plane) + num(x, i) * factor;
  }
  return y;
}

export function pad(x: Doubles, { top, left, bottom, right }: Pads): Doubles {
  const { n, c, h, w } = dimsOf(x);
  const [oh, ow] = [h + top + bottom, w + left + right];
  const y = zeros([n, c, oh, ow]);
  for (let plane = 0; plane < n * c; plane++)
    for (let i = 0; i < oh; i++)
      for (let j = 0; j < ow; j++) {
        const [row, column] = [i - top, j - left];
        const inside = row >= 0 && row < h && column >= 0 && column < w;
        y.data[(plane * oh + i) * ow + j] = inside ? num(x, (plane * h + row) * w + column) : 0;
      }
  return y;
}

/** Each number from those around its place, worked out by itself: no rows before columns. */
export function upsample(x: Doubles, { mode, rows, columns }: Omit<StepOpOf<'upsample'>, 'kind'>): Doubles {
  const { n, c, h, w } = dimsOf(x);
  const y = zeros([n, c, rows.to, columns.to]);
  const inside = (i: number, size: number) => Math.min(Math.max(i, 0), size - 1);
  for (let plane = 0; plane < n * c; plane++)
    for (let i = 0; i < rows.to; i++)
      for (let j = 0; j < columns.to; j++) {
        const at = (row: number, column: number) => num(x, (plane * h + inside(row, h)) * w + inside(column, w));
        const index = (plane * rows.to + i) * columns.to + j;
        if (mode === 'area') {
          const [top, left] = [Math.floor((i * h) / rows.to), Math.floor((j * w) / columns.to)];
          const [bottom, right] = [Math.ceil(((i + 1) * h) / rows.to), Math.ceil(((j + 1) * w) / columns.to)];
          let sum = 0;
          for (let r = top; r < bottom; r++) for (let k = left; k < right; k++) sum += at(r, k);
          y.data[index] = sum / ((bottom - top) * (right - left));
          continue;
        }
        if (mode === 'nearest') {
          y.data[index] = at(Math.floor((i * h) / rows.to), Math.floor((j * w) / columns.to));
          continue;
        }
        const row = Math.max(((i + 0.5) * h) / rows.to - 0.5, 0);
        const column = Math.max(((j + 0.5) * w) / columns.to - 0.5, 0);
        const [top, left] = [Math.floor(row), Math.floor(column)];
        const [down, right] = [row - top, column - left];
        y.data[index] =
          at(top, left) * (1 - down) * (1 - right) +
          at(top, left + 1) * (1 - down) * right +
          at(top + 1, left) * down * (1 - right) +
          at(top + 1, left + 1) * down * right;
      }
  return y;
}

function num(x: Doubles, index: number): number {
  return x.data[index] as number;
}
