import { nounFor } from '../../diagnostics/noun-for.ts';
import { option, type Words, words } from '../../diagnostics/words.ts';
import type { Loader } from '../data/types.ts';
import { RunError } from '../run-error.ts';
import { learningRate, peakRate, type RunLength, warmupStepsOf } from '../schedule.ts';
import type { ResolvedSettings } from '../settings.ts';

/**
 * How many steps a run has. The last step of an epoch may have fewer batches than the others.
 * @throws RunError if an epoch's images do not make one whole step.
 */
export function runLength({ batch, accumulate, epochs }: ResolvedSettings, train: Loader): RunLength {
  const stepsPerEpoch = Math.ceil(train.batches / accumulate);
  if (train.batches < accumulate) {
    const options = accumulate > 1 ? words`${option('batch')} or ${option('accumulate')}` : words`${option('batch')}`;
    throw new RunError(
      words`a step takes ${batch * accumulate} images, and there are fewer training images: use a smaller ${options}`,
      { setting: 'batch' },
    );
  }
  return { stepsPerEpoch, totalSteps: stepsPerEpoch * epochs };
}

/**
 * A warning about the warm-up of a short run: a rate that never reaches its value, or a first epoch that trains nothing.
 * Undefined if all is well.
 */
export function warmupWarning(settings: ResolvedSettings, length: RunLength): Words | undefined {
  const { warmup, epochs, rate } = settings;
  const { stepsPerEpoch, totalSteps } = length;
  const warmupSteps = warmupStepsOf(settings, length);
  if (warmupSteps === 0 || rate === 0) return undefined;
  const shown = (value: number) => String(Number(value.toPrecision(4)));
  const advice = words`choose a shorter ${option('warmup')} or more ${option('epochs')}`;
  if (warmupSteps >= totalSteps) {
    const last = learningRate(settings, totalSteps - 1, length);
    const epochsOf = `${warmup} ${nounFor(warmup, 'epoch')}`;
    const run = `the run of ${epochs} ${nounFor(epochs, 'epoch')}`;
    const how = warmupSteps === totalSteps ? 'as long as' : 'longer than';
    return words`the warm-up of ${epochsOf} is ${how} ${run}: the rate ends at ${shown(last)} and never reaches ${shown(peakRate(settings))}; ${advice}`;
  }
  if (stepsPerEpoch > 1) return undefined;
  return words`an epoch is a single step, and the rate of the first is 0: the first epoch changes only the batch norms' statistics; choose a smaller ${option('batch')} or ${option('warmup', 0)}`;
}
