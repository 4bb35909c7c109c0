import type { Interpolation } from '../../4-scale/preprocessing.ts';
import type { Pixels } from './types.ts';

/** For each position of the result: where its source values start, and their weights, which sum to 1. */
interface Taps {
  readonly start: number;
  readonly weights: Float64Array;
}

/**
 * Resizes a small image with antialiasing as Python's Pillow does: a kernel (the bicubic one with a = -1/2), widened where the image
 * shrinks, first along rows, then along columns, 8 bits in between. Only for raw images, whose sets have tens of thousands: a call
 * into sharp takes far longer than this.
 */
export function resample(
  image: Pixels,
  width: number,
  height: number,
  interpolation: Interpolation = 'bicubic',
): Pixels {
  const { channels } = image;
  if (width === image.width && height === image.height) return image;
  const wide = new Uint8Array(width * image.height * channels);
  tapsOf(image.width, width, interpolation).forEach((taps, x) => {
    for (let y = 0; y < image.height; y++) {
      const from = (y * image.width + taps.start) * channels;
      for (let c = 0; c < channels; c++) {
        wide[(y * width + x) * channels + c] = weigh(image.data, from + c, channels, taps.weights);
      }
    }
  });
  const data = new Uint8Array(width * height * channels);
  const row = width * channels;
  tapsOf(image.height, height, interpolation).forEach((taps, y) => {
    for (let i = 0; i < row; i++) data[y * row + i] = weigh(wide, taps.start * row + i, row, taps.weights);
  });
  return { width, height, channels, data };
}

function weigh(values: Uint8Array, first: number, step: number, weights: Float64Array): number {
  let sum = 0.5;
  for (let i = 0, at = first; i < weights.length; i++, at += step) {
    sum += (values[at] as number) * (weights[i] as number);
  }
  return sum <= 0 ? 0 : sum >= 255 ? 255 : Math.floor(sum);
}

function tapsOf(from: number, to: number, interpolation: Interpolation): Taps[] {
  const { radius, at } = kernels[interpolation];
  const scale = from / to;
  const widening = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - radius * widening + 0.5));
    const end = Math.min(from, Math.floor(centre + radius * widening + 0.5));
    const weights = Float64Array.from({ length: end - start }, (_, k) => at((start + k + 0.5 - centre) / widening));
    const sum = weights.reduce((a, b) => a + b, 0);
    return { start, weights: weights.map((weight) => weight / sum) };
  });
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
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}
