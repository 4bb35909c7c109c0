import type { OpLine } from './line.ts';
import { type PipelineShape, stageBytes } from './memory.ts';
import { grow, type Segment, segmentBefore, segmentBetween } from './segment.ts';

export interface PartitionOptions extends PipelineShape {
  /** Which stages recompute; `auto`: those that would otherwise not fit. */
  readonly recompute: 'auto' | 'all' | 'none';
  /** Bytes of each device. */
  readonly memory?: number;
  /** Seconds per byte from a stage to the next. */
  readonly secondsPerByte: number;
}

export interface Partition {
  /** Positions at which stages begin, the first one's 0 among them. */
  readonly starts: readonly number[];
  readonly recompute: readonly boolean[];
}

/** What a stage takes of a micro-batch's time, and whether it recomputes. */
export interface StageChoice {
  readonly seconds: number;
  readonly recompute: boolean;
}

/** Limits that are tried for the largest stage, relative to an equal share: the tighter, the fewer cuts satisfy it. */
const limits = [1.005, 1.02, 1.05, 1.1, 1.2, 1.3, 1.4, 1.5, 1.7, 2, 2.5, 4, 10, 30, 100, Number.POSITIVE_INFINITY];

/**
 * The time of the largest stage (or of the slowest link) of the best cut of a line into stages, by dynamic programming over all
 * positions. A stage keeps its values where they fit and recomputes them where they do not.
 * @returns undefined where no cut fits the memory, or there are fewer places to cut than stages
 */
export function smallestLargest(line: OpLine, options: PartitionOptions): number | undefined {
  const share = evenShare(line, options);
  for (const factor of limits) {
    const least = largestWithin(line, options, share * factor);
    if (least !== undefined) return least;
  }
  return undefined;
}

/** The time of a stage if all were alike, and none had to recompute for want of memory. */
export function evenShare(line: OpLine, options: PartitionOptions): number {
  return secondsBetween(line, 0, line.length, options) / options.stages;
}

/**
 * Of all cuts whose stages and links all stay within `limit`, the one that the fewest bytes cross, including gradients.
 * @returns undefined where there is none
 */
export function fewestBytes(line: OpLine, options: PartitionOptions, limit: number): Partition | undefined {
  const { stages } = options;
  const bytes = table(line, stages);
  const begins = table(line, stages);
  visit(line, options, limit, bytes, (stage, segment, before) => {
    const { from, to } = segment;
    const total = before + (from === 0 ? 0 : (line.handed[from] as number) + (line.returned[from] as number));
    const row = bytes[stage] as Float64Array;
    if (total >= (row[to] as number) || largest(line, segment, stage, options) > limit) return;
    row[to] = total;
    (begins[stage] as Float64Array)[to] = from;
  });
  const starts: number[] = [];
  let to = line.length;
  for (let stage = stages - 1; stage >= 0; stage--) {
    if (!Number.isFinite(bytes[stage]?.[to])) return undefined;
    to = begins[stage]?.[to] as number;
    starts.unshift(to);
  }
  return chosen(line, starts, options);
}

/** The partition with given starts; undefined where a stage does not fit. */
export function chosen(line: OpLine, starts: readonly number[], options: PartitionOptions): Partition | undefined {
  const choices = starts.map((from, stage) =>
    stageChoice(segmentBetween(line, from, starts[stage + 1] ?? line.length), stage, options),
  );
  if (choices.includes(undefined)) return undefined;
  return { starts, recompute: choices.map((choice) => choice?.recompute === true) };
}

/**
 * The least memory that is enough for the largest stage.
 * @returns undefined where there are fewer places to cut than stages
 */
export function leastMemory(line: OpLine, options: PartitionOptions): number | undefined {
  const best = table(line, options.stages);
  visit(
    line,
    { ...options, memory: Number.POSITIVE_INFINITY },
    Number.POSITIVE_INFINITY,
    best,
    (stage, segment, before) => {
      const row = best[stage] as Float64Array;
      if (before >= (row[segment.to] as number)) return;
      const own = leastStageBytes(segment, stage, options);
      row[segment.to] = Math.min(row[segment.to] as number, Math.max(before, own));
    },
  );
  const found = best[options.stages - 1]?.[line.length] as number;
  return Number.isFinite(found) ? found : undefined;
}

