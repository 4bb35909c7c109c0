import { describe, expect, test } from 'vitest';
import type { GraphNode } from '../../src/5-graph/graph.ts';
import { createLine, type OpLine } from '../../src/pipeline/line.ts';
import {
  chosen,
  fewestBytes,
  leastMemory,
  leastStageBytes,
  type PartitionOptions,
  smallestLargest,
  stageChoice,
} from '../../src/pipeline/partition.ts';
import { segmentBetween } from '../../src/pipeline/segment.ts';
import type { LivingValue, TrainingWork } from '../../src/pipeline/work.ts';
import { nextUnit, randomState } from '../../src/weights/random.ts';

/** A line of a few ops with random times, sizes and readers. */
function randomLine(seed: number): OpLine {
  const state = randomState(seed, 'line');
  const unit = () => nextUnit(state);
  const upTo = (n: number) => Math.floor(unit() * (n + 1));
  const count = 4 + upTo(6);
  const values: LivingValue[] = Array.from({ length: count }, (_none, i) => {
    const lastReader = Math.min(count, i + 1 + (unit() < 0.3 ? upTo(count) : 0));
    const firstKeeper = unit() < 0.2 ? Number.POSITIVE_INFINITY : i + upTo(Math.max(0, lastReader - i - 1));
    const shape: number[] = [];
    return { producer: i, lastReader, firstKeeper, bytes: 1 + upTo(20), trains: unit() < 0.9, path: '', shape };
  });
  const work: TrainingWork = {
    ops: values.map(() => ({
      node: {} as GraphNode,
      forward: [],
      backward: [],
      params: upTo(5),
      buffers: upTo(2),
      workingBytes: upTo(10),
      gradientBytes: upTo(5),
    })),
    values: [
      { producer: -1, lastReader: 0, firstKeeper: 0, bytes: 3, trains: false, path: 'image', shape: [] },
      ...values,
    ],
    mayCut: values.map((_value, i) => i > 0 && unit() < 0.85),
  };
  const times = () => Float64Array.from(values, () => 0.1 + unit());
  return createLine(
    work,
    { forward: times(), backward: times() },
    { images: 2, accumulates: true },
    { parameter: 2, statistic: 1 },
  );
}

/** Every way to cut a line into stages. */
function allStarts(line: OpLine, stages: number): number[][] {
  const extend = (starts: number[]): number[][] => {
    if (starts.length === stages) return [starts];
    const from = (starts.at(-1) as number) + 1;
    return Array.from({ length: Math.max(0, line.length - from) }, (_none, i) => from + i)
      .filter((position) => line.mayCut[position])
      .flatMap((position) => extend([...starts, position]));
  };
  return extend([0]);
}

/** The time of the largest stage or link of a cut; infinite where a stage does not fit. */
function largestOf(line: OpLine, starts: readonly number[], options: PartitionOptions): number {
  const all = starts.map((from, stage) => {
    const choice = stageChoice(segmentBetween(line, from, starts[stage + 1] ?? line.length), stage, options);
    const link = from === 0 ? 0 : Math.max(line.handed[from] as number, line.returned[from] as number);
    return Math.max(choice?.seconds ?? Number.POSITIVE_INFINITY, link * options.secondsPerByte);
  });
  return Math.max(...all);
}

const bytesOf = (line: OpLine, starts: readonly number[]) =>
  starts.slice(1).reduce((sum, at) => sum + (line.handed[at] as number) + (line.returned[at] as number), 0);

describe('against all cuts of random lines', () => {
  const seeds = Array.from({ length: 150 }, (_none, seed) => seed);
  test.each([
    ['gpipe', 'auto'],
    ['1f1b', 'auto'],
    ['1f1b', 'none'],
    ['gpipe', 'all'],
  ] as const)('%s, recompute %s', (schedule, recompute) => {
    let [fitting, recomputing, tight] = [0, 0, 0];
    for (const seed of seeds) {
      const line = randomLine(seed);
      const stages = 1 + (seed % 4);
      const free: PartitionOptions = {
        stages,
        microBatches: 1 + (seed % 7),
        schedule,
        recompute,
        secondsPerByte: 0.02,
      };
      const cuts = allStarts(line, stages);
      const memoryOf = (starts: readonly number[]) =>
        Math.max(
          ...starts.map((from, stage) =>
            leastStageBytes(segmentBetween(line, from, starts[stage + 1] ?? line.length), stage, free),
          ),
        );
      const least = Math.min(...cuts.map(memoryOf));
      expect(leastMemory(line, free)).toBe(Number.isFinite(least) ? least : undefined);
      for (const memory of [undefined, least * 1.3, least * 1.01, least * 0.99]) {
        const options = { ...free, ...(memory !== undefined && { memory }) };
        const best = Math.min(...cuts.map((starts) => largestOf(line, starts, options)));
        const found = smallestLargest(line, options);
        if (!Number.isFinite(best)) {
          expect(found).toBeUndefined();
          tight++;
          continue;
        }
        expect(found).toBeCloseTo(best, 10);
        for (const slack of [1, 1.2]) {
          const limit = (found as number) * slack;
          const partition = fewestBytes(line, options, limit);
          const fewest = cuts
            .filter((starts) => largestOf(line, starts, options) <= limit)
            .map((starts) => bytesOf(line, starts));
          expect(bytesOf(line, partition!.starts)).toBeCloseTo(Math.min(...fewest), 8);
          expect(largestOf(line, partition!.starts, options)).toBeLessThanOrEqual(limit);
          expect(partition).toEqual(chosen(line, partition!.starts, options));
          fitting++;
          if (partition?.recompute.some(Boolean)) recomputing++;
        }
      }
    }
    expect(fitting).toBeGreaterThan(300);
    expect(tight).toBeGreaterThan(50);
    if (recompute !== 'none') expect(recomputing).toBeGreaterThan(30);
  });
});

test('a segment that grows has what its ops have together', () => {
  for (let seed = 0; seed < 40; seed++) {
    const line = randomLine(seed);
    for (let to = 1; to <= line.length; to++) {
      for (let from = 0; from < to; from++) {
        const made = line.made.slice(from, to).flat();
        const sum = (of: typeof made) => of.reduce((total, { bytes }) => total + bytes, 0);
        expect(segmentBetween(line, from, to)).toMatchObject({
          given: line.handed[from],
          result: sum(made.filter((value) => value.lastReader >= to)),
          kept: sum(made.filter((value) => value.lastReader >= to || value.firstKeeper < to)),
        });
      }
    }
  }
});
