import { fillNormal } from '../../weights/normal.ts';
import { nextUnit, type RandomState, randomState } from '../../weights/random.ts';
import { bestWithin, nearlyBestWithin, type Optimum, sumOf, type Table } from './cost-table.ts';
import { mutate } from './random.ts';
import type { Scored, Searcher, Selection } from './searcher.ts';

export interface AdditiveOptions {
  /** After how many scores the model is refitted: 10 by default. */
  readonly refit?: number;
  /**
   * The share of proposals that are mutations of the best so far, for effects that are not additive: 0.5 by default.
   */
  readonly local?: number;
}

/** A searcher that also says how much better than the best so far any candidate could be, as far as scores are additive. */
export interface AdditiveSearcher extends Searcher {
  /** The best of the scored candidates. */
  best(): Scored | undefined;
  /**
   * An upper bound for all candidates within the bound of costs if scores are sums: the score of the fit's best, plus three standard
   * deviations, plus the most that other alternatives may gain over its own, each plus three standard deviations, by exact dynamic
   * programming.
   */
  upperBound(): number;
}

/**
 * Learns how much each alternative adds, and proposes by dynamic programming over the table of costs: Thompson sampling on a Bayesian
 * linear model with one weight for each alternative, whose draw is maximised within the bound. Effects that are not additive appear as noise, which keeps the draws diverse; the other proposals are mutations of the best so far that stay within the bound.
 * @param costs what each alternative costs; the cost of a candidate is their sum
 * @throws RangeError if no candidate is within the bound
 */
export function createAdditiveSearch(
  costs: Table,
  bound: number,
  seed: number,
  options: AdditiveOptions = {},
): AdditiveSearcher {
  const { refit = 10, local = 0.5 } = options;
  const parts = { sizes: costs.map((part) => part.length) };
  const random = randomState(seed, 'additive search');
  const model = createModel(parts.sizes);
  const seen = new Set<string>();
  const zero = costs.map((part) => part.map(() => 0));
  if (!nearlyBestWithin(zero, costs, bound)) throw new RangeError('no candidate is within the bound');
  let fitted = model.fit();
  let learned = 0;
  let best: Scored | undefined;
  const sampled = () => (nearlyBestWithin(fitted.draw(random), costs, bound) as Optimum).selection;
  const neighbour = ({ candidate }: Scored) => {
    const near = mutate(parts, candidate, random);
    return nextUnit(random) < 0.5 ? near : mutate(parts, near, random);
  };
  /** The fit's best, proposed once per fit. */
  let expected: Selection | undefined;
  return {
    propose() {
      const first = expected;
      expected = undefined;
      if (first && !seen.has(first.join())) return first;
      const isLocal = best !== undefined && learned > model.size && nextUnit(random) < local;
      // a candidate that was already scored teaches nothing: a limited number of others is tried
      for (let tries = 0; tries < 20; tries++) {
        const selection = best && (isLocal || tries > 3) ? neighbour(best) : sampled();
        if (sumOf(costs, selection) <= bound && !seen.has(selection.join())) return selection;
      }
      return sampled();
    },
    learn(candidate, scores) {
      learned++;
      seen.add(candidate.join());
      const isWithin = sumOf(costs, candidate) <= bound;
      if (isWithin && (!best || (scores[0] as number) > (best.scores[0] as number))) best = { candidate, scores };
      model.add(candidate, scores[0] as number);
      if (learned % refit !== 0) return;
      fitted = model.fit();
      expected = bestWithin(fitted.weights, costs, bound)?.selection;
    },
    best: () => best,
    upperBound() {
      fitted = model.fit();
      const { selection } = bestWithin(fitted.weights, costs, bound) as Optimum;
      const { at, gains } = fitted.optimistic(selection, 3);
      return at + (bestWithin(gains, costs, bound) as Optimum).value;
    },
  };
}

/**
 * The weights of the sum that best fits the values of selections, by ridge regression: value = mean + the sum of the alternatives'
 * weights.
 */
export function fitAdditive(
  sizes: readonly number[],
  samples: readonly (readonly [Selection, number])[],
): { readonly weights: Table; readonly mean: number } {
  const model = createModel(sizes);
  for (const [selection, value] of samples) model.add(selection, value);
  return { weights: model.fit().weights, mean: samples.reduce((sum, [, value]) => sum + value, 0) / samples.length };
}

