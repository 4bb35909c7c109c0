import type { Image } from './image.ts';

// Operations that map each value through a table, as Python's Pillow defines them (ImageOps): the reference code's
// TensorFlow versions state that they follow it.

/** Light to dark. */
export function invert(image: Image): void {
  lookUp(image, 0, 1, (v) => 255 - v);
}

/** Keeps the `bits` upper bits of each value, 0 to 8. */
export function posterize(image: Image, bits: number): void {
  const mask = 256 - 2 ** (8 - bits);
  lookUp(image, 0, 1, (v) => v & mask);
}

/** Inverts values from `threshold` on. */
export function solarize(image: Image, threshold: number): void {
  lookUp(image, 0, 1, (v) => (v < threshold ? v : 255 - v));
}

/** Adds to values below 128, up to white. */
export function solarizeAdd(image: Image, addition: number): void {
  lookUp(image, 0, 1, (v) => (v < 128 ? Math.min(v + addition, 255) : v));
}

/** Stretches each channel so that its darkest value becomes 0, its lightest 255. */
export function autoContrast(image: Image): void {
  for (let channel = 0; channel < image.channels; channel++) {
    const counts = histogram(image, channel);
    const low = counts.findIndex((n) => n > 0);
    const high = counts.findLastIndex((n) => n > 0);
    if (high <= low) continue;
    const scale = 255 / (high - low);
    const offset = -low * scale;
    const stretched = (v: number) => Math.max(0, Math.min(255, Math.trunc(v * scale + offset)));
    lookUp(image, channel, image.channels, stretched);
  }
}

/** Spreads each channel's values so that all are about equally frequent. */
export function equalize(image: Image): void {
  for (let channel = 0; channel < image.channels; channel++) {
    const counts = histogram(image, channel);
    const last = counts.findLast((n) => n > 0) ?? 0;
    const step = Math.floor((image.width * image.height - last) / 255);
    if (step === 0) continue;
    let sum = step >> 1;
    lookUp(image, channel, image.channels, (v) => {
      const value = Math.min(255, Math.floor(sum / step));
      sum += counts[v] as number;
      return value;
    });
  }
}

/** Replaces every `step`-th value from `first` on. @param map called once for each possible value, from 0 on. */
function lookUp({ data }: Image, first: number, step: number, map: (value: number) => number): void {
  const table = Uint8Array.from({ length: 256 }, (_, value) => map(value));
  for (let i = first; i < data.length; i += step) data[i] = table[data[i] as number] as number;
}

function histogram({ data, channels }: Image, channel: number): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = channel; i < data.length; i += channels) counts[data[i] as number]!++;
  return counts;
}
