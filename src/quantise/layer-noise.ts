import type { Graph } from '../5-graph/graph.ts';
import { type QuantisationPlan, quantise } from '../5-graph/passes/quantise.ts';
import { removeUnreached } from '../5-graph/passes/remove-unreached.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { decibels, powers } from './judge.ts';
import { batchSize, groupsOf, nameOfValue, type ObserveOptions, withValues } from './observe.ts';
import { batchesOf } from './pictures.ts';

/** The number of pictures on which values between layers are compared. */
const most = 16;

/** A network in float32 and with the types of a plan. */
export interface Sides {
  readonly graph: Graph;
  readonly weights: WeightSource;
  readonly plan: QuantisationPlan;
  /** The types of the quantised side. */
  readonly adjusted: WeightSource;
}

/** The signal-to-noise ratio, in decibels, of values within the whole quantised network. */
export async function noiseByValue(
  { graph, weights, plan, adjusted }: Sides,
  ids: readonly number[],
  { engine, pictures, progress }: ObserveOptions,
): Promise<Map<number, number>> {
  const sums = new Map(ids.map((id) => [id, { signal: 0, noise: 0 }]));
  let done = 0;
  for (const group of groupsOf(graph, ids)) {
    const part = withValues(graph, group);
    const float = await engine.open(removeUnreached(part), weights);
    try {
      const typed = await engine.open(removeUnreached(quantise(part, plan)), adjusted);
      try {
        for (const { images, count } of batchesOf(pictures, batchSize(graph, group), most)) {
          const expected = await float.run(images, count);
          const found = await typed.run(images, count);
          for (const id of group) {
            const { signal, noise } = powers(
              expected[nameOfValue(id)] as Float32Array,
              found[nameOfValue(id)] as Float32Array,
            );
            const sum = sums.get(id) as { signal: number; noise: number };
            sum.signal += signal;
            sum.noise += noise;
          }
        }
      } finally {
        await typed.close();
      }
    } finally {
      await float.close();
    }
    progress((done += group.length), ids.length);
  }
  return new Map([...sums].map(([id, sum]) => [id, decibels(sum)]));
}
