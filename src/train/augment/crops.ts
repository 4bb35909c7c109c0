import { defaultCropShare } from '../../5-graph/crop-share.ts';
import { nextUnit, type RandomState } from '../../weights/random.ts';
import { smallSide } from './recipe.ts';

/** In whole pixels. */
export interface CropRect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How a network's input is taken from a picture: a part of the picture is resized, and a window of the input's size is kept. */
export interface Framing {
  readonly from: CropRect;
  /** What the part is resized to. */
  readonly width: number;
  readonly height: number;
  /** Where the window begins. */
  readonly left: number;
  readonly top: number;
}

/**
 * A random rectangle for training (Szegedy et al. 2015): a uniform share of the area, a ratio of width to height that is
 * uniform in its logarithm; after ten tries the largest centred rectangle whose ratio is within bounds (as in torchvision).
 */
export function randomCrop(
  [width, height]: readonly [number, number],
  scale: readonly [number, number],
  ratio: readonly [number, number],
  state: RandomState,
): CropRect {
  const [low, high] = [Math.log(ratio[0]), Math.log(ratio[1])];
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = width * height * (scale[0] + nextUnit(state) * (scale[1] - scale[0]));
    const aspect = Math.exp(low + nextUnit(state) * (high - low));
    const w = Math.round(Math.sqrt(area * aspect));
    const h = Math.round(Math.sqrt(area / aspect));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    const left = Math.floor(nextUnit(state) * (width - w + 1));
    const top = Math.floor(nextUnit(state) * (height - h + 1));
    return { left, top, width: w, height: h };
  }
  const aspect = Math.min(ratio[1], Math.max(ratio[0], width / height));
  return middle(width, height, Math.min(width, height * aspect), Math.min(height, width / aspect));
}

/**
 * How evaluation takes the network's input from a picture, as timm and torchvision do it: resized as a whole, then cut out of the
 * centre. The shorter side becomes the input's, divided by `share` and rounded down. By default `defaultCropShare`; nothing is cut off a small picture.
 * @param target width and height of the network's input.
 */
export function evaluationFraming(
  [width, height]: readonly [number, number],
  target: readonly [number, number],
  share: number | undefined,
): Framing {
  const small = Math.max(width, height) <= smallSide;
  const kept = share ?? (small ? 1 : defaultCropShare(Math.min(...target)));
  const [wide, high] = target.map((side) => Math.floor(side / kept)) as [number, number];
  const from = { left: 0, top: 0, width, height };
  const resized = wide === high ? shorterSide(width, height, wide) : covering(width, height, wide, high);
  // timm's and torchvision's centre is rounded to the even number
  const left = roundToEven((resized.width - target[0]) / 2);
  const top = roundToEven((resized.height - target[1]) / 2);
  return { from, ...resized, left, top };
}

/** The whole picture, but for what the input's ratio cuts off. */
export function wholeFraming(size: readonly [number, number], target: readonly [number, number]): Framing {
  return evaluationFraming(size, target, 1);
}

/** A rectangle of a picture that becomes the network's input as it is. */
export function rectFraming(from: CropRect, [width, height]: readonly [number, number]): Framing {
  return { from, width, height, left: 0, top: 0 };
}

/** torchvision's `Resize(side)`: the longer side is rounded down. */
function shorterSide(width: number, height: number, side: number): { width: number; height: number } {
  if (width <= height) return { width: side, height: Math.floor((side * height) / width) };
  return { width: Math.floor((side * width) / height), height: side };
}

/** timm's `ResizeKeepRatio` for inputs that are not square: the smallest size of the picture's ratio that covers the given one. */
function covering(width: number, height: number, wide: number, high: number): { width: number; height: number } {
  const ratio = Math.min(width / wide, height / high);
  return { width: roundToEven(width / ratio), height: roundToEven(height / ratio) };
}

function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** The largest centred rectangle of that size, in whole pixels. */
function middle(width: number, height: number, cropWidth: number, cropHeight: number): CropRect {
  // a little is added, since 224 * (256 / 256) may come out as 223.999
  const w = Math.max(1, Math.min(width, Math.floor(cropWidth + 1e-6)));
  const h = Math.max(1, Math.min(height, Math.floor(cropHeight + 1e-6)));
  return { left: (width - w + 1) >> 1, top: (height - h + 1) >> 1, width: w, height: h };
}
