import type { TrainListener } from '../../train/loop/task.ts';
import type { Io } from '../io.ts';

/** Tells a run to machines: a line of JSON for each thing that happens, steps left to `metrics.jsonl`. */
export function createJsonScreen(io: Io): TrainListener & { clear(): void } {
  const print = (value: object) => io.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    clear() {},
    started: (facts) => print({ kind: 'start', ...facts }),
    step() {},
    evaluating() {},
    epoch: print,
    saved: (path) => print({ kind: 'checkpoint', path }),
    damaged: ({ path, reason }) => print({ kind: 'damaged', path, reason }),
    skipped: ({ name, reason }) => print({ kind: 'skipped', name, reason }),
  };
}
