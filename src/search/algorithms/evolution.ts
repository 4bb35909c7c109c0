import { randomState } from '../../weights/random.ts';
import { mutate, nextInt, randomCandidate } from './random.ts';
import type { Parts, Scored, Searcher } from './searcher.ts';

export interface EvolutionOptions {
  /** How many of the youngest candidates live: 100 by default. */
  readonly population?: number;
  /** The size of the random sample whose best becomes a parent: 25 by default. */
  readonly sample?: number;
}

/**
 * Regularised evolution (Real et al., AAAI 2019, algorithm 1): the best of a sample has a child with one mutation, and the oldest dies,
 * however good it is.
 */
export function createEvolution(parts: Parts, seed: number, options: EvolutionOptions = {}): Searcher {
  const { population = 100, sample = 25 } = options;
  const random = randomState(seed, 'evolution');
  /** The oldest first. */
  const living: Scored[] = [];
  let learned = 0;
  return {
    propose() {
      // counted by learned results: a proposal may be refused because it does not fit a budget
      if (learned < population) return randomCandidate(parts, random);
      let parent = living[nextInt(random, living.length)] as Scored;
      for (let i = 1; i < sample; i++) {
        const other = living[nextInt(random, living.length)] as Scored;
        if ((other.scores[0] as number) > (parent.scores[0] as number)) parent = other;
      }
      return mutate(parts, parent.candidate, random);
    },
    learn(candidate, scores) {
      learned++;
      living.push({ candidate, scores });
      if (living.length > population) living.shift();
    },
  };
}