/** The least memory that a stage needs at its position. */
export function leastStageBytes(segment: Segment, stage: number, options: PartitionOptions): number {
  const { recompute } = options;
  const keeping = recompute === 'all' ? Number.POSITIVE_INFINITY : stageBytes(segment, stage, options, false);
  return recompute === 'none' ? keeping : Math.min(keeping, stageBytes(segment, stage, options, true));
}

/** The cost of a stage at its position; undefined where it does not fit. */
export function stageChoice(segment: Segment, stage: number, options: PartitionOptions): StageChoice | undefined {
  const { recompute, memory } = options;
  const { forward, backward } = segment;
  const fits = (again: boolean) => memory === undefined || stageBytes(segment, stage, options, again) <= memory;
  if (recompute !== 'all' && fits(false)) return { seconds: forward + backward, recompute: false };
  if (recompute !== 'none' && fits(true)) return { seconds: 2 * forward + backward, recompute: true };
  return undefined;
}

/** The least time of the largest stage, over cuts whose stages all stay within `limit`. */
function largestWithin(line: OpLine, options: PartitionOptions, limit: number): number | undefined {
  const best = table(line, options.stages);
  visit(line, options, limit, best, (stage, segment, before) => {
    const row = best[stage] as Float64Array;
    const known = row[segment.to] as number;
    if (before >= known || secondsOf(segment, options) >= known) return;
    const own = Math.max(before, largest(line, segment, stage, options));
    // Stages beyond the limit are not evaluated in full, so that they prove nothing.
    if (own < known && own <= limit) row[segment.to] = own;
  });
  const found = best[options.stages - 1]?.[line.length] as number;
  return Number.isFinite(found) ? found : undefined;
}

/** The time of a stage, or of the link before it where that is longer. */
function largest(line: OpLine, segment: Segment, stage: number, options: PartitionOptions): number {
  const seconds = stageChoice(segment, stage, options)?.seconds ?? Number.POSITIVE_INFINITY;
  if (segment.from === 0) return seconds;
  const bytes = Math.max(line.handed[segment.from] as number, line.returned[segment.from] as number);
  return Math.max(seconds, bytes * options.secondsPerByte);
}

/**
 * Enumerates the possible stages, ends in order, so that what a stage builds on is known before it.
 * @param known by stage and end, what has been found; infinite where nothing has
 * @param limit of a stage's time: what is before an end must fit into that number of stages, and what is after it into the others
 */
function visit(
  line: OpLine,
  options: PartitionOptions,
  limit: number,
  known: readonly Float64Array[],
  each: (stage: number, segment: Segment, before: number) => void,
): void {
  const { stages, memory = Number.POSITIVE_INFINITY } = options;
  // Sums of the same numbers in another order differ in their last digits.
  const within = limit * (1 + 1e-12);
  for (let to = 1; to <= line.length; to++) {
    if (to < line.length && !line.mayCut[to]) continue;
    const least = Math.ceil(secondsBetween(line, 0, to, options) / within) - 1;
    const most = stages - 1 - Math.ceil(secondsBetween(line, to, line.length, options) / within);
    const first = to === line.length ? stages - 1 : Math.max(least, 0);
    const last = to === line.length ? stages - 1 : Math.min(most, stages - 2);
    if (first > last) continue;
    const segment = segmentBefore(line, to);
    while (segment.from > 0) {
      grow(line, segment);
      const { from } = segment;
      // Both grow with the segment.
      if (secondsOf(segment, options) > within || segment.state + segment.kept > memory) break;
      if (from === 0) {
        if (first === 0) each(0, segment, 0);
      } else if (line.mayCut[from]) {
        for (let stage = Math.max(first, 1); stage <= last; stage++) {
          const before = known[stage - 1]?.[from] as number;
          if (before < Number.POSITIVE_INFINITY) each(stage, segment, before);
        }
      }
    }
  }
}

/** The least that a stage takes. */
function secondsOf({ forward, backward }: Segment, { recompute }: PartitionOptions): number {
  return forward * (recompute === 'all' ? 2 : 1) + backward;
}

function secondsBetween(line: OpLine, from: number, to: number, { recompute }: PartitionOptions): number {
  const forward = (line.forward[to] as number) - (line.forward[from] as number);
  return forward * (recompute === 'all' ? 2 : 1) + (line.backward[to] as number) - (line.backward[from] as number);
}

function table(line: OpLine, stages: number): Float64Array[] {
  return Array.from({ length: stages }, () => new Float64Array(line.length + 1).fill(Number.POSITIVE_INFINITY));
}