interface Fitted {
  readonly weights: Table;
  /** Weights drawn from their posterior. */
  draw(random: RandomState): Table;
  /**
   * An upper bound of a selection's score, and of the gain of each alternative over that of the selection, by this many standard
   * deviations. Differences are known where levels are not: a part's weights may all be shifted.
   */
  optimistic(selection: Selection, deviations: number): { readonly at: number; readonly gains: Table };
}

/** Ridge regression on one weight for each alternative, with the noise estimated from the residuals. */
function createModel(sizes: readonly number[]) {
  const first = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, n) => sum + n, 0));
  const size = sizes.reduce((sum, n) => sum + n, 0);
  const squares = new Float64Array(size * size);
  const products = new Float64Array(size);
  const counts = new Float64Array(size);
  let [n, sum, sumOfSquares] = [0, 0, 0];
  const table = (weights: Float64Array): Table =>
    sizes.map((count, part) => Array.from({ length: count }, (_, a) => weights[(first[part] as number) + a] as number));
  return {
    size,
    add(selection: Selection, score: number): void {
      n++;
      sum += score;
      sumOfSquares += score * score;
      const on = selection.map((a, part) => (first[part] as number) + a);
      for (const i of on) {
        products[i] = (products[i] as number) + score;
        counts[i] = (counts[i] as number) + 1;
        for (const k of on) squares[i * size + k] = (squares[i * size + k] as number) + 1;
      }
    },
    fit(): Fitted {
      const mean = n > 0 ? sum / n : 0;
      const variance = n > 1 ? Math.max(sumOfSquares / n - mean * mean, 1e-12) : 1;
      // each part is expected to contribute its share of the variance
      const prior = variance / sizes.length;
      let noise = variance;
      let weights = new Float64Array(size);
      let factor = new Float64Array(0);
      for (let round = 0; round < 4; round++) {
        const ridge = noise / prior;
        const matrix = squares.map((value, i) => (i % (size + 1) === 0 ? value + ridge : value));
        factor = cholesky(matrix, size);
        const right = products.map((product, i) => product - mean * (counts[i] as number));
        weights = backward(factor, forward(factor, right, size), size);
        const explained = weights.reduce((total, w, i) => total + w * (right[i] as number), 0);
        const residual = Math.max(n * variance - explained, 0);
        noise = Math.max(residual / Math.max(n - freedom(sizes), 1), 1e-9 * variance);
        if (n <= freedom(sizes)) break;
      }
      const deviation = Math.sqrt(noise);
      return {
        weights: table(weights),
        draw(random) {
          const normal = new Float32Array(size);
          fillNormal(normal, random, deviation);
          const step = backward(factor, Float64Array.from(normal), size);
          return table(weights.map((w, i) => w + (step[i] as number)));
        },
        optimistic(selection, deviations) {
          const on = selection.map((a, part) => (first[part] as number) + a);
          const above = (direction: Float64Array) => {
            const half = forward(factor, direction, size);
            const expected = direction.reduce((total, d, i) => total + d * (weights[i] as number), 0);
            return expected + deviations * deviation * Math.sqrt(half.reduce((total, h) => total + h * h, 0));
          };
          const all = new Float64Array(size);
          for (const i of on) all[i] = 1;
          const gains = sizes.map((count, part) =>
            Array.from({ length: count }, (_, a) => {
              const [i, reference] = [(first[part] as number) + a, on[part] as number];
              if (i === reference) return 0;
              const direction = new Float64Array(size);
              direction[i] = 1;
              direction[reference] = -1;
              return above(direction);
            }),
          );
          return { at: mean + above(all), gains };
        },
      };
    },
  };
}

/** How many weights are free: all but one per part. */
function freedom(sizes: readonly number[]): number {
  return sizes.reduce((sum, n) => sum + n - 1, 1);
}

/** The lower triangle L with L L' = matrix, row-major. */
function cholesky(matrix: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const l = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = matrix[i * size + k] as number;
      for (let m = 0; m < k; m++) sum -= (l[i * size + m] as number) * (l[k * size + m] as number);
      l[i * size + k] = i === k ? Math.sqrt(Math.max(sum, 1e-300)) : sum / (l[k * size + k] as number);
    }
  }
  return l;
}

/** x of L x = b. */
function forward(l: Float64Array, b: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const x = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - (l[i * size + k] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (l[i * size + i] as number);
  }
  return x;
}

/** x of L' x = b. */
function backward(l: Float64Array, b: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const x = Float64Array.from(b);
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] = (x[i] as number) - (l[k * size + i] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (l[i * size + i] as number);
  }
  return x;
}
