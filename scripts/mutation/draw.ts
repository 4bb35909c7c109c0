import { createHash } from 'node:crypto';
import type { Mutant } from './mutants.ts';

/** `count` of the mutants (0: all), always the same for the same seed, file and text; in text order. */
export function drawMutants(mutants: readonly Mutant[], count: number, seed: number, file: string): readonly Mutant[] {
  if (count === 0 || mutants.length <= count) return mutants;
  const rank = (mutant: Mutant) =>
    createHash('sha256').update(`${seed}/${file}/${mutant.start}/${mutant.end}/${mutant.replacement}`).digest('hex');
  const drawn = new Set(mutants.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, count));
  return mutants.filter((mutant) => drawn.has(mutant));
}
