import { nextInt32, type RandomState } from '../../weights/random.ts';

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

/** The classes that have images, by their number, each with its images' indices. */
export function membersOfClasses(labels: Int32Array): Map<number, number[]> {
  const members = new Map<number, number[]>();
  labels.forEach((label, index) => {
    const list = members.get(label);
    if (list) list.push(index);
    else members.set(label, [index]);
  });
  return new Map([...members].sort(([a], [b]) => a - b));
}
