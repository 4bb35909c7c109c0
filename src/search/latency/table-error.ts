import type { Explained } from './fit-base.ts';
import type { TableError } from './latency-table.ts';

/** How far predictions are from measured latencies. @param networks at least one */
export function tableError(networks: readonly Explained[]): TableError {
  const errors = networks.map(({ predicted, measured }) => Math.abs(predicted / measured - 1)).sort((a, b) => a - b);
  const middle = errors.length >> 1;
  const upper = errors[middle] as number;
  return {
    networks: networks.length,
    median: errors.length % 2 === 1 ? upper : (upper + (errors[middle - 1] as number)) / 2,
    worst: errors.at(-1) as number,
    rankCorrelation: spearman(networks),
  };
}

/** Spearman's rank correlation; 1 for fewer than two, or where all are alike. */
function spearman(networks: readonly Explained[]): number {
  const a = ranksOf(networks.map(({ predicted }) => predicted));
  const b = ranksOf(networks.map(({ measured }) => measured));
  const mean = (a.length - 1) / 2;
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, rank, i) => sum + (rank - mean) * ((y[i] as number) - mean), 0);
  const scale = Math.sqrt(product(a, a) * product(b, b));
  return scale === 0 ? 1 : product(a, b) / scale;
}

/** Ranks from 0; equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = [...values].sort((x, y) => x - y);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
}
