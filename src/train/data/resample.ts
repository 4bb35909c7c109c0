import type { Interpolation } from '../../4-scale/preprocessing.ts';
import type { Framing } from '../augment/crops.ts';
import type { Pixels } from './types.ts';

/** What each position of a resized axis is made of: the weights of the source values from `starts` on, in `unit`s. */
interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `most` for each position. */
  readonly weights: Int32Array;
  readonly most: number;
}

/** Pillow's precision for 8 bits: 22 bits leave room for the values and for weights outside of 0 to 1. */
const bits = 22;
const half = 1 << (bits - 1);

/**
 * Resizes a part of a picture with antialiasing, and keeps a window of the result: byte for byte what Python's Pillow gives. A kernel
 * (the bicubic one with a = -1/2), widened where the picture shrinks, is applied along rows, then along columns, with weights in
 * fixed point and 8 bits in between. Only what the window needs is computed.
 * @param size of the window.
 */
export function resample(
  image: Pixels,
  framing: Framing,
  [width, height]: readonly [width: number, height: number],
  interpolation: Interpolation = 'bicubic',
): Pixels {
  const { from } = framing;
  const across = tapsOf(from.width, framing.width, framing.left, width, interpolation);
  const down = tapsOf(from.height, framing.height, framing.top, height, interpolation);
  const first = down.starts[0] as number;
  const end = Math.max(...down.starts.map((start, y) => start + (down.counts[y] as number)));
  const rows = { first: from.top + first, count: end - first };
  const wide =
    image.channels === 3 ? colourRows(image, from.left, rows, across) : grayRows(image, from.left, rows, across);
  return { width, height, channels: image.channels, data: columns(wide, width * image.channels, first, down) };
}

/** The rows that are needed, each resized. */
interface Rows {
  readonly first: number;
  readonly count: number;
}

function colourRows(image: Pixels, left: number, { first, count }: Rows, taps: Taps): Uint8Array {
  const { data } = image;
  const { starts, counts, weights, most } = taps;
  const width = starts.length;
  const wide = new Uint8Array(width * count * 3);
  for (let y = 0, to = 0; y < count; y++) {
    const row = (first + y) * image.width + left;
    for (let x = 0; x < width; x++, to += 3) {
      let [r, g, b] = [half, half, half];
      let at = (row + (starts[x] as number)) * 3;
      const end = x * most + (counts[x] as number);
      for (let k = x * most; k < end; k++, at += 3) {
        const weight = weights[k] as number;
        r = (r + Math.imul(weight, data[at] as number)) | 0;
        g = (g + Math.imul(weight, data[at + 1] as number)) | 0;
        b = (b + Math.imul(weight, data[at + 2] as number)) | 0;
      }
      wide[to] = clamped(r);
      wide[to + 1] = clamped(g);
      wide[to + 2] = clamped(b);
    }
  }
  return wide;
}

function grayRows(image: Pixels, left: number, { first, count }: Rows, taps: Taps): Uint8Array {
  const { data } = image;
  const { starts, counts, weights, most } = taps;
  const width = starts.length;
  const wide = new Uint8Array(width * count);
  for (let y = 0, to = 0; y < count; y++) {
    const row = (first + y) * image.width + left;
    for (let x = 0; x < width; x++, to++) {
      let sum = half;
      let at = row + (starts[x] as number);
      const end = x * most + (counts[x] as number);
      for (let k = x * most; k < end; k++, at++) sum = (sum + Math.imul(weights[k] as number, data[at] as number)) | 0;
      wide[to] = clamped(sum);
    }
  }
  return wide;
}

/** @param first the source row that `wide` begins with. */
function columns(wide: Uint8Array, row: number, first: number, { starts, counts, weights, most }: Taps): Uint8Array {
  const height = starts.length;
  const data = new Uint8Array(row * height);
  const sums = new Int32Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let k = 0; k < (counts[y] as number); k++) {
      const weight = weights[y * most + k] as number;
      const from = ((starts[y] as number) - first + k) * row;
      for (let i = 0; i < row; i++) sums[i] = ((sums[i] as number) + Math.imul(weight, wide[from + i] as number)) | 0;
    }
    for (let i = 0; i < row; i++) data[y * row + i] = clamped(sums[i] as number);
  }
  return data;
}

function clamped(sum: number): number {
  const value = sum >> bits;
  return Math.min(Math.max(value, 0), 255);
}

/** The taps of `count` positions from `first` on, of an axis that is resized from one length to another. */
function tapsOf(from: number, to: number, first: number, count: number, interpolation: Interpolation): Taps {
  const { radius, at } = kernels[interpolation];
  const scale = from / to;
  const widening = Math.max(1, scale);
  const support = radius * widening;
  const most = 2 * Math.ceil(support) + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * most);
  const shares = new Float64Array(most);
  for (let i = 0; i < count; i++) {
    const centre = (first + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const share = at((k + start - centre + 0.5) * (1 / widening));
      shares[k] = share;
      sum += share;
    }
    for (let k = 0; k < taps; k++) {
      const share = ((shares[k] as number) / sum) * (1 << bits);
      weights[i * most + k] = Math.trunc(share < 0 ? share - 0.5 : share + 0.5);
    }
    starts[i] = start;
    counts[i] = taps;
  }
  return { starts, counts, weights, most };
}

/** How far a kernel reaches, and its weights. */
const kernels = {
  bicubic: { radius: 2, at: cubic },
  bilinear: { radius: 1, at: (x: number) => Math.max(0, 1 - Math.abs(x)) },
} as const;

/** Keys' kernel (1981) with a = -1/2. */
function cubic(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * -0.5 : 0;
}
