/** Below 224 pixels the share would fall with the input's size, to half of the picture at 32. */
const leastShare = 0.875;
/** EfficientNet's evaluation (preprocessing.py of the reference code) keeps size / (size + 32) of the shorter side. */
const evaluationPadding = 32;

/**
 * The share of a large picture's shorter side that evaluation keeps, by the shorter side of the network's input. Four decimals, rounded down, so that files state
 * the number that is used; size / share is still size + 32.
 */
export function defaultCropShare(side: number): number {
  return Math.max(leastShare, Math.floor((side / (side + evaluationPadding)) * 1e4) / 1e4);
}

/** Images of at most this many pixels per side are small: nothing is cut off them, and the policies found on ImageNet do not fit them. */
export const smallSide = 64;
