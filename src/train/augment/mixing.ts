import { nextUnit, type RandomState } from '../../weights/random.ts';
import { beta } from './beta.ts';

/** How the images of a batch are mixed, drawn once per batch. Image i meets image `partner[i]`. */
export type Mix =
  /** Mixup (Zhang et al. 2018): `share` of the image, the rest of its partner. */
  | { readonly kind: 'mixup'; readonly share: number; readonly partner: Int32Array }
  /** Cutmix (Yun et al. 2019): the rectangle is the partner's; `share` of the image is its own. */
  | {
      readonly kind: 'cutmix';
      readonly share: number;
      readonly partner: Int32Array;
      readonly left: number;
      readonly top: number;
      readonly right: number;
      readonly bottom: number;
    };

/**
 * Draws a batch's mix: the one that is on, or either with equal probability. @param mixup, cutmix the alpha of each; 0
 * for off. @returns nothing if both are off or there is only one image.
 */
export function drawMix(
  count: number,
  [width, height]: readonly [number, number],
  { mixup, cutmix }: { mixup: number; cutmix: number },
  shuffle: (list: Int32Array, state: RandomState) => void,
  state: RandomState,
): Mix | undefined {
  if (count < 2 || (mixup <= 0 && cutmix <= 0)) return undefined;
  const cut = cutmix > 0 && (mixup <= 0 || nextUnit(state) < 0.5);
  const share = beta(cut ? cutmix : mixup, state);
  const partner = Int32Array.from({ length: count }, (_, i) => i);
  shuffle(partner, state);
  if (!cut) return { kind: 'mixup', share, partner };
  const side = Math.sqrt(1 - share);
  const x = nextUnit(state) * width;
  const y = nextUnit(state) * height;
  const left = Math.max(0, Math.round(x - (side * width) / 2));
  const right = Math.min(width, Math.round(x + (side * width) / 2));
  const top = Math.max(0, Math.round(y - (side * height) / 2));
  const bottom = Math.min(height, Math.round(y + (side * height) / 2));
  const cutShare = (Math.max(0, right - left) * Math.max(0, bottom - top)) / (width * height);
  return { kind: 'cutmix', share: 1 - cutShare, partner, left, top, right, bottom };
}
