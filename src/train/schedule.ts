import type { ResolvedSettings } from './settings.ts';

/** How long a run is, in optimiser steps. */
export interface RunLength {
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/**
 * The rate that the schedule starts from: the base rate is for 256 images, scaled by the number of images in a step.
 */
export function peakRate({ rate, batch, accumulate }: ResolvedSettings): number {
  return (rate * batch * accumulate) / 256;
}

/** The number of steps in which the rate rises. */
export function warmupStepsOf({ warmup }: ResolvedSettings, { stepsPerEpoch }: RunLength): number {
  return Math.trunc(warmup * stepsPerEpoch);
}

/**
 * The learning rate of a step, as in `build_learning_rate` of the reference code (tensorflow/tpu,
 * models/official/efficientnet/utils.py): the base rate is for 256 images, scaled by the number of images in a step; for `warmup` epochs it rises linearly from 0; afterwards it has fallen from step 0 on, exponentially in stairs
 * of `decay-epochs`, or along half a cosine to 0 at the run's end.
 * @param step from 0.
 */
export function learningRate(settings: ResolvedSettings, step: number, length: RunLength): number {
  const { stepsPerEpoch, totalSteps } = length;
  const peak = peakRate(settings);
  const warmupSteps = warmupStepsOf(settings, length);
  if (step < warmupSteps) return (peak * step) / warmupSteps;
  switch (settings.schedule) {
    case 'constant':
      return peak;
    case 'cosine':
      return 0.5 * peak * (1 + Math.cos((Math.PI * step) / totalSteps));
    case 'exponential': {
      const decaySteps = stepsPerEpoch * settings['decay-epochs'];
      return decaySteps === 0 ? peak : peak * settings['decay-rate'] ** Math.floor(step / decaySteps);
    }
  }
}

/**
 * The decay of the averages at an update, as in `tf.train.ExponentialMovingAverage` with `num_updates`: small at first, so that the averages quickly forget the initial weights.
 * @param step from 0; TensorFlow counts this update already.
 */
export function averageShare(decay: number, step: number): number {
  const updates = step + 1;
  return Math.min(decay, (1 + updates) / (10 + updates));
}

/** AdamW's bias corrections of a step, 1 - beta^t with t from 1. */
export function adamCorrection(beta: number, step: number): number {
  return 1 - beta ** (step + 1);
}
