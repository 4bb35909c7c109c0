import type { TrainingProgram } from '../../5-graph/training/options.ts';
import type { HostTensor } from '../../backends/runner.ts';
import { nextUnit, randomState } from '../../weights/random.ts';
import type { Batch } from '../data/types.ts';
import { adamCorrection, averageShare, learningRate, type RunLength } from '../schedule.ts';
import type { ResolvedSettings } from '../settings.ts';

type Inputs = Readonly<Record<string, HostTensor>>;

/** What a batch feeds to a function of a training program; gamma only where the loss is focal. */
export function batchInputs({ shape, images, targets, weights }: Batch, settings: ResolvedSettings): Inputs {
  const [count] = shape;
  return {
    image: { shape, data: images },
    targets: { shape: [count, targets.length / count], data: targets },
    sample_weights: { shape: [count], data: weights },
    ...(settings.loss === 'focal' && { gamma: scalar(settings.gamma) }),
  };
}

/**
 * The noise of a batch, uniform in (0, 1), for dropout and stochastic depth. It depends only on the seed and on the batch's position in the run.
 * @param part the batch's number within its step.
 */
export function noiseInputs(
  { noise }: TrainingProgram,
  count: number,
  seed: number,
  step: number,
  part: number,
): Inputs {
  if (noise === 0) return {};
  const state = randomState(seed, `noise/${step}/${part}`);
  const data = new Float32Array(count * noise);
  for (let i = 0; i < data.length; i++) data[i] = nextUnit(state);
  return { noise: { shape: [count, noise], data } };
}

/** The numbers that a step's updates take. @param step from 0. */
export function updateInputs(settings: ResolvedSettings, step: number, length: RunLength): Inputs {
  const rate = learningRate(settings, step, length);
  const { optimiser, ema } = settings;
  return {
    rate: scalar(rate),
    weight_decay: scalar(settings['weight-decay']),
    ...(settings['head-rate'] !== undefined && { head_rate: scalar(rate * settings['head-rate']) }),
    ...(settings['clip-norm'] > 0 && { clip_norm: scalar(settings['clip-norm']) }),
    ...(ema > 0 && { ema_share: scalar(averageShare(ema, step)) }),
    ...(optimiser === 'rmsprop' && {
      decay: scalar(settings['rms-decay']),
      momentum: scalar(settings.momentum),
      epsilon: scalar(settings.epsilon),
    }),
    ...(optimiser === 'sgd' && { momentum: scalar(settings.momentum) }),
    ...(optimiser === 'adamw' && {
      beta1: scalar(settings.beta1),
      beta2: scalar(settings.beta2),
      epsilon: scalar(settings.epsilon),
      correction1: scalar(adamCorrection(settings.beta1, step)),
      correction2: scalar(adamCorrection(settings.beta2, step)),
    }),
  };
}

export function scalar(value: number): HostTensor {
  return { shape: [], data: Float32Array.of(value) };
}
