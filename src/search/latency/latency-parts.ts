import { randomState } from '../../weights/random.ts';
import { fitAdditive } from '../algorithms/additive.ts';
import type { Table } from '../algorithms/cost-table.ts';
import { randomCandidate } from '../algorithms/random.ts';
import type { SpaceParts } from '../algorithms/space-parts.ts';
import type { Counter } from '../space/counter.ts';
import { type LatencyTable, latencyOf } from './latency-table.ts';

/** Random networks for each alternative. */
const networksEach = 8;

/** What the alternatives of a space's parts add to a latency, for dynamic programming. */
export interface LatencyParts {
  readonly costs: Table;
  /** The latency of a network is about this plus the sum of its alternatives' costs. */
  readonly base: number;
  /** The largest deviation from the table, |sum / table - 1|, over the networks it was fitted to. */
  readonly worst: number;
}

/**
 * Latencies by the alternatives of a space's parts, fitted to the table's values for random networks. In the table a block depends on its input, and so on the row before; where no alternative changes that, the fit is exact. Its user looks up what it proposes in the table itself.
 * @throws RangeError if the table knows fewer than half of the networks
 */
export function latencyParts(table: LatencyTable, parts: SpaceParts, counter: Counter, seed: number): LatencyParts {
  const random = randomState(seed, 'latency parts');
  const wanted = networksEach * parts.sizes.reduce((sum, n) => sum + n, 0);
  const samples: (readonly [selection: number[], latency: number])[] = [];
  for (let tries = 0; tries < 2 * wanted && samples.length < wanted; tries++) {
    const selection = randomCandidate(parts, random);
    const counted = counter.count(parts.encodingOf(selection));
    const ms = 'failed' in counted || !counted.pieces ? undefined : latencyOf(table, counted.pieces);
    if (ms !== undefined) samples.push([selection, ms]);
  }
  if (samples.length < wanted) throw new RangeError('the table knows fewer than half of the networks of the space');
  const { weights: costs, mean: base } = fitAdditive(parts.sizes, samples);
  const worst = samples.reduce((most, [selection, ms]) => {
    const sum = selection.reduce((total, a, part) => total + (costs[part]?.[a] as number), base);
    return Math.max(most, Math.abs(sum / ms - 1));
  }, 0);
  return { costs, base, worst };
}
