import { byteLength, type Graph, shapeOf } from '../5-graph/graph.ts';
import { removeUnreached } from '../5-graph/passes/remove-unreached.ts';
import { float32 } from '../5-graph/value-type.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import type { Engine } from './engine.ts';
import { count, emptyBounds, emptyHistogram, type Histogram, widen } from './histogram.ts';
import { batchesOf, type Pictures } from './pictures.ts';

/** Memory limits for values observed together: for one picture, and for a batch. */
const mostBytes = 24 << 20;
const mostBatch = 8;

/** The output name of an observed value: by its node. */
export const nameOfValue = (id: number) => `value.${id}`;

/** A graph that has only these values as outputs, each the first output of its node. */
export function withValues(graph: Graph, ids: readonly number[]): Graph {
  const outputs = ids.map((id) => ({ name: nameOfValue(id), value: { node: id, output: 0 } }));
  return { ...graph, outputs, auxiliary: [] };
}

/** How many pictures are run at a time while these values are observed. */
export function batchSize(graph: Graph, ids: readonly number[]): number {
  const bytes = ids.reduce((sum, id) => sum + byteLength(shapeOf(graph, { node: id, output: 0 }), float32), 0);
  return Math.max(1, Math.min(mostBatch, Math.floor(mostBytes / Math.max(bytes, 1))));
}

/** Splits a list of values so that each part's memory for one picture stays within the limit. */
export function groupsOf(graph: Graph, ids: readonly number[]): number[][] {
  const groups: number[][] = [];
  let [group, bytes]: [number[], number] = [[], 0];
  for (const id of ids) {
    const size = byteLength(shapeOf(graph, { node: id, output: 0 }), float32);
    if (group.length > 0 && bytes + size > mostBytes) {
      groups.push(group);
      [group, bytes] = [[], 0];
    }
    group.push(id);
    bytes += size;
  }
  return group.length > 0 ? [...groups, group] : groups;
}

export interface ObserveOptions {
  readonly engine: Engine;
  readonly pictures: Pictures;
  /** Called after each batch. */
  progress(done: number, total: number): void;
}

/**
 * Runs a network over pictures and passes on some of its values. @param graph any; what the values do not need is left
 * out.
 */
export async function eachValue(
  graph: Graph,
  weights: WeightSource,
  ids: readonly number[],
  { engine, pictures, progress }: ObserveOptions,
  see: (id: number, values: Float32Array, count: number) => void,
): Promise<void> {
  let done = 0;
  const groups = groupsOf(graph, ids);
  for (const group of groups) {
    const network = await engine.open(removeUnreached(withValues(graph, group)), weights);
    try {
      for (const { images, count: size } of batchesOf(pictures, batchSize(graph, group))) {
        const outputs = await network.run(images, size);
        for (const id of group) see(id, outputs[nameOfValue(id)] as Float32Array, size);
        progress((done += size), groups.length * pictures.count);
      }
    } finally {
      await network.close();
    }
  }
}

/** Histograms of values, from two passes over the pictures, the first for their bounds. */
export async function histogramsOf(
  graph: Graph,
  weights: WeightSource,
  ids: readonly number[],
  options: ObserveOptions,
): Promise<Map<number, Histogram>> {
  const bounds = new Map(ids.map((id) => [id, emptyBounds()]));
  const half = (from: number) => ({
    ...options,
    progress: (done: number, total: number) => options.progress(from * total + done, 2 * total),
  });
  await eachValue(graph, weights, ids, half(0), (id, values) => {
    const seen = bounds.get(id);
    if (seen) widen(seen, values);
  });
  const histograms = new Map([...bounds].map(([id, seen]) => [id, emptyHistogram(seen)]));
  await eachValue(graph, weights, ids, half(1), (id, values) => {
    const histogram = histograms.get(id);
    if (histogram) count(histogram, values);
  });
  return histograms;
}

/** Adds to the sums over all pixels and pictures of each channel. @param values `[count, C, ...]` */
export function addChannelSums(sums: Float64Array, values: Float32Array, size: number): void {
  const channels = sums.length;
  const pixels = values.length / (size * channels);
  for (let i = 0, plane = 0; plane < size * channels; plane++) {
    let sum = 0;
    for (const end = i + pixels; i < end; i++) sum += values[i] as number;
    sums[plane % channels] = (sums[plane % channels] as number) + sum / pixels;
  }
}

/** The mean of each channel of values over pixels and pictures. */
export async function channelMeans(
  graph: Graph,
  weights: WeightSource,
  ids: readonly number[],
  options: ObserveOptions,
): Promise<Map<number, Float64Array>> {
  const sums = new Map(ids.map((id) => [id, new Float64Array(shapeOf(graph, { node: id, output: 0 })[0] ?? 1)]));
  await eachValue(graph, weights, ids, options, (id, values, size) =>
    addChannelSums(sums.get(id) as Float64Array, values, size),
  );
  for (const sum of sums.values())
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) / options.pictures.count;
  return sums;
}
