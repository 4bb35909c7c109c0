import { fitAdditive } from '../search/algorithms/additive.ts';
import type { Table } from '../search/algorithms/cost-table.ts';
import { randomCandidate } from '../search/algorithms/random.ts';
import type { SpaceParts } from '../search/algorithms/space-parts.ts';
import type { Costs } from '../search/costs.ts';
import type { Counter } from '../search/space/counter.ts';
import { randomState } from '../weights/random.ts';

/** The number of networks that a table is fitted to, per alternative. */
const networksEach = 8;

/** What the alternatives of a space's parts add to a cost. */
export interface CostTable {
  readonly costs: Table;
  /** The cost of a network is the sum of its alternatives and this. */
  readonly base: number;
}

/**
 * Fits a table to the counted costs of random networks of a space: an approximation, since the cost of a row depends on the channels
 * and pixels that it receives. Its user counts the networks that it proposes.
 */
export function costTable(parts: SpaceParts, counter: Counter, cost: keyof Costs, seed: number): CostTable {
  const random = randomState(seed, 'cost table');
  const wanted = networksEach * parts.sizes.reduce((sum, n) => sum + n, 0);
  const samples: (readonly [selection: number[], cost: number])[] = [];
  for (let tries = 0; samples.length < wanted && tries < 4 * wanted; tries++) {
    const selection = randomCandidate(parts, random);
    const counted = counter.count(parts.encodingOf(selection));
    if (!('failed' in counted)) samples.push([selection, counted.costs[cost]]);
  }
  const { weights: costs, mean: base } = fitAdditive(parts.sizes, samples);
  return { costs, base };
}
