/** How a training image is cut out of its picture. */
export type TrainCrop =
  /**
   * A rectangle of a random area and ratio, resized to the network's input (Szegedy et al. 2015, "Inception" crop).
   * `scale`: least and largest share of the picture's area; `ratio`: least and largest width by height.
   */
  | { readonly kind: 'resized'; readonly scale: readonly [number, number]; readonly ratio: readonly [number, number] }
  /**
   * The whole picture at the network's input size, shifted by up to `share` of each side in each direction, on black;
   * 1/8 is the four of 32 pixels customary for CIFAR (He et al. 2016).
   */
  | { readonly kind: 'shift'; readonly share: number }
  /** The largest centred rectangle with the input's ratio: nothing else is cut. */
  | { readonly kind: 'whole' };

/** A policy over the pixel operations. */
export type AugmentPolicy =
  /**
   * RandAugment (Cubuk et al. 2020): `operations` of them, drawn uniformly, each at `magnitude` of 0 to 10 (30 levels at most).
   */
  | { readonly kind: 'rand'; readonly operations: number; readonly magnitude: number }
  /** AutoAugment (Cubuk et al. 2019): the policy found on ImageNet, `v0` of the EfficientNet reference code. */
  | { readonly kind: 'auto' };

/** What is done to one training image, in this order: crop, flip, policy, erasing. */
export interface AugmentOptions {
  /** `recipeFor` decides by default. */
  readonly crop?: TrainCrop;
  /** How often an image is mirrored left to right: `recipeFor` decides by default. */
  readonly flip?: number;
  readonly policy?: AugmentPolicy;
  /** How often a random rectangle is erased (Zhong et al. 2017): 0 by default. */
  readonly erasing?: number;
}
