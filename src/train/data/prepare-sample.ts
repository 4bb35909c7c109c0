import { randomState } from '../../weights/random.ts';
import { type Augmentation, augment } from '../augment/augment.ts';
import { centreCrop, randomCrop } from '../augment/crops.ts';
import type { Image } from '../augment/image.ts';
import { decodeCrop } from './decode.ts';
import type { Locator } from './types.ts';

/** What is done to every image of a batch. Plain data. */
export interface Preparation {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly cropPadding: number;
  readonly augmentation?: Augmentation;
  readonly seed: number;
  readonly epoch: number;
}

/**
 * Decodes an image, crops, resizes and augments it.
 * @param position of the image in its epoch's order; with the seed and the epoch it decides what is drawn for the image.
 * @returns `[H, W, C]` in 8 bits.
 * @throws DataError where the image cannot be read.
 */
export async function prepareSample(locator: Locator, position: number, plan: Preparation): Promise<Uint8Array> {
  const { width, height, channels, cropPadding, augmentation } = plan;
  const state = randomState(plan.seed, `augment/${plan.epoch}/${position}`);
  const crop = augmentation?.crop ?? { kind: 'centre' };
  const target = { width, height, channels };
  const data = await decodeCrop(locator, target, (...size) => {
    if (crop.kind === 'resized') return randomCrop(size, crop.scale, crop.ratio, state);
    return centreCrop(size, [width, height], crop.kind === 'shift' ? 0 : cropPadding);
  });
  if (!augmentation) return data;
  const image: Image = { width, height, channels, data };
  augment(image, augmentation, state);
  return image.data;
}
