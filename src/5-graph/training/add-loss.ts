import { elements, type Shape } from '../../ops/shape.ts';
import { batched } from '../../ops/steps.ts';
import type { ValueRef } from '../graph.ts';
import type { Forward, Seed } from './differentiate.ts';
import type { TrainingOptions } from './options.ts';
import type { StepRef } from './program.ts';
import { perSample, type StepBuilder, scalar } from './step-builder.ts';

/** An output with one number per class. */
export interface Scores {
  readonly value: ValueRef;
  /** `[classes]` or `[classes, 1, 1]`. */
  readonly shape: Shape;
  /** How much its loss counts: 1 for the network's own output. */
  readonly weight: number;
}

/** The loss of one output, and the parts of its gradient. */
interface OutputLoss {
  readonly scores: Scores;
  readonly logits: StepRef;
  readonly losses: StepRef;
  readonly gradient: StepRef;
}

/**
 * Adds the loss of a network: that of its own output, the first of `all`, and of the others times their weights.
 * Outputs: `loss`, the sum; `losses` and `logits` of the network's own output.
 * @returns the loss, and the gradient of each output to go back from
 */
export function addLoss(
  b: StepBuilder,
  all: readonly [Scores, ...Scores[]],
  forward: Forward,
  { loss: kind }: Pick<TrainingOptions, 'loss'>,
): { readonly loss: StepRef; seeds(): readonly Seed[] } {
  const weights = b.input('sample_weights', perSample);
  const each = all.map((scores) => lossOf(b, scores, forward, kind));
  const means = each.map(({ losses, scores }) =>
    b.one({ kind: 'weightedMean', factor: scores.weight }, [losses, weights], scalar),
  );
  const [own] = each as [OutputLoss];
  const loss = means.length === 1 ? (means[0] as StepRef) : b.one({ kind: 'add' }, means, scalar);
  b.output('loss', loss);
  b.output('losses', own.losses);
  b.output('logits', own.logits);
  return { loss, seeds: () => each.map((part) => seedOf(b, part, weights)) };
}

/** The scores of an output as a vector. */
export function addLogits(b: StepBuilder, { value, shape }: Scores, forward: Forward): StepRef {
  const given = forward.value(value);
  return shape.length === 1 ? given : b.one({ kind: 'flatten' }, [given], batched([elements(shape)]));
}

function lossOf(b: StepBuilder, scores: Scores, forward: Forward, loss: TrainingOptions['loss']): OutputLoss {
  const distribution = batched([elements(scores.shape)]);
  const logits = addLogits(b, scores, forward);
  const targets = b.input('targets', distribution);
  const [losses, gradient] =
    loss === 'focal'
      ? b.add({ kind: 'focalLoss' }, [logits, targets, b.input('gamma')], [perSample, distribution])
      : b.add({ kind: 'softmaxCrossEntropy' }, [logits, targets], [perSample, distribution]);
  return { scores, logits, losses: losses as StepRef, gradient: gradient as StepRef };
}

/** The gradient of the whole loss by one output. */
function seedOf(b: StepBuilder, { scores, gradient }: OutputLoss, weights: StepRef): Seed {
  const { value, shape, weight } = scores;
  const flat = b.one({ kind: 'scaleSamples', factor: weight }, [gradient, weights], batched([elements(shape)]));
  return {
    of: value,
    gradient: shape.length === 1 ? flat : b.one({ kind: 'unflatten', shape }, [flat], batched(shape)),
  };
}
