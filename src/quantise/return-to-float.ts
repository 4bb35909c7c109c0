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
 * The fewest layers that must stay float32 for a goal, those that gain most first. A network with more of them in
 * float32 is assumed to be closer: their number is found by bisection, and then bisected further with the others
 * fitted again.
 */
export async function fewestFloats<Result extends { readonly closeness: Closeness }>(
  goal: Goal,
  all: Result,
  { gains, returned, refitted }: Attempts<Result>,
): Promise<Result> {
  if (isReached(goal, all.closeness)) return all;
  const order = [...(await gains())].sort((a, b) => b[1] - a[1]).map(([node]) => node);
  const first = (count: number) => new Set(order.slice(0, count));
  const everything = { count: order.length, result: await returned(first(order.length)) };
  const found = await halve(goal, everything, (count) => returned(first(count)));
  if (!refitted || found.count === order.length) return found.result;
  const again = await refitted(first(found.count));
  if (!isReached(goal, again.closeness)) return found.result;
  return (await halve(goal, { ...found, result: again }, (count) => refitted(first(count)))).result;
}

/** The least count that reaches a goal, given one that does; 0 does not. */
async function halve<Result extends { readonly closeness: Closeness }>(
  goal: Goal,
  reached: { readonly count: number; readonly result: Result },
  attempt: (count: number) => Promise<Result>,
): Promise<{ count: number; result: Result }> {
  let best = reached;
  let low = 0;
  while (best.count - low > 1) {
    const count = Math.floor((low + best.count) / 2);
    const result = await attempt(count);
    if (isReached(goal, result.closeness)) best = { count, result };
    else low = count;
  }
  return best;
}
