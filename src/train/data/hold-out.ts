import { randomState } from '../../weights/random.ts';
import { membersOfClasses, shuffle } from './sampling.ts';
import type { Split } from './types.ts';

/**
 * Sets aside a share of a split, class by class, by the seed: at least one of each class with two images or more. Every class
 * keeps at least one image for training; both parts keep the split's order.
 */
export function holdOut(split: Split, share: number, seed: number): { train: Split; validation: Split } {
  const held = new Uint8Array(split.count);
  for (const [label, members] of membersOfClasses(split.labels)) {
    const count = Math.min(members.length - 1, Math.max(1, Math.round(members.length * share)));
    shuffle(members, randomState(seed, `hold-out/${label}`));
    for (let i = 0; i < count; i++) held[members[i] as number] = 1;
  }
  const pick = (side: number) =>
    subset(
      split,
      Int32Array.from(held.keys()).filter((i) => held[i] === side),
    );
  return { train: pick(0), validation: pick(1) };
}

/** The images of a split at the given indices, in their order. */
function subset(split: Split, indices: Int32Array): Split {
  return {
    count: indices.length,
    labels: indices.map((i) => split.labels[i] as number),
    locate: (i) => split.locate(indices[i] as number),
    nameOf: (i) => split.nameOf(indices[i] as number),
  };
}
