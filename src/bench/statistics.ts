/** The statistics of a series of latencies, and when they are not reliable. */

/** The allowed variation: a latency with more spread or drift is not reliable. */
export const mostVariation = 0.05;

export interface SeriesSummary {
  readonly runs: number;
  readonly median: number;
  readonly p90: number;
  /** The distance of the quartiles relative to the median. */
  readonly spread: number;
  /** By how much the median of the last tenth is above that of the first: a machine that slows down as it heats up. */
  readonly drift: number;
}

/** A quantile of a series, with linear interpolation. @param series not empty */
export function quantile(series: readonly number[], share: number): number {
  const sorted = Float64Array.from(series).sort();
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const value = sorted[below] as number;
  return value + (at - below) * ((sorted[below + 1] ?? value) - value);
}

/** @param series not empty */
export function median(series: readonly number[]): number {
  return quantile(series, 0.5);
}

/** @param series values above 0 in the order of time, not empty */
export function summarizeSeries(series: readonly number[]): SeriesSummary {
  const middle = median(series);
  const tenth = Math.max(1, Math.floor(series.length / 10));
  return {
    runs: series.length,
    median: middle,
    p90: quantile(series, 0.9),
    spread: (quantile(series, 0.75) - quantile(series, 0.25)) / middle,
    drift: median(series.slice(-tenth)) / median(series.slice(0, tenth)) - 1,
  };
}

/** Whether the last three medians of a warm-up agree within 2 %. */
export function isSettled(medians: readonly number[]): boolean {
  const last = medians.slice(-3);
  return last.length === 3 && Math.max(...last) <= Math.min(...last) * 1.02;
}

/** Why a series is not reliable: part of a sentence for each reason. Empty where it is. */
export function doubtsOf({ spread, drift }: Pick<SeriesSummary, 'spread' | 'drift'>, settled: boolean): string[] {
  const percent = (share: number) => `${(Math.abs(share) * 100).toFixed(1)} %`;
  return [
    ...(settled ? [] : ['the warm-up did not settle']),
    ...(spread > mostVariation ? [`the spread is ${percent(spread)}, above 5 %`] : []),
    ...(Math.abs(drift) > mostVariation
      ? [`the last tenth is ${percent(drift)} ${drift > 0 ? 'above' : 'below'} the first`]
      : []),
  ];
}
