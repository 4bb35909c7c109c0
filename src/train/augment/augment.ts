import { nextUnit, type RandomState } from '../../weights/random.ts';
import type { Image } from './image.ts';
import type { AugmentOptions, TrainCrop } from './options.ts';
import { erase, flip, shift } from './patches.ts';
import { applyPolicy } from './policies.ts';

/** `AugmentOptions` with nothing left open. */
export type Augmentation = Required<Pick<AugmentOptions, 'flip' | 'erasing'>> &
  Pick<AugmentOptions, 'policy'> & { readonly crop: TrainCrop };

/** The steps after cropping and resizing, in place: shift, flip, policy, erasing. All of them depend only on the state. */
export function augment(
  image: Image,
  { crop, flip: flipShare, policy, erasing }: Augmentation,
  state: RandomState,
): void {
  if (crop.kind === 'shift') {
    const right = shiftBy(image.width, crop.share, state);
    shift(image, right, shiftBy(image.height, crop.share, state));
  }
  if (nextUnit(state) < flipShare) flip(image);
  if (policy) applyPolicy(policy, image, state);
  if (nextUnit(state) < erasing) erase(image, state);
}

function shiftBy(side: number, share: number, state: RandomState): number {
  const most = Math.round(side * share);
  return Math.floor(nextUnit(state) * (2 * most + 1)) - most;
}
