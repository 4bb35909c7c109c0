import { fillGray, type Image } from './image.ts';

/** a b c d e f: the pixel at (x, y) is taken from (a x + b y + c, d x + e y + f). */
type Affine = readonly [number, number, number, number, number, number];

/** Rotates the image around its centre, counter-clockwise. In degrees. */
export function rotate(image: Image, degrees: number): void {
  const angle = (-degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [image.width / 2, image.height / 2];
  warp(image, [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y]);
}

/** Moves each row by `share` of its distance from the top. */
export function shearX(image: Image, share: number): void {
  warp(image, [1, share, 0, 0, 1, 0]);
}

/** Moves each column by `share` of its distance from the left. */
export function shearY(image: Image, share: number): void {
  warp(image, [1, 0, 0, share, 1, 0]);
}

/** Moves the image to the left. In pixels. */
export function translateX(image: Image, pixels: number): void {
  warp(image, [1, 0, pixels, 0, 1, 0]);
}

/** Moves the image up. In pixels. */
export function translateY(image: Image, pixels: number): void {
  warp(image, [1, 0, 0, 0, 1, pixels]);
}

/**
 * Each pixel from its nearest source, gray where there is none. In fixed point with 16 fractional bits and from the
 * pixels' centres, as in Python's Pillow, so that the same pixels are chosen.
 */
function warp(image: Image, [a, b, c, d, e, f]: Affine): void {
  const { width, height, channels, data } = image;
  const out = new Uint8Array(data.length).fill(fillGray);
  const [ax, bx, ay, by] = [fixed(a), fixed(b), fixed(d), fixed(e)];
  let startX = fixed(c + a * 0.5 + b * 0.5);
  let startY = fixed(f + d * 0.5 + e * 0.5);
  for (let y = 0, to = 0; y < height; y++) {
    let fromX = startX;
    let fromY = startY;
    for (let x = 0; x < width; x++, to += channels) {
      const column = Math.floor(fromX / 65536);
      const row = Math.floor(fromY / 65536);
      if (column >= 0 && column < width && row >= 0 && row < height) {
        const from = (row * width + column) * channels;
        for (let k = 0; k < channels; k++) out[to + k] = data[from + k] as number;
      }
      fromX += ax;
      fromY += ay;
    }
    startX += bx;
    startY += by;
  }
  image.data = out;
}

const fixed = (value: number) => Math.floor(value * 65536 + 0.5);
