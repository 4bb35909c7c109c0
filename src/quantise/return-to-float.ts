import type { Graph } from '../5-graph/graph.ts';
import { type QuantisationPlan, quantise } from '../5-graph/passes/quantise.ts';
import type { Unit } from '../5-graph/quantise/units.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { answersOf, type Closeness, compareAnswers } from './judge.ts';
import type { ObserveOptions } from './observe.ts';

/** What a network in few bits has to reach. */
export interface Goal {
  /** The least share of pictures whose first answer is that of float32. */
  readonly agreement?: number;
  /** In decibels. */
  readonly sqnr?: number;
}

/** On how many pictures each layer is measured alone. */
const most = 16;

export function isReached({ agreement, sqnr }: Goal, found: Closeness): boolean {
  return (agreement === undefined || (found.agreement ?? 0) >= agreement) && (sqnr === undefined || found.sqnr >= sqnr);
}

/** A network with some layers in few bits, and the weights it then has. */
export interface Mixed {
  readonly plan: QuantisationPlan;
  readonly adjusted: WeightSource;
}

/**
 * The signal over the noise of the outputs, in decibels, where one layer alone is in few bits: by the number of its node. Infinite
 * where that makes no difference.
 * @param mixed the network whose layers of these nodes are float32.
 */
export async function costsAlone(
  graph: Graph,
  weights: WeightSource,
  units: readonly Unit[],
  mixed: (floats: ReadonlySet<number>) => Mixed,
  { engine, pictures, progress }: ObserveOptions,
): Promise<Map<number, number>> {
  const count = Math.min(pictures.count, most);
  const expected = await answersOf(graph, weights, engine, pictures, count);
  const weighted = units.filter(({ kind }) => kind !== 'add');
  const costs = new Map<number, number>();
  for (const [done, unit] of weighted.entries()) {
    const others = new Set(units.flatMap(({ node }) => (node === unit.node ? [] : [node])));
    const { plan, adjusted } = mixed(others);
    const found = await answersOf(quantise(graph, plan), adjusted, engine, pictures, count);
    costs.set(unit.node, compareAnswers(graph, expected, found, count).sqnr);
    progress(done + 1, weighted.length);
  }
  return costs;
}

/**
 * The fewest layers that have to stay float32 for a goal, the costliest alone first. That a network with more of them in
 * float32 is nearer is taken for granted: the number is found by halving.
 * @param attempt measures a network whose layers of these nodes are float32.
 */
export async function fewestFloats<Result extends { readonly closeness: Closeness }>(
  goal: Goal,
  costs: ReadonlyMap<number, number>,
  all: Result,
  attempt: (floats: ReadonlySet<number>) => Promise<Result>,
): Promise<Result> {
  if (isReached(goal, all.closeness)) return all;
  const order = [...costs].sort((a, b) => a[1] - b[1]).map(([node]) => node);
  let [low, high] = [0, order.length];
  let best = await attempt(new Set(order));
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const result = await attempt(new Set(order.slice(0, middle)));
    if (isReached(goal, result.closeness)) [high, best] = [middle, result];
    else low = middle;
  }
  return best;
}
