import type { Unit } from '../5-graph/quantise/units.ts';
import type { Closeness } from './judge.ts';

/** What a quantised network has to reach. */
export interface Goal {
  /** The least share of first answers to expect to be those of float32. */
  readonly agreement?: number;
  /** In decibels. */
  readonly sqnr?: number;
}

export function isReached({ agreement, sqnr }: Goal, found: Closeness): boolean {
  return (agreement === undefined || (found.expected ?? 0) >= agreement) && (sqnr === undefined || found.sqnr >= sqnr);
}

/** The margin over the goal on the pictures on which it is sought, in decibels: others give a little more or less. */
const margin = 0.5;

/**
 * The stricter goal that is sought, so that the goal holds on other pictures. The share of other answers is proportional to the
 * amplitude of the noise.
 */
export function sought({ agreement, sqnr }: Goal): Goal {
  return {
    ...(agreement !== undefined && { agreement: 1 - (1 - agreement) * 10 ** (-margin / 20) }),
    ...(sqnr !== undefined && { sqnr: sqnr + margin }),
  };
}

/** How unlikely a count of other answers must be, if the goal held, for the goal to count as missed. */
const significance = 0.05;

/**
 * Whether a network misses a goal on the pictures that it is judged on: by what can be expected, or because more first answers differ
 * than would by chance, with a probability of at least 5 %, if the goal held.
 */
export function isMissed(goal: Goal, found: Closeness, pictures: number): boolean {
  if (!isReached(goal, found)) return true;
  if (goal.agreement === undefined || found.agreement === undefined) return false;
  const differ = Math.round((1 - found.agreement) * pictures);
  return atLeast(differ, pictures, 1 - goal.agreement) < significance;
}

/** The probability of at least this many of a number of independent events, each with the same probability. */
function atLeast(count: number, of: number, probability: number): number {
  if (count === 0 || probability >= 1) return 1;
  if (probability <= 0) return 0;
  // the sum over fewer, in logarithms: the first term can be too small for a number
  let term = of * Math.log1p(-probability);
  let fewer = 0;
  for (let i = 0; i < count; i++) {
    fewer += Math.exp(term);
    term += Math.log(((of - i) / (i + 1)) * (probability / (1 - probability)));
  }
  return 1 - fewer;
}

/**
 * The signal-to-noise ratio of the outputs of a fitted network in which only one layer is float32, in decibels, by the number of its node.
 * @param without measures the network whose layer of this node is float32
 */
export async function costsWithout(
  units: readonly Unit[],
  without: (node: number) => Promise<{ readonly closeness: Closeness }>,
  progress: (done: number, total: number) => void,
): Promise<Map<number, number>> {
  const weighted = units.filter(({ kind }) => kind !== 'add');
  const costs = new Map<number, number>();
  for (const [done, { node }] of weighted.entries()) {
    costs.set(node, (await without(node)).closeness.sqnr);
    progress(done + 1, weighted.length);
  }
  return costs;
}

/** Measures a network in which the layers of these nodes are float32. */
export interface Attempts<Result> {
  /** The signal-to-noise ratio with only one layer in float32, for each layer. */
  gains(): Promise<ReadonlyMap<number, number>>;
  /** With the other layers as fitted before. */
  returned(floats: ReadonlySet<number>): Promise<Result>;
  /** With the other layers fitted again: closer to float32, and slower. */
  refitted?(floats: ReadonlySet<number>): Promise<Result>;
}

/**
 * The fewest layers that must stay float32 for a goal, those that gain most first. Their number is doubled until the goal is
 * reached, and then found by bisection; with the others fitted again, it is bisected further. More layers in float32 are not always
 * closer as long as the others keep their fits, which make up for the noise of layers that no longer have any: so small numbers are
 * tried first, and where no number helps, fitting again still can. Then the layers that change most come first, for better or for
 * worse: one that makes the network worse has much noise, for which the fits of the others make up.
 */
export async function fewestFloats<Result extends { readonly closeness: Closeness }>(
  goal: Goal,
  all: Result,
  { gains, returned, refitted }: Attempts<Result>,
): Promise<Result> {
  if (isReached(goal, all.closeness)) return all;
  const byGain = [...(await gains())].sort((a, b) => b[1] - a[1]);
  const kept = await grow(goal, byGain.length, (count) => returned(first(byGain, count)));
  if (!refitted) return kept.result;
  // most layers change little: the median is what the network has on the same pictures
  const usual = byGain[byGain.length >> 1]?.[1] ?? 0;
  const byEffect = byGain.toSorted((a, b) => Math.abs(b[1] - usual) - Math.abs(a[1] - usual));
  const again = await refitted(first(byEffect, kept.count));
  if (!isReached(goal, again.closeness)) return kept.result;
  return (await halve(goal, 0, { ...kept, result: again }, (count) => refitted(first(byEffect, count)))).result;
}

/** @param order numbers of nodes, each with its signal-to-noise ratio */
const first = (order: readonly (readonly [node: number, sqnr: number])[], count: number): ReadonlySet<number> =>
  new Set(order.slice(0, count).map(([node]) => node));

interface Found<Result> {
  readonly count: number;
  readonly result: Result;
}

/** The least count that reaches a goal: doubled until one does, or all are counted, and then by bisection. */
async function grow<Result extends { readonly closeness: Closeness }>(
  goal: Goal,
  most: number,
  attempt: (count: number) => Promise<Result>,
): Promise<Found<Result>> {
  let low = 0;
  for (let count = 1; ; count = Math.min(2 * count, most)) {
    const result = await attempt(count);
    if (count >= most || isReached(goal, result.closeness)) return halve(goal, low, { count, result }, attempt);
    low = count;
  }
}

/** The least count that reaches a goal, between one that does not and one that does. */
async function halve<Result extends { readonly closeness: Closeness }>(
  goal: Goal,
  missed: number,
  reached: Found<Result>,
  attempt: (count: number) => Promise<Result>,
): Promise<Found<Result>> {
  let best = reached;
  let low = missed;
  while (best.count - low > 1) {
    const count = Math.floor((low + best.count) / 2);
    const result = await attempt(count);
    if (isReached(goal, result.closeness)) best = { count, result };
    else low = count;
  }
  return best;
}
