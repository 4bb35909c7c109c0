import type { Loader } from '../data/types.ts';
import { RunError } from '../run-error.ts';
import type { RunLength } from '../schedule.ts';
import type { ResolvedSettings } from '../settings.ts';

/**
 * How many steps a run has: what is left of an epoch's batches and makes no whole step is not trained on.
 * @throws RunError where there is no step in an epoch.
 */
export function runLength({ batch, accumulate, epochs }: ResolvedSettings, train: Loader): RunLength {
  const stepsPerEpoch = Math.floor(train.batches / accumulate);
  if (stepsPerEpoch === 0) {
    const options = accumulate > 1 ? '--batch or --accumulate' : '--batch';
    throw new RunError(
      `a step takes ${batch * accumulate} images, and there are fewer to train on: take a smaller ${options}`,
    );
  }
  return { stepsPerEpoch, totalSteps: stepsPerEpoch * epochs };
}
