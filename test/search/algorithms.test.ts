import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { createAdditiveSearch } from '../../src/search/algorithms/additive.ts';
import { createController } from '../../src/search/algorithms/controller.ts';
import { bestWithin, nearlyBestWithin, sumOf, type Table } from '../../src/search/algorithms/cost-table.ts';
import { createEvolution } from '../../src/search/algorithms/evolution.ts';
import { backpropagate, createLstm, runLstm } from '../../src/search/algorithms/lstm.ts';
import { createNsga2, hypervolume, paretoFront } from '../../src/search/algorithms/nsga2.ts';
import { createRandomSearch, mutate } from '../../src/search/algorithms/random.ts';
import { absReward, hardReward, softReward } from '../../src/search/algorithms/rewards.ts';
import { runSearch, type Searcher } from '../../src/search/algorithms/searcher.ts';
import { partsOfSpace } from '../../src/search/algorithms/space-parts.ts';
import { discoverSpace } from '../../src/search/space/discover.ts';
import { eachEncoding } from '../../src/search/space/sample.ts';
import { canonical, spaceSize } from '../../src/search/space/space.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';

const normal = (count: number, seed: number, name: string) => {
  const out = new Float32Array(count);
  fillNormal(out, randomState(seed, name), 1);
  return [...out];
};
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
const seeds = Array.from({ length: 20 }, (_, seed) => seed);

describe("TuNAS's space with its table of latencies on a Pixel 1", () => {
  const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
  const { bias, layers } = read('tunas-pixel1.json') as { bias: number; layers: number[][] };
  const parts = { sizes: layers.map((layer) => layer.length) };
  const bound = 84 - bias;
  /** What a layer adds: more with its latency, in part by chance. */
  const standIn = (seed: number): Table =>
    layers.map((layer, i) => {
      const [least, most] = [Math.min(...layer), Math.max(...layer)];
      const chance = normal(layer.length, seed, `layer ${i}`);
      return layer.map((latency, a) => 4 * Math.sqrt((latency - least) / (most - least)) + (chance[a] as number));
    });

  test('has 6.6e17 networks, and gives its own test vector 84.02 ms', () => {
    expect(parts.sizes.reduce((product, n) => product * n, 1)).toBeCloseTo(6.643e17, -15);
    // tunas/mobile_cost_model_test.py: a kernel, an expansion and whether it is there for each bottleneck, a 0 after each block
    const indices = [
      0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 1, 0, 1, 1, 0, 2, 1, 0,
      2, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0, 0, 0,
    ];
    const selection = [indices[1] as number];
    for (const [block, at] of [3, 16, 29, 42, 55, 68].entries()) {
      for (let layer = 0; layer < (block === 5 ? 1 : 4); layer++) {
        const [kernel, expansion, left] = indices.slice(at + 3 * layer) as [number, number, number];
        selection.push(left === 1 ? 6 : 2 * kernel + expansion);
      }
    }
    expect(bias + sumOf(layers, selection)).toBeCloseTo(84.02, 2);
  });

  test('the additive part is learned in 400 evaluations, and the bound on what is left holds', () => {
    const ways = [0, 1, 2].map((seed) => {
      const values = standIn(seed);
      const optimum = bestWithin(values, layers, bound)!;
      expect(optimum.cost).toBeLessThanOrEqual(bound);
      const random = runSearch(createRandomSearch(parts, seed), (c) => [sumOf(values, c)], 3000);
      const within = random.filter(({ candidate }) => sumOf(layers, candidate) <= bound);
      const start = within.reduce((sum, { scores }) => sum + (scores[0] as number), 0) / within.length;
      const search = createAdditiveSearch(layers, bound, seed, { refit: 20 });
      runSearch(search, (c) => [sumOf(values, c)], 400);
      const found = search.best()?.scores[0] as number;
      const upper = search.upperBound();
      expect(upper).toBeGreaterThanOrEqual(optimum.value - 1e-9);
      expect((upper - found) / (optimum.value - start)).toBeLessThan(0.05);
      return (found - start) / (optimum.value - start);
    });
    expect(median(ways)).toBeGreaterThanOrEqual(0.95);
  });

  test('what is not additive is searched for too: further than evolution comes', () => {
    const ahead = [0, 1, 2].map((seed) => {
      const values = standIn(seed);
      const pairs = layers.map((layer, i) => normal(layer.length * (layers[i - 1]?.length ?? 1), seed, `pair ${i}`));
      const score = (c: readonly number[]) =>
        sumOf(values, c) +
        c.reduce(
          (sum, a, i) =>
            sum + (i > 0 ? (pairs[i]?.[a * (layers[i - 1]?.length ?? 1) + (c[i - 1] as number)] as number) : 0),
          0,
        );
      const search = createAdditiveSearch(layers, bound, seed, { refit: 20 });
      runSearch(search, (c) => [score(c)], 600);
      const evolution = runSearch(
        createEvolution(parts, seed),
        (c) => [sumOf(layers, c) <= bound ? score(c) : -1e6],
        600,
      );
      return (search.best()?.scores[0] as number) - Math.max(...evolution.map(({ scores }) => scores[0] as number));
    });
    expect(median(ahead)).toBeGreaterThan(0);
  });
});

