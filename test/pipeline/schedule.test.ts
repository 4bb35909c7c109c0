import { describe, expect, test } from 'vitest';
import { inFlight, type ScheduleName } from '../../src/pipeline/memory.ts';
import { type ScheduleSlot, simulate } from '../../src/pipeline/schedule.ts';

const even = { forward: 1, backward: 2, again: 0, handOver: 0, handBack: 0 };
const schedules: readonly ScheduleName[] = ['gpipe', '1f1b'];

describe.each(schedules)('%s', (schedule) => {
  test.each([
    [1, 5],
    [2, 1],
    [4, 4],
    [8, 32],
    [8, 3],
  ])('%i even stages wait for as long as GPipe states, with %i micro-batches', (stages, microBatches) => {
    // Huang et al. 2019: the bubble is (K - 1) / (M + K - 1) of the time.
    const { seconds } = simulate(Array(stages).fill(even), microBatches, schedule);
    expect(seconds).toBeCloseTo(3 * (microBatches + stages - 1), 9);
  });

  test('nothing begins before what it needs, and no stage does two things at once', () => {
    const stages = [3, 1, 4, 1, 5].map((n, i) => ({
      forward: n,
      backward: 2 * n,
      again: i % 2 ? n : 0,
      handOver: i < 4 ? 0.5 * n : 0,
      handBack: i < 4 ? 0.25 : 0,
    }));
    const { slots, seconds } = simulate(stages, 7, schedule);
    expect(slots).toHaveLength(5 * 7 * 2);
    const find = (stage: number, microBatch: number, pass: ScheduleSlot['pass']) =>
      slots.find((s) => s.stage === stage && s.microBatch === microBatch && s.pass === pass)!;
    for (const { stage, microBatch, pass, start, begin, end } of slots) {
      const times = stages[stage]!;
      expect(begin - start).toBeCloseTo(pass === 'backward' ? times.again : 0, 9);
      expect(end - begin).toBeCloseTo(times[pass], 9);
      const before =
        pass === 'forward'
          ? stage > 0 && find(stage - 1, microBatch, pass).end + stages[stage - 1]!.handOver
          : stage < 4
            ? find(stage + 1, microBatch, pass).end + times.handBack
            : find(stage, microBatch, 'forward').end;
      expect(start).toBeGreaterThanOrEqual(Number(before) - 1e-9);
      expect(end).toBeLessThanOrEqual(seconds);
    }
    for (let stage = 0; stage < 5; stage++) {
      const own = slots.filter((s) => s.stage === stage).sort((a, b) => a.start - b.start);
      own.slice(1).forEach((slot, i) => {
        expect(slot.start).toBeGreaterThanOrEqual(own[i]!.end - 1e-9);
      });
    }
  });

  test('as many micro-batches are under way in a stage as its memory counts', () => {
    const [stages, microBatches] = [5, 9];
    const { slots } = simulate(Array(stages).fill(even), microBatches, schedule);
    for (let stage = 0; stage < stages; stage++) {
      const events = slots
        .filter((s) => s.stage === stage)
        .map(({ pass, end }) => ({ end, by: pass === 'forward' ? 1 : -1 }));
      let [now, most] = [0, 0];
      for (const { by } of events.sort((a, b) => a.end - b.end)) most = Math.max(most, (now += by));
      expect(most).toBe(inFlight(stage, { stages, microBatches, schedule }));
    }
  });
});
