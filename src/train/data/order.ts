import { randomState } from '../../weights/random.ts';
import { below, membersOfClasses, shuffle } from './sampling.ts';
import type { Split } from './types.ts';

/**
 * Which images an epoch takes, and in which order: indices of the split, `[count]`. Depends only on the seed and the epoch. @param
 * sampling `all` in their own order; `shuffled`; `balanced`: a class drawn uniformly, then one of its images, with replacement.
 */
export function epochOrder(
  split: Split,
  sampling: 'all' | 'shuffled' | 'balanced',
  seed: number,
  epoch: number,
): Int32Array {
  const order = Int32Array.from({ length: split.count }, (_, i) => i);
  if (sampling === 'all') return order;
  const state = randomState(seed, `order/${epoch}`);
  if (sampling === 'shuffled') {
    shuffle(order, state);
    return order;
  }
  const members = [...membersOfClasses(split.labels).values()];
  return order.map(() => {
    const images = members[below(members.length, state)] as number[];
    return images[below(images.length, state)] as number;
  });
}
