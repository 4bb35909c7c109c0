// How many evaluations evolution takes to find one of the best 0.1 % of a space that can be listed, as a share of what random search takes
// (both in the median): npx tsx bench/small-spaces.ts
// Scores are sums over parts with terms for neighbours of a strength; twelve of each, searched from twenty seeds.
import { sumOf } from '../src/search/algorithms/cost-table.ts';
import { createEvolution, type EvolutionOptions } from '../src/search/algorithms/evolution.ts';
import type { Selection } from '../src/search/algorithms/searcher.ts';
import { fillNormal } from '../src/weights/normal.ts';
import { randomState } from '../src/weights/random.ts';

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
const settings: readonly EvolutionOptions[] = [
  { population: 100, sample: 25 },
  { population: 50, sample: 25 },
  { population: 50, sample: 12 },
  { population: 25, sample: 6 },
];
const spaces = [
  [8, 4],
  [10, 3],
  [6, 6],
  [16, 2],
] as const;

for (const [parts, options] of spaces) {
  for (const strength of [0, 0.3, 1]) {
    const shares = settings.map((): number[] => []);
    for (let score = 0; score < 12; score++) {
      const { quality, best, random } = createScore(parts, options, strength, score);
      for (const [i, setting] of settings.entries()) {
        const found = Array.from({ length: 20 }, (_, seed) =>
          evaluations(parts, options, setting, seed, quality, best),
        );
        shares[i]?.push(median(found) / random);
      }
    }
    const texts = settings.map(({ population, sample }, i) => {
      const share = shares[i] as number[];
      return `(${population}, ${sample}) ${median(share).toFixed(3)}, at most ${Math.max(...share).toFixed(3)}`;
    });
    console.log(`${options}^${parts}, neighbours ${strength}: ${texts.join('; ')}`);
  }
}

function createScore(parts: number, options: number, strength: number, seed: number) {
  const normal = (count: number, name: string) => {
    const out = new Float32Array(count);
    fillNormal(out, randomState(seed, name), 1);
    return [...out];
  };
  const single = Array.from({ length: parts }, (_, i) => normal(options, `single ${i}`));
  const pairs = Array.from({ length: parts }, (_, i) => normal(options * options, `pair ${i}`));
  const quality = (c: Selection) => {
    let sum = sumOf(single, c);
    for (let i = 1; i < parts; i++) {
      sum += strength * (pairs[i]?.[options * (c[i] as number) + (c[i - 1] as number)] as number);
    }
    return sum;
  };
  const count = options ** parts;
  const selection = (n: number) => single.map((_, i) => Math.floor(n / options ** i) % options);
  const all = Float64Array.from({ length: count }, (_, n) => quality(selection(n))).sort();
  const good = Math.floor(count / 1000);
  return { quality, best: all[count - good] as number, random: Math.log(0.5) / Math.log1p(-good / count) };
}

function evaluations(
  parts: number,
  options: number,
  setting: EvolutionOptions,
  seed: number,
  quality: (c: Selection) => number,
  best: number,
): number {
  const searcher = createEvolution({ sizes: Array.from({ length: parts }, () => options) }, seed, setting);
  for (let n = 1; n < 20000; n++) {
    const candidate = searcher.propose();
    const value = quality(candidate);
    if (value >= best) return n;
    searcher.learn(candidate, [value]);
  }
  return 20000;
}
