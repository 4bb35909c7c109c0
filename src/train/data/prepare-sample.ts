import type { Interpolation } from '../../4-scale/preprocessing.ts';
import { randomState } from '../../weights/random.ts';
import { type Augmentation, augment } from '../augment/augment.ts';
import { evaluationFraming, randomCrop, rectFraming, wholeFraming } from '../augment/crops.ts';
import type { Image } from '../augment/image.ts';
import { decodeFramed } from './decode.ts';
import type { Locator } from './types.ts';

/** How every image of a batch is prepared. Plain data. */
export interface Preparation {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** The share of the shorter side that evaluation keeps; `evaluationFraming` decides by default. */
  readonly crop?: number;
  readonly interpolation: Interpolation;
  readonly augmentation?: Augmentation;
  readonly seed: number;
  readonly epoch: number;
}

/**
 * Decodes an image, crops, resizes and augments it.
 * @param position of the image in its epoch's order; with the seed and the epoch it decides what is drawn for the image.
 * @returns `[H, W, C]` in 8 bits.
 * @throws DataError if the image cannot be read.
 */
export async function prepareSample(locator: Locator, position: number, plan: Preparation): Promise<Uint8Array> {
  const { width, height, channels, augmentation } = plan;
  const state = randomState(plan.seed, `augment/${plan.epoch}/${position}`);
  const crop = augmentation?.crop;
  const target = { width, height, channels, interpolation: plan.interpolation, fast: augmentation !== undefined };
  const data = await decodeFramed(locator, target, (...size) => {
    const input = [width, height] as const;
    if (!crop) return evaluationFraming(size, input, plan.crop);
    if (crop.kind === 'resized') return rectFraming(randomCrop(size, crop.scale, crop.ratio, state), input);
    return wholeFraming(size, input);
  });
  if (!augmentation) return data;
  const image: Image = { width, height, channels, data };
  augment(image, augmentation, state);
  return image.data;
}
