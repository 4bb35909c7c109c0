import type { Image } from './image.ts';

// Blends of an image with a lesser version of itself, as Python's Pillow defines them (ImageEnhance). A factor of 1 gives the
// image, 0 the lesser version; above 1 the difference is exaggerated.

/** Against its gray version. Gray images stay as they are. */
export function color(image: Image, factor: number): void {
  if (image.channels === 1) return;
  const { data } = image;
  for (let i = 0; i < data.length; i += 3) {
    const gray = luma(data[i] as number, data[i + 1] as number, data[i + 2] as number);
    for (let c = i; c < i + 3; c++) data[c] = blend(gray, data[c] as number, factor);
  }
}

/** Against a uniform gray of the image's mean brightness. */
export function contrast(image: Image, factor: number): void {
  const { data, channels } = image;
  let sum = 0;
  for (let i = 0; i < data.length; i += channels) {
    sum += channels === 1 ? (data[i] as number) : luma(data[i] as number, data[i + 1] as number, data[i + 2] as number);
  }
  const mean = Math.floor(sum / (data.length / channels) + 0.5);
  for (let i = 0; i < data.length; i++) data[i] = blend(mean, data[i] as number, factor);
}

/** Against black. */
export function brightness({ data }: Image, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] = blend(0, data[i] as number, factor);
}

/** Against a smoothed version: weights 1 around 5 over 13, the border left as it is. */
export function sharpness(image: Image, factor: number): void {
  const { width, height, channels, data } = image;
  const out = data.slice();
  const row = width * channels;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * row + channels; i < (y + 1) * row - channels; i++) {
      let sum = 4 * (data[i] as number);
      for (let from = i - row; from <= i + row; from += row) {
        sum += (data[from - channels] as number) + (data[from] as number) + (data[from + channels] as number);
      }
      out[i] = blend(Math.floor(sum / 13 + 0.5), data[i] as number, factor);
    }
  }
  image.data = out;
}

/** The brightness of a colour in Pillow's fixed point (ITU-R BT.601). */
function luma(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

/** In single precision, as in Pillow: 1.36 times 25 is 34, not slightly less. */
function blend(from: number, to: number, factor: number): number {
  const value = Math.fround(from + Math.fround(Math.fround(factor) * (to - from)));
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value);
}
