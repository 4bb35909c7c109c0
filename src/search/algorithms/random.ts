import { nextUnit, type RandomState, randomState } from '../../weights/random.ts';
import type { Parts, Searcher, Selection } from './searcher.ts';

/** Random search: all candidates equally likely, drawn independently. */
export function createRandomSearch(parts: Parts, seed: number): Searcher {
  const random = randomState(seed, 'random search');
  return { propose: () => randomCandidate(parts, random), learn: () => {} };
}

/** A whole number from 0 to below `n`. */
export function nextInt(random: RandomState, n: number): number {
  return Math.floor(nextUnit(random) * n);
}

export function randomCandidate({ sizes }: Parts, random: RandomState): number[] {
  return sizes.map((n) => nextInt(random, n));
}

/** A candidate with a different alternative in one part. Parts with a single alternative stay. */
export function mutate({ sizes }: Parts, candidate: Selection, random: RandomState): number[] {
  const open = sizes.flatMap((n, i) => (n > 1 ? [i] : []));
  const changed = [...candidate];
  const part = open[nextInt(random, open.length)];
  if (part === undefined) return changed;
  const size = sizes[part] as number;
  changed[part] = ((candidate[part] as number) + 1 + nextInt(random, size - 1)) % size;
  return changed;
}
