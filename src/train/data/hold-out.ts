import { nextInt32, type RandomState, randomState } from '../../weights/random.ts';
import type { Split } from './types.ts';

/**
 * Sets aside a share of a split, class by class, by the seed. Every class keeps at least one image for training; both
 * parts keep the split's order.
 */
export function holdOut(split: Split, share: number, seed: number): { train: Split; validation: Split } {
  const byClass = new Map<number, number[]>();
  split.labels.forEach((label, index) => {
    const members = byClass.get(label);
    if (members) members.push(index);
    else byClass.set(label, [index]);
  });
  const held = new Uint8Array(split.count);
  for (const [label, members] of byClass) {
    const count = Math.min(members.length - 1, Math.round(members.length * share));
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
export function subset(split: Split, indices: Int32Array): Split {
  return {
    count: indices.length,
    labels: indices.map((i) => split.labels[i] as number),
    locate: (i) => split.locate(indices[i] as number),
    nameOf: (i) => split.nameOf(indices[i] as number),
  };
}

/** Puts a list into a random order (Fisher & Yates). */
export function shuffle(list: number[] | Int32Array, state: RandomState): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = below(i + 1, state);
    const at = list[i] as number;
    list[i] = list[j] as number;
    list[j] = at;
  }
}

/** A whole number of 0 to `count` - 1. The bias of the multiplication is below count / 2^32. */
export function below(count: number, state: RandomState): number {
  return Math.floor(((nextInt32(state) >>> 0) / 0x100000000) * count);
}
