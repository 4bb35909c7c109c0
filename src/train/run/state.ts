import type { LogSizes } from '../metrics/run-log.ts';
import { aCount, aNumber, anObject, oneOf } from './shape.ts';
import type { WeightKind } from './weight-kind.ts';

/** The sums over the steps of an epoch so far. */
export interface EpochSums {
  readonly images: number;
  readonly loss: number;
  readonly correct: number;
}

export interface Best {
  readonly epoch: number;
  readonly accuracy: number;
  readonly weights: WeightKind;
}

/**
 * The state of a training between two steps. With the variables' values it is all that is passed from one step to the
 * next: order, augmentation and noise are drawn from the seed and these numbers.
 */
export interface TrainState {
  /** Steps done. */
  readonly step: number;
  /** The epoch of the next step, from 0. */
  readonly epoch: number;
  /** Steps done in that epoch. If all are done, its evaluation comes next. */
  readonly stepInEpoch: number;
  readonly sums: EpochSums;
  readonly best?: Best;
  /** The sizes of the metrics files. */
  readonly log: LogSizes;
}

const stateShape = anObject(
  {
    step: aCount,
    epoch: aCount,
    stepInEpoch: aCount,
    sums: anObject({ images: aCount, loss: aNumber(), correct: aCount }),
    log: anObject({ metrics: aCount, events: aCount }),
  },
  { best: anObject({ epoch: aCount, accuracy: aNumber(0, 1), weights: oneOf('averages', 'raw') }) },
);

/** What is wrong with a state in a file; undefined if nothing is. */
export function stateProblem(value: unknown): string | undefined {
  const problem = stateShape(value, '');
  if (problem !== undefined) return problem;
  const { step, stepInEpoch, epoch, best } = value as TrainState;
  if (stepInEpoch > step) return `'stepInEpoch' is ${stepInEpoch}, more than the ${step} steps in all`;
  if (best && best.epoch > epoch) return `'best.epoch' is ${best.epoch}, later than epoch ${epoch}`;
  return undefined;
}

export const noSums: EpochSums = { images: 0, loss: 0, correct: 0 };
export const startState: TrainState = {
  step: 0,
  epoch: 0,
  stepInEpoch: 0,
  sums: noSums,
  log: { metrics: 0, events: 0 },
};
