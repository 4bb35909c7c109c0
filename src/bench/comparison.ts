import type { Blocks } from './measure.ts';
import { doubtsOf, median, summarizeSeries } from './statistics.ts';

/** A smaller difference is not reported. */
export const smallestDifference = 0.02;

export const confidence = 0.99;

export interface Comparison {
  readonly pairs: number;
  /** The median ratio of the other's time to the first's. */
  readonly ratio: number;
  /** An interval that contains the true median with `confidence`. */
  readonly low: number;
  readonly high: number;
  /** Of the ratios. */
  readonly spread: number;
  readonly drift: number;
  /** The verdict on the other; `none` where the interval leaves it open, or there are doubts. */
  readonly verdict: 'faster' | 'slower' | 'equal' | 'none';
  readonly doubts: readonly string[];
}

/**
 * Compares two models that were measured in turns, pair by pair: whatever slows the machine down slows both. Each block is represented by its median, because runs close in time are alike and a block has its own sessions. A difference needs an interval entirely outside of 1 ± 2 %, equality one entirely inside.
 * @param first and `other`: blocks of the same lengths, at least 8 of them.
 * @param settled whether the warm-up did.
 */
export function compareBlocks(first: Blocks, other: Blocks, settled: boolean): Comparison {
  const ratios = first.map((block, b) => block.map((value, i) => (other[b]?.[i] as number) / value));
  const { runs, spread, drift } = summarizeSeries(ratios.flat());
  const medians = ratios.map(median);
  const [low, high] = medianInterval(medians);
  const doubts = doubtsOf({ spread, drift }, settled);
  const verdict = doubts.length > 0 ? 'none' : verdictOf(low, high);
  return { pairs: runs, ratio: median(medians), low, high, spread, drift, verdict, doubts };
}

function verdictOf(low: number, high: number): Comparison['verdict'] {
  const [least, most] = [1 - smallestDifference, 1 + smallestDifference];
  if (high < least) return 'faster';
  if (low > most) return 'slower';
  return low >= least && high <= most ? 'equal' : 'none';
}

/**
 * The interval between two order statistics that contains the median with at least `confidence`, whatever the distribution
 * (the inverted sign test). @param values at least 8: the range of fewer does not reach it.
 */
export function medianInterval(values: readonly number[]): readonly [low: number, high: number] {
  const n = values.length;
  // P(Bin(n, 1/2) <= k), by increasing k
  let term = 0.5 ** n;
  let below = term;
  let k = 0;
  for (; k + 1 < n / 2; k++) {
    term *= (n - k) / (k + 1);
    below += term;
    if (2 * below > 1 - confidence) break;
  }
  const sorted = Float64Array.from(values).sort();
  return [sorted[k] as number, sorted[n - 1 - k] as number];
}
