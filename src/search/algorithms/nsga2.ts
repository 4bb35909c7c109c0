import { nextUnit, type RandomState, randomState } from '../../weights/random.ts';
import { mutate, nextInt, randomCandidate } from './random.ts';
import type { Parts, Scored, Searcher, Selection } from './searcher.ts';

export interface Nsga2Options {
  /** Candidates per generation: 100 by default. */
  readonly population?: number;
  /** How often two parents are crossed, part by part: 0.9 by default, as in the paper. */
  readonly crossover?: number;
}

/** A candidate with the rank of its front, from 0, and how far its neighbours on the front are. */
interface Ranked extends Scored {
  readonly rank: number;
  readonly distance: number;
}

/**
 * NSGA-II (Deb et al., 2002): of a generation and its children the best fronts survive, and of the last of these the candidates
 * with the most space around them. All objectives are maximised. A child has one mutation, with uniform crossover before it.
 */
export function createNsga2(parts: Parts, seed: number, options: Nsga2Options = {}): Searcher {
  const { population = 100, crossover = 0.9 } = options;
  const random = randomState(seed, 'nsga2');
  let parents: readonly Ranked[] = [];
  let children: Scored[] = [];
  return {
    propose() {
      if (parents.length === 0) return randomCandidate(parts, random);
      const mother = tournament(parents, random).candidate;
      const crossed =
        nextUnit(random) < crossover ? cross(mother, tournament(parents, random).candidate, random) : mother;
      return mutate(parts, crossed, random);
    },
    learn(candidate, scores) {
      children.push({ candidate, scores });
      if (children.length < population) return;
      parents = bestByFronts([...parents, ...children], population);
      children = [];
    },
  };
}

/** The better of two random candidates: by front, then by the space around them. */
function tournament(parents: readonly Ranked[], random: RandomState): Ranked {
  const [a, b] = [0, 1].map(() => parents[nextInt(random, parents.length)] as Ranked) as [Ranked, Ranked];
  return a.rank < b.rank || (a.rank === b.rank && a.distance >= b.distance) ? a : b;
}

function cross(a: Selection, b: Selection, random: RandomState): number[] {
  return a.map((alternative, i) => (nextUnit(random) < 0.5 ? alternative : (b[i] as number)));
}

/**
 * The best of a number of scored candidates: front by front, and of the last front those with the most space around them.
 */
export function bestByFronts<S extends Scored>(all: readonly S[], count: number): (S & Ranked)[] {
  const chosen: (S & Ranked)[] = [];
  for (const [rank, front] of fronts(all).entries()) {
    const distances = crowding(front);
    const ranked = front.map((scored, i): S & Ranked => ({ ...scored, rank, distance: distances[i] as number }));
    if (chosen.length + ranked.length > count) ranked.sort((a, b) => b.distance - a.distance);
    chosen.push(...ranked.slice(0, count - chosen.length));
    if (chosen.length === count) break;
  }
  return chosen;
}

/** The candidates that none dominates, then those that only these dominate, and so on; of equal scores one counts as dominated. */
function fronts<S extends Scored>(all: readonly S[]): S[][] {
  const found: S[][] = [];
  let left = all;
  while (left.length > 0) {
    const front = paretoFront(left);
    const inFront = new Set(front);
    found.push(front);
    left = left.filter((scored) => !inFront.has(scored));
  }
  return found;
}

/** The scored candidates that no other dominates, the first of those with equal scores. All objectives are maximised. */
export function paretoFront<S extends Pick<Scored, 'scores'>>(all: readonly S[]): S[] {
  return all.filter((a, i) => !all.some((b, k) => b !== a && dominates(b.scores, a.scores, k < i)));
}

function dominates(a: readonly number[], b: readonly number[], equalCounts: boolean): boolean {
  let better = equalCounts;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (x < y) return false;
    if (x > y) better = true;
  }
  return better;
}

/** For each of a front, the sum of the sides of the box that its neighbours leave it. */
function crowding(front: readonly Scored[]): number[] {
  const distances = front.map(() => 0);
  const objectives = front[0]?.scores.length ?? 0;
  for (let m = 0; m < objectives; m++) {
    const value = (i: number) => front[i]?.scores[m] as number;
    const order = front.map((_, i) => i).sort((a, b) => value(a) - value(b));
    const [first, last] = [order[0] as number, order.at(-1) as number];
    const range = value(last) - value(first) || 1;
    for (const [place, i] of order.entries()) {
      const [before, after] = [order[place - 1], order[place + 1]];
      const room =
        before === undefined || after === undefined ? Number.POSITIVE_INFINITY : (value(after) - value(before)) / range;
      distances[i] = (distances[i] as number) + room;
    }
  }
  return distances;
}

/** The area that two-dimensional scores dominate, above and to the right of a reference point that all exceed. */
export function hypervolume(all: readonly Pick<Scored, 'scores'>[], reference: readonly [number, number]): number {
  const front = paretoFront(all).map(({ scores }) => scores as readonly [number, number]);
  front.sort((a, b) => b[0] - a[0]);
  let [area, height] = [0, reference[1]];
  for (const [x, y] of front) {
    area += Math.max(0, x - reference[0]) * Math.max(0, y - height);
    height = Math.max(height, y);
  }
  return area;
}