describe('on a space small enough to list', () => {
  const sizes = Array.from({ length: 8 }, () => 4);
  const parts = { sizes };
  /** A score with terms for neighbours, and what one of the best 0.1 % has. */
  const createScore = (seed: number) => {
    const single = sizes.map((n, i) => normal(n, seed, `single ${i}`));
    const pairs = sizes.map((n, i) => normal(n * n, seed, `pair ${i}`));
    const quality = (c: readonly number[]) =>
      sumOf(single, c) +
      c.reduce((sum, a, i) => sum + (i > 0 ? 0.3 * (pairs[i]?.[4 * a + (c[i - 1] as number)] as number) : 0), 0);
    const all = Float64Array.from({ length: 4 ** 8 }, (_, n) => quality(sizes.map((_, i) => (n >> (2 * i)) & 3)));
    return { single, quality, best: all.sort()[all.length - Math.floor(all.length / 1000)] as number };
  };
  const scores = [5, 6, 7].map(createScore);
  const [{ single, quality }] = scores as [ReturnType<typeof createScore>];
  const costs = sizes.map((n, i) => normal(n, 5, `cost ${i}`).map(Math.abs));
  const evaluations = (
    { quality, best }: ReturnType<typeof createScore>,
    create: (seed: number) => Searcher,
    runs = seeds,
  ) =>
    median(
      runs.map((seed) => {
        const searcher = create(seed);
        for (let n = 1; n < 4000; n++) {
          const candidate = searcher.propose();
          const value = quality(candidate);
          if (value >= best) return n;
          searcher.learn(candidate, [0.7 + 0.01 * value]);
        }
        return 4000;
      }),
    );
  // half of the searches have found one of a share of 0.001 after ln(1/2) / ln(1 - 0.001) = 693 draws
  const random = Math.log(0.5) / Math.log1p(-Math.floor(4 ** 8 / 1000) / 4 ** 8);

  test('random search takes as long as chance says to reach the best 0.1 %', () => {
    const many = Array.from({ length: 400 }, (_, seed) => seed);
    for (const score of scores) {
      const found = evaluations(score, (seed) => createRandomSearch(parts, seed), many);
      // the standard error of a median of 400 is 50
      expect(Math.abs(found - random)).toBeLessThan(150);
    }
  });

  test('evolution as published (100, 25) takes a fifth of that at most, one of 50 a seventh', () => {
    for (const score of scores) {
      expect(evaluations(score, (seed) => createEvolution(parts, seed))).toBeLessThanOrEqual(random / 5);
      const small = evaluations(score, (seed) => createEvolution(parts, seed, { population: 50 }));
      expect(small).toBeLessThanOrEqual(random / 7);
    }
  });

  test('the controller takes half of that at most', () => {
    const create = (seed: number) => createController(parts, seed, { units: 8, rate: 0.02 });
    for (const score of scores) expect(evaluations(score, create)).toBeLessThanOrEqual(random / 2);
  });

  test("NSGA-II's front has more hypervolume than random's", () => {
    const volume = (create: (seed: number) => Searcher) =>
      median(
        seeds.map((seed) =>
          hypervolume(
            runSearch(create(seed), (c) => [quality(c), -sumOf(costs, c)], 400),
            [-10, -20],
          ),
        ),
      );
    expect(volume((seed) => createNsga2(parts, seed, { population: 50 }))).toBeGreaterThan(
      1.05 * volume((seed) => createRandomSearch(parts, seed)),
    );
  });

  test('dynamic programming finds the best within a bound, as listing does', () => {
    const bound = 4;
    let listed = Number.NEGATIVE_INFINITY;
    for (let n = 0; n < 4 ** 8; n++) {
      const c = sizes.map((_, i) => (n >> (2 * i)) & 3);
      if (sumOf(costs, c) <= bound) listed = Math.max(listed, sumOf(single, c));
    }
    expect(bestWithin(single, costs, bound)?.value).toBeCloseTo(listed, 10);
    const near = nearlyBestWithin(single, costs, bound)!;
    expect(near.cost).toBeLessThanOrEqual(bound);
    expect(near.value).toBeGreaterThan(listed - 0.2);
    expect(bestWithin(single, costs, 0)).toBeUndefined();
    expect(nearlyBestWithin(single, costs, 0)).toBeUndefined();
  });

  test.each<[string, (seed: number) => Searcher]>([
    ['evolution', (seed) => createEvolution(parts, seed, { population: 20, sample: 5 })],
    ['NSGA-II', (seed) => createNsga2(parts, seed, { population: 20 })],
    ['the controller', (seed) => createController(parts, seed, { units: 8, batch: 10 })],
    ['the additive search', (seed) => createAdditiveSearch(costs, 5, seed)],
  ])('%s proposes the same from the same seed and scores', (_, create) => {
    const run = (seed: number) => runSearch(create(seed), (c) => [quality(c), -sumOf(costs, c)], 100);
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });
});

