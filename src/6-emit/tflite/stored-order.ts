import type { StoredNumbers } from './model.ts';

/**
 * Rows of `[channels, pixels]` as rows of `[pixels, channels]`: how TensorFlow Lite orders tensors with channels last. In a
 * convolution's weight each filter is a row; a depthwise weight and a map are one row each; in the weight of a linear layer
 * that reads a map each output is a row.
 */
export function channelsLast<T extends StoredNumbers>(values: T, rows: number, channels: number): T {
  const pixels = values.length / (rows * channels);
  if (pixels === 1 || channels === 1) return values;
  const out = values.slice() as T;
  const size = channels * pixels;
  for (let row = 0; row < rows; row++) {
    const begin = row * size;
    for (let channel = 0; channel < channels; channel++) {
      const from = begin + channel * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        out[begin + pixel * channels + channel] = values[from + pixel] as number;
      }
    }
  }
  return out;
}
