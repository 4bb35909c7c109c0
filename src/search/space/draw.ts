import { nextUnit, randomState } from '../../weights/random.ts';
import { isWithinBudgets, type SpaceBudgets, type SpaceCosts } from '../costs.ts';
import { costsByTable, type LatencyTable } from '../latency/latency-table.ts';
import type { Counter } from './counter.ts';
import { createSampler, eachEncoding } from './sample.ts';
import { canonical, type Encoding, type Space, spaceSize } from './space.ts';

/** A network of a space that was built and counted. */
export interface Candidate {
  readonly encoding: Encoding;
  readonly costs: SpaceCosts;
}

export interface Drawn {
  readonly candidates: readonly Candidate[];
  /** Encodings that were examined. */
  readonly looked: number;
  /** Of these, duplicates of a network, those that do not build, and those above a budget. */
  readonly repeated: number;
  readonly failed: number;
  readonly over: number;
  /** Those that a table of latencies does not cover; 0 without one. */
  readonly unknown: number;
}

/** This many encodings in a row without a new candidate end the drawing: what is left is too rare to find. */
const mostInVain = 20_000;

/**
 * Draws different networks of a space, all equally likely, and keeps those that build within budgets. Where the space has no more than requested, these are all its networks.
 * @param seed the same seed draws the same networks
 * @param table gives latencies; networks that it does not cover are left out
 */
export function drawCandidates(
  space: Space,
  counter: Counter,
  count: number,
  seed: number,
  budgets: SpaceBudgets,
  table?: LatencyTable,
): Drawn {
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  const numbers = { looked: 0, repeated: 0, failed: 0, over: 0, unknown: 0 };
  let inVain = 0;
  for (const encoding of encodings(space, count, seed)) {
    if (candidates.length >= count || inVain >= mostInVain) break;
    numbers.looked++;
    inVain++;
    const counted = counter.count(encoding);
    if ('failed' in counted) numbers.failed++;
    else if (seen.has(counted.network)) numbers.repeated++;
    else {
      seen.add(counted.network);
      const costs = costsByTable(counted, table);
      if (table && costs.latency === undefined) numbers.unknown++;
      else if (!isWithinBudgets(costs, budgets)) numbers.over++;
      else {
        candidates.push({ encoding: canonical(space, encoding), costs });
        inVain = 0;
      }
    }
  }
  return { candidates, ...numbers };
}

/** Spaces of at most this many networks are listed and shuffled. */
const few = 20_000n;

function* encodings(space: Space, count: number, seed: number): Generator<Encoding> {
  const { networks } = spaceSize(space);
  const random = randomState(seed, 'candidates');
  if (networks <= few) {
    const all = [...eachEncoding(space)];
    for (let left = all.length; left > 0; left--) {
      const [chosen] = all.splice(Math.floor(nextUnit(random) * left), 1);
      yield chosen as Encoding;
    }
  } else if (networks <= BigInt(count)) yield* eachEncoding(space);
  else {
    const draw = createSampler(space);
    for (;;) yield draw(random);
  }
}
