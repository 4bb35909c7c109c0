import { nextUnit, type RandomState } from '../../weights/random.ts';
import { brightness, color, contrast, sharpness } from './enhance.ts';
import type { Image } from './image.ts';
import { cutout } from './patches.ts';
import { autoContrast, equalize, invert, posterize, solarize, solarizeAdd } from './tone.ts';
import { rotate, shearX, shearY, translateX, translateY } from './warp.ts';

/** The search space of AutoAugment and RandAugment, in the order of the reference code. */
export const operationNames = [
  'AutoContrast',
  'Equalize',
  'Invert',
  'Rotate',
  'Posterize',
  'Solarize',
  'Color',
  'Contrast',
  'Brightness',
  'Sharpness',
  'ShearX',
  'ShearY',
  'TranslateX',
  'TranslateY',
  'Cutout',
  'SolarizeAdd',
] as const;
export type OperationName = (typeof operationNames)[number];

/** What differs between the policies: how far level 10 goes, in pixels of an image of 224. */
export interface PolicyReach {
  readonly translate: number;
  readonly cutout: number;
}

/** The side of the images that the reference code's pixel numbers were chosen for. */
const referenceSide = 224;

/**
 * Applies an operation. What a level means is the reference code's rule (tensorflow/tpu, models/official/efficientnet,
 * autoaugment.py), with two things to know: a higher level of Posterize and Solarize changes less, and the four
 * enhancements change nothing at level 5. Distances in pixels grow with the image's shorter side, so that small images keep
 * something to see.
 * @param level 0 to 10; the reference code takes up to 30 for RandAugment.
 */
export function applyOperation(
  name: OperationName,
  image: Image,
  level: number,
  reach: PolicyReach,
  state: RandomState,
): void {
  operations[name](image, level / 10, reach, state);
}

type Operation = (image: Image, share: number, reach: PolicyReach, state: RandomState) => void;

const operations: Record<OperationName, Operation> = {
  AutoContrast: autoContrast,
  Equalize: equalize,
  Invert: invert,
  Rotate: (image, share, _, state) => rotate(image, eitherWay(share * 30, state)),
  Posterize: (image, share) => posterize(image, Math.min(8, Math.floor(share * 4))),
  Solarize: (image, share) => solarize(image, Math.floor(share * 256)),
  SolarizeAdd: (image, share) => solarizeAdd(image, Math.floor(share * 110)),
  Color: (image, share) => color(image, enhancement(share)),
  Contrast: (image, share) => contrast(image, enhancement(share)),
  Brightness: (image, share) => brightness(image, enhancement(share)),
  Sharpness: (image, share) => sharpness(image, enhancement(share)),
  ShearX: (image, share, _, state) => shearX(image, eitherWay(share * 0.3, state)),
  ShearY: (image, share, _, state) => shearY(image, eitherWay(share * 0.3, state)),
  TranslateX: (image, share, reach, state) =>
    translateX(image, eitherWay(pixels(image, share * reach.translate), state)),
  TranslateY: (image, share, reach, state) =>
    translateY(image, eitherWay(pixels(image, share * reach.translate), state)),
  Cutout: (image, share, reach, state) => cutout(image, Math.floor(pixels(image, share * reach.cutout)), state),
};

const enhancement = (share: number) => share * 1.8 + 0.1;

const pixels = ({ width, height }: Image, count: number) => (count * Math.min(width, height)) / referenceSide;

const eitherWay = (value: number, state: RandomState) => (nextUnit(state) < 0.5 ? -value : value);
