import { setImmediate } from 'node:timers/promises';
import type { Steps } from '../weights/steps.ts';

/** How long a signal may wait to be heard. */
const turnMs = 20;

/** The steps of a work, in turns with what the process hears: without a supervisor it is to hear signals, too. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (let turnBegan = performance.now(); ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - turnBegan < turnMs) continue;
    await setImmediate();
    turnBegan = performance.now();
  }
}
