import { nextInt32, nextUnit, type RandomState } from '../../weights/random.ts';
import { fillGray, type Image } from './image.ts';

/** Mirrors the image left to right. */
export function flip({ width, height, channels, data }: Image): void {
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    for (let left = y * row, right = (y + 1) * row - channels; left < right; left += channels, right -= channels) {
      for (let c = 0; c < channels; c++) {
        const value = data[left + c] as number;
        data[left + c] = data[right + c] as number;
        data[right + c] = value;
      }
    }
  }
}

/**
 * Grays out a square around a random point (DeVries & Taylor 2017), clipped to the image.
 * @param reach from the point to each side, in pixels.
 */
export function cutout(image: Image, reach: number, state: RandomState): void {
  const { width, height } = image;
  const x = Math.floor(nextUnit(state) * width);
  const y = Math.floor(nextUnit(state) * height);
  const [left, top] = [Math.max(0, x - reach), Math.max(0, y - reach)];
  fillRows(image, left, top, Math.min(width, x + reach) - left, Math.min(height, y + reach) - top, (data, from, to) => {
    data.fill(fillGray, from, to);
  });
}

/**
 * Puts noise into a random rectangle (Zhong et al. 2017): 2 % to 33 % of the area, 0.3 to 3.3 times as high as wide, each value
 * drawn uniformly. Where ten draws do not fit, nothing is erased.
 */
export function erase(image: Image, state: RandomState): void {
  const { width, height } = image;
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = (0.02 + 0.31 * nextUnit(state)) * width * height;
    const ratio = Math.exp(Math.log(0.3) + nextUnit(state) * (Math.log(3.3) - Math.log(0.3)));
    const h = Math.round(Math.sqrt(area * ratio));
    const w = Math.round(Math.sqrt(area / ratio));
    if (h < 1 || w < 1 || h > height || w > width) continue;
    const left = Math.floor(nextUnit(state) * (width - w + 1));
    const top = Math.floor(nextUnit(state) * (height - h + 1));
    fillRows(image, left, top, w, h, (data, from, to) => {
      for (let i = from; i < to; i++) data[i] = nextInt32(state) & 255;
    });
    return;
  }
}

/** Moves the image by whole pixels, to the right and down; what comes in is black. */
export function shift(image: Image, right: number, down: number): void {
  const { width, height, channels, data } = image;
  const out = new Uint8Array(data.length);
  const row = width * channels;
  const length = (width - Math.abs(right)) * channels;
  if (length > 0) {
    for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
      const from = (y - down) * row + Math.max(0, -right) * channels;
      out.set(data.subarray(from, from + length), y * row + Math.max(0, right) * channels);
    }
  }
  image.data = out;
}

function fillRows(
  { width: imageWidth, channels, data }: Image,
  left: number,
  top: number,
  width: number,
  height: number,
  fill: (data: Uint8Array, from: number, to: number) => void,
): void {
  for (let y = top; y < top + height; y++) {
    const from = (y * imageWidth + left) * channels;
    fill(data, from, from + width * channels);
  }
}
