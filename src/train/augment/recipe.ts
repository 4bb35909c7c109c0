import { smallSide } from '../../5-graph/crop-share.ts';
import type { Augmentation } from './augment.ts';
import type { AugmentPolicy, TrainCrop } from './options.ts';

/** The properties of a set's images that the recipe depends on. */
export interface Look {
  /** The longest side of an image, in pixels. */
  readonly largestSide: number;
  /** Whether no image has a colour. */
  readonly gray: boolean;
}

export { smallSide };

/** How training images are augmented by default. */
export interface Recipe {
  readonly augment: 'basic' | 'autoaugment';
  readonly crop: TrainCrop;
  /** How often an image is mirrored. */
  readonly flip: number;
}

/**
 * The default recipe, the same however the images are stored: ImageNet's for large images; for small ones as is customary for
 * CIFAR (He et al. 2016). Small gray images are mostly characters, which mirroring makes into others.
 */
export function recipeFor({ largestSide, gray }: Look): Recipe {
  if (largestSide > smallSide) {
    return {
      augment: 'autoaugment',
      crop: { kind: 'resized', scale: [0.08, 1], ratio: [3 / 4, 4 / 3] },
      flip: 0.5,
    };
  }
  return { augment: 'basic', crop: { kind: 'shift', share: 1 / 8 }, flip: gray ? 0 : 0.5 };
}

/** The settings of a run that concern augmentation. */
export interface AugmentChoices {
  readonly augment: 'none' | 'basic' | 'randaugment' | 'autoaugment' | undefined;
  readonly flip: number | undefined;
  readonly erase: number;
  readonly operations: number;
  readonly magnitude: number;
}

/** How the training images of a run are augmented: by its settings, and by the recipe where they leave it open. */
export function augmentationFor(look: Look, choices: AugmentChoices): Augmentation {
  const { crop, flip, augment } = recipeFor(look);
  const { erase: erasing } = choices;
  if (choices.augment === 'none') return { crop: { kind: 'whole' }, flip: 0, policy: undefined, erasing };
  const policy = policyOf(choices.augment ?? augment, choices);
  return { crop, flip: choices.flip ?? flip, policy, erasing };
}

function policyOf(augment: AugmentChoices['augment'], choices: AugmentChoices): AugmentPolicy | undefined {
  const { operations, magnitude } = choices;
  if (augment === 'autoaugment') return { kind: 'auto' };
  return augment === 'randaugment' ? { kind: 'rand', operations, magnitude } : undefined;
}
