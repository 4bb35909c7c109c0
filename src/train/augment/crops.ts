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
 * The rectangle of evaluation: centred, with the input's ratio, `share` of the largest that fits. By default `defaultCropShare`, but a picture never loses pixels that the network has room for, and a small one nothing.
 * @param target width and height of the network's input.
 */
export function evaluationCrop(
  [width, height]: readonly [number, number],
  target: readonly [number, number],
  share: number | undefined,
): CropRect {
  const whole = Math.min(width / target[0], height / target[1]);
  const small = whole <= 1 || Math.max(width, height) <= smallSide;
  const byDefault = small ? whole : Math.max(1, whole * defaultCropShare(Math.min(...target)));
  const scale = share === undefined ? byDefault : whole * share;
  return middle(width, height, target[0] * scale, target[1] * scale);
}

/** The largest centred rectangle with the input's ratio. */
export function wholeCrop(size: readonly [number, number], target: readonly [number, number]): CropRect {
  return evaluationCrop(size, target, 1);
}

function middle(width: number, height: number, cropWidth: number, cropHeight: number): CropRect {
  // a little is added, since 224 * (256 / 256) may come out as 223.999
  const w = Math.max(1, Math.min(width, Math.floor(cropWidth + 1e-6)));
  const h = Math.max(1, Math.min(height, Math.floor(cropHeight + 1e-6)));
  return { left: (width - w + 1) >> 1, top: (height - h + 1) >> 1, width: w, height: h };
}
