// How far search algorithms come on TuNAS's space (6.6e17 networks) within 84 ms on a Pixel 1: npx tsx bench/search.ts
// The stand-in for accuracy is a sum over the 22 layers, each growing with the square root of its latency and as much by chance, so that
// dynamic programming knows the optimum; then the same with terms for pairs of neighbouring layers. Of the way from the mean of random
// networks within the bound (0) to the optimum (1): the median of 10 stand-ins.
import { readFileSync } from 'node:fs';
import { createAdditiveSearch } from '../src/search/algorithms/additive.ts';
import { bestWithin, sumOf, type Table } from '../src/search/algorithms/cost-table.ts';
import { createEvolution } from '../src/search/algorithms/evolution.ts';
import { createRandomSearch } from '../src/search/algorithms/random.ts';
import { runSearch, type Scored, type Searcher, type Selection } from '../src/search/algorithms/searcher.ts';
import { fillNormal } from '../src/weights/normal.ts';
import { randomState } from '../src/weights/random.ts';

const text = readFileSync(new URL('../test/search/tunas-pixel1.json', import.meta.url), 'utf8');
const { bias, layers } = JSON.parse(text) as { bias: number; layers: number[][] };
const parts = { sizes: layers.map((layer) => layer.length) };
const bound = 84 - bias;
const seeds = Array.from({ length: 10 }, (_, seed) => seed);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;

function normal(count: number, seed: number, name: string): number[] {
  const out = new Float32Array(count);
  fillNormal(out, randomState(seed, name), 1);
  return [...out];
}

function standIn(seed: number): Table {
  return layers.map((layer, i) => {
    const [least, most] = [Math.min(...layer), Math.max(...layer)];
    const chance = normal(layer.length, seed, `layer ${i}`);
    return layer.map((latency, a) => 4 * Math.sqrt((latency - least) / (most - least)) + (chance[a] as number));
  });
}

/** What a layer adds with the one before it. */
function pairTerms(seed: number, size: number): number[][] {
  return layers.map((layer, i) =>
    normal(layer.length * (layers[i - 1]?.length ?? 1), seed, `pair ${i}`).map((x) => (i > 0 ? size * x : 0)),
  );
}

/** The largest sum of values and pair terms within the bound, with costs rounded down: at least the optimum. */
function pairBound(values: Table, pairs: readonly (readonly number[])[], bins = 4000): number {
  const least = layers.map((layer) => Math.min(...layer));
  const unit = (bound - least.reduce((sum, x) => sum + x, 0)) / bins;
  let best = [new Float64Array(bins + 1)];
  for (const [i, layer] of layers.entries()) {
    best = layer.map((latency, a) => {
      const width = Math.floor((latency - (least[i] as number)) / unit);
      const next = new Float64Array(bins + 1).fill(Number.NEGATIVE_INFINITY);
      for (const [before, sums] of best.entries()) {
        const gain = (values[i]?.[a] as number) + (pairs[i]?.[a * best.length + before] as number);
        for (let used = width; used <= bins; used++) {
          next[used] = Math.max(next[used] as number, (sums[used - width] as number) + gain);
        }
      }
      return next;
    });
  }
  return Math.max(...best.map((sums) => sums[bins] as number));
}

const marks = [200, 400, 1000, 2000, 8000];

for (const pairSize of [0, 0.5, 1]) {
  const rows = new Map<string, number[][]>();
  const left: number[] = [];
  for (const seed of seeds) {
    const values = standIn(seed);
    const pairs = pairTerms(seed, pairSize);
    const score = (c: Selection) =>
      sumOf(values, c) +
      c.reduce((sum, a, i) => sum + (pairs[i]?.[a * (layers[i - 1]?.length ?? 1) + (c[i - 1] ?? 0)] as number), 0);
    const within = (c: Selection) => sumOf(layers, c) <= bound;
    const optimum = pairSize === 0 ? (bestWithin(values, layers, bound)?.value as number) : pairBound(values, pairs);
    const random = runSearch(createRandomSearch(parts, seed), (c) => [score(c)], 8000);
    const feasible = random.filter(({ candidate }) => within(candidate));
    const start = feasible.reduce((sum, { scores }) => sum + (scores[0] as number), 0) / feasible.length;
    const way = (value: number) => (value - start) / (optimum - start);
    const note = (name: string, runs: readonly Scored[]) => {
      const ways = marks.map((mark) => {
        const scored = runs.slice(0, mark).filter(({ candidate }) => within(candidate));
        if (runs.length < mark) return Number.NaN;
        // who has found nothing within the bound has not left the start
        return scored.length === 0 ? 0 : way(Math.max(...scored.map(({ candidate }) => score(candidate))));
      });
      rows.set(name, [...(rows.get(name) ?? []), ways]);
    };
    const bounded = (searcher: Searcher) => runSearch(searcher, (c) => [within(c) ? score(c) : -1e6], 8000);
    note('random', random);
    note('evolution (100, 25)', bounded(createEvolution(parts, seed)));
    const additive = createAdditiveSearch(layers, bound, seed);
    note(
      'additive',
      runSearch(additive, (c) => [score(c)], 2000),
    );
    if (pairSize === 0) left.push(way(additive.upperBound()) - way(additive.best()?.scores[0] as number));
  }
  console.log(`pairs ${pairSize}: ${marks.join(', ')} evaluations`);
  for (const [name, ways] of rows) {
    console.log(
      `  ${name}: ${marks
        .map((_, i) =>
          median(ways.map((w) => w[i] as number))
            .toFixed(2)
            .replace('NaN', '-'),
        )
        .join('  ')}`,
    );
  }
  if (left.length > 0) console.log(`  the additive search's own bound on what is left: ${median(left).toFixed(4)}`);
}
