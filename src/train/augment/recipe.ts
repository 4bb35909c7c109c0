import { smallSide } from '../../5-graph/crop-share.ts';
import type { TrainCrop } from './options.ts';

/** What a set's images are like, as far as the recipe goes by it. */
export interface Look {
  /** The longest side of an image, in pixels. */
  readonly largestSide: number;
  /** Whether no image has a colour. */
  readonly gray: boolean;
}

export { smallSide };

/** How training images are augmented where nothing else is asked for. */
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
