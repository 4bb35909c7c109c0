import type { ScheduleName } from './memory.ts';

/** The times of a stage for a micro-batch, in seconds. */
export interface StageTimes {
  readonly forward: number;
  readonly backward: number;
  /** Recomputing its values before the backward half; 0 where they are kept. */
  readonly again: number;
  /** From this stage to the next, and of the gradients back to this stage from the next; 0 for the last. */
  readonly handOver: number;
  readonly handBack: number;
}

/** One micro-batch in one stage. */
export interface ScheduleSlot {
  readonly stage: number;
  readonly microBatch: number;
  readonly pass: 'forward' | 'backward';
  readonly start: number;
  /** Where recomputation ends and the backward half begins; `start` where nothing is recomputed. */
  readonly begin: number;
  readonly end: number;
}

export interface Timeline {
  /** In the order in which each stage works, stage by stage. */
  readonly slots: readonly ScheduleSlot[];
  readonly seconds: number;
}

type Action = Pick<ScheduleSlot, 'microBatch' | 'pass'>;

/**
 * Simulates a schedule: a stage does one thing at a time, in its order, as soon as its inputs have arrived. Links carry one
 * micro-batch at a time each way, while stages work.
 */
export function simulate(stages: readonly StageTimes[], microBatches: number, schedule: ScheduleName): Timeline {
  const orders = stages.map((_times, stage) => actions(schedule, stage, stages.length, microBatches));
  const done = stages.map(() => 0);
  const free = stages.map(() => 0);
  const linkFree = { forward: stages.map(() => 0), backward: stages.map(() => 0) };
  const never = () => stages.map(() => new Float64Array(microBatches).fill(Number.NaN));
  const arrival = { forward: never(), backward: never() };
  arrival.forward[0]?.fill(0);
  arrival.backward[stages.length - 1]?.fill(0);
  const slots: ScheduleSlot[][] = stages.map(() => []);
  const step = (stage: number): boolean => {
    const action = orders[stage]?.[done[stage] as number];
    if (!action) return false;
    const { microBatch, pass } = action;
    const arrived = arrival[pass][stage]?.[microBatch] as number;
    if (Number.isNaN(arrived)) return false;
    const times = stages[stage] as StageTimes;
    const start = Math.max(arrived, free[stage] as number);
    const begin = start + (pass === 'backward' ? times.again : 0);
    const end = begin + times[pass];
    slots[stage]?.push({ stage, microBatch, pass, start, begin, end });
    free[stage] = end;
    done[stage] = (done[stage] as number) + 1;
    const next = pass === 'forward' ? stage + 1 : stage - 1;
    const taking = pass === 'forward' ? times.handOver : (stages[next]?.handBack ?? 0);
    const sent = Math.max(end, linkFree[pass][stage] as number) + taking;
    linkFree[pass][stage] = sent;
    if (arrival[pass][next]) arrival[pass][next][microBatch] = sent;
    return true;
  };
  while (stages.some((_times, stage) => step(stage)));
  const all = slots.flat();
  return { slots: all, seconds: Math.max(...all.map(({ end }) => end)) };
}

/** The actions of a stage, in order: as in `ScheduleGPipe` and `Schedule1F1B` of torch.distributed.pipelining. */
function actions(schedule: ScheduleName, stage: number, stages: number, microBatches: number): Action[] {
  const forward = (microBatch: number): Action => ({ microBatch, pass: 'forward' });
  const backward = (microBatch: number): Action => ({ microBatch, pass: 'backward' });
  const all = Array.from({ length: microBatches }, (_none, i) => i);
  if (schedule === 'gpipe') return [...all.map(forward), ...all.map(backward)];
  const ahead = Math.min(microBatches, stages - stage);
  return [
    ...all.slice(0, ahead).map(forward),
    ...all.flatMap((i) => (i + ahead < microBatches ? [backward(i), forward(i + ahead)] : [backward(i)])),
  ];
}
