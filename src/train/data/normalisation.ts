import type { Normalisation } from '../../5-graph/graph.ts';

/** By its channels, for an image that nothing states a normalisation of: ImageNet's for colour, as most published weights have it. */
export const defaultNormalisation: Readonly<Record<1 | 3, Normalisation>> = {
  1: { mean: [0.5], std: [0.5] },
  3: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};