test('in regularised evolution the oldest dies, the best too', () => {
  const parts = { sizes: [50, 50] };
  const searcher = createEvolution(parts, 0, { population: 5, sample: 200 });
  searcher.learn([7, 7], [100]);
  for (let i = 0; i < 4; i++) searcher.learn([0, i], [i]);
  for (let i = 0; i < 5; i++) searcher.propose();
  const sevens = (c: readonly number[]) => c.filter((a) => a === 7).length;
  expect(sevens(searcher.propose())).toBe(1);
  searcher.learn([0, 9], [50]);
  expect(searcher.propose().filter((a, i) => a === [0, 9][i])).toHaveLength(1);
});

test('a mutation changes one part, and every other alternative comes up', () => {
  const random = randomState(1, 'test');
  const seen = new Set<string>();
  for (let i = 0; i < 200; i++) seen.add(mutate({ sizes: [1, 3, 2] }, [0, 1, 0], random).join());
  expect([...seen].sort()).toEqual(['0,0,0', '0,1,1', '0,2,0']);
});

test('a front holds what nothing dominates, and its hypervolume is the area below', () => {
  const scored = [
    [1, 3],
    [2, 2],
    [3, 1],
    [1, 1],
    [2, 2],
  ].map((scores) => ({ scores }));
  expect(paretoFront(scored)).toEqual(scored.slice(0, 3));
  expect(hypervolume(scored, [0, 0])).toBe(6);
});

test("the controller's gradient is that of finite differences", () => {
  const lstm = createLstm([3, 2, 4], 5, randomState(2, 'test'));
  const chosen = [2, 0, 3];
  const loss = () =>
    runLstm(lstm, (t) => chosen[t] as number).reduce(
      (sum, { probabilities }, t) => sum - Math.log(probabilities[chosen[t] as number] as number),
      0,
    );
  const steps = runLstm(lstm, (t) => chosen[t] as number);
  const logits = steps.map(({ probabilities }, t) => probabilities.map((q, a) => q - (a === chosen[t] ? 1 : 0)));
  const gradient = new Float64Array(lstm.parameters.length);
  backpropagate(lstm, steps, logits, gradient);
  for (let i = 0; i < gradient.length; i += 7) {
    const before = lstm.parameters[i] as number;
    lstm.parameters[i] = before + 1e-5;
    const above = loss();
    lstm.parameters[i] = before - 1e-5;
    const below = loss();
    lstm.parameters[i] = before;
    expect(gradient[i]).toBeCloseTo((above - below) / 2e-5, 6);
  }
});

test('rewards are those of the papers', () => {
  // MnasNet, section 4.1: doubled latency for 5 % more accuracy leaves the soft reward about as it was
  expect(softReward(0.5 * 1.05, 160, 80) / softReward(0.5, 80, 80)).toBeCloseTo(1, 2);
  expect(hardReward(0.7, 60, 80)).toBe(0.7);
  expect(hardReward(0.7, 160, 80)).toBeCloseTo(0.35, 12);
  expect(absReward(0.7, 60, 80, -0.1)).toBeCloseTo(absReward(0.7, 100, 80, -0.1), 12);
  expect(absReward(0.7, 80, 80, -0.1)).toBe(0.7);
});

test('the parts of a space have each of its networks once', () => {
  const text = `import { ConvBnAct, MBConv } from "std/blocks"

model Small {
  input image: [3, 32, 32]
  stages: MBConv {
    | block               | repeat | channels | kernel | expand |
    | {MBConv, ConvBnAct} | 1      | {8, 16}  | 3      | {2, 3} |
    | {MBConv, ConvBnAct} | {0, 2} | 16       | {3, 5} | {2, 4} |
  }
}
`;
  const { model } = compile({ name: 'space.enet', text });
  const space = discoverSpace(model!, {}).space!;
  const parts = partsOfSpace(space);
  let selections: number[][] = [[]];
  for (const size of parts.sizes)
    selections = selections.flatMap((s) => Array.from({ length: size }, (_, a) => [...s, a]));
  expect(BigInt(selections.length)).toBe(spaceSize(space).networks);
  const encodings = new Set(selections.map((s) => parts.encodingOf(s).join()));
  expect(encodings).toEqual(new Set([...eachEncoding(space)].map((e) => canonical(space, e).join())));
});
