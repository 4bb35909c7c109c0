import { nextUnit, type RandomState } from '../../weights/random.ts';
import type { Image } from './image.ts';
import type { AugmentOptions, TrainCrop } from './options.ts';
import { erase, flip, shift } from './patches.ts';
import { applyPolicy } from './policies.ts';

/** `AugmentOptions` with nothing left open. */
export type Augmentation = Required<Pick<AugmentOptions, 'flip' | 'erasing'>> &
  Pick<AugmentOptions, 'policy'> & { readonly crop: TrainCrop };

/** What follows the crop and the resizing, in place: shift, flip, policy, erasing. All of it depends on the state alone. */
export function augment(
  image: Image,
  { crop, flip: flipShare, policy, erasing }: Augmentation,
  state: RandomState,
): void {
  if (crop.kind === 'shift') {
    const range = 2 * crop.pixels + 1;
    const right = Math.floor(nextUnit(state) * range) - crop.pixels;
    shift(image, right, Math.floor(nextUnit(state) * range) - crop.pixels);
  }
  if (nextUnit(state) < flipShare) flip(image);
  if (policy) applyPolicy(policy, image, state);
  if (nextUnit(state) < erasing) erase(image, state);
}
