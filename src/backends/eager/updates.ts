import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { StepRef, Update } from '../../5-graph/training/program.ts';
import type { Tfjs } from '../backend.ts';

/** What an update reads: values of the step, and variables after the previous updates. */
export interface UpdateContext {
  readonly tf: Tfjs;
  readonly value: (ref: StepRef) => Tensor;
  readonly variable: (name: string) => Tensor;
}

type UpdateRule<K extends Update['kind']> = (
  context: UpdateContext,
  update: Extract<Update, { kind: K }>,
) => Readonly<Record<string, Tensor>>;

/** The variables that an update changes, with their new values, owned by the caller. */
export function newValues(context: UpdateContext, update: Update): Readonly<Record<string, Tensor>> {
  return (rules[update.kind] as UpdateRule<Update['kind']>)(context, update);
}

/** The step's values that an update reads. */
export function refsOf(update: Update): StepRef[] {
  return Object.values(update).filter((part): part is StepRef => typeof part === 'object' && 'node' in part);
}

/** For the formulas see `Update`. */
const rules: { readonly [K in Update['kind']]: UpdateRule<K> } = {
  rmsprop({ tf, value, variable }, update) {
    const [gradient, decay] = [value(update.gradient), value(update.decay)];
    const meanSquare = mixed(tf, variable(update.meanSquare), tf.square(gradient), decay);
    const scaled = tf.div(gradient, tf.sqrt(tf.add(meanSquare, value(update.epsilon))));
    const momentum = tf.add(
      tf.mul(variable(update.momentumSlot), value(update.momentum)),
      tf.mul(scaled, value(update.rate)),
    );
    return {
      [update.meanSquare]: meanSquare,
      [update.momentumSlot]: momentum,
      [update.variable]: tf.sub(variable(update.variable), momentum),
    };
  },

  sgd({ tf, value, variable }, update) {
    const [gradient, momentum] = [value(update.gradient), value(update.momentum)];
    const velocity = tf.add(tf.mul(variable(update.velocity), momentum), gradient);
    const direction = update.nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity;
    return {
      [update.velocity]: velocity,
      [update.variable]: tf.sub(variable(update.variable), tf.mul(direction, value(update.rate))),
    };
  },

  adamw({ tf, value, variable }, update) {
    const [gradient, rate] = [value(update.gradient), value(update.rate)];
    const first = mixed(tf, variable(update.first), gradient, value(update.beta1));
    const second = mixed(tf, variable(update.second), tf.square(gradient), value(update.beta2));
    const old = variable(update.variable);
    const kept = update.weightDecay ? tf.sub(old, tf.mul(old, tf.mul(rate, value(update.weightDecay)))) : old;
    const deviation = tf.add(tf.sqrt(tf.div(second, value(update.correction2))), value(update.epsilon));
    const direction = tf.div(tf.div(first, value(update.correction1)), deviation);
    return {
      [update.first]: first,
      [update.second]: second,
      [update.variable]: tf.sub(kept, tf.mul(direction, rate)),
    };
  },

  average({ tf, value, variable }, update) {
    const next = 'variable' in update.value ? variable(update.value.variable) : value(update.value);
    const share = typeof update.share === 'number' ? tf.scalar(update.share) : value(update.share);
    return { [update.variable]: mixed(tf, variable(update.variable), next, share) };
  },

  accumulate: ({ tf, value, variable }, update) => ({
    [update.variable]: tf.add(variable(update.variable), value(update.value)),
  }),
  clear: ({ tf, variable }, update) => ({ [update.variable]: tf.zerosLike(variable(update.variable)) }),
};

/** share old + (1 - share) next */
function mixed(tf: Tfjs, old: Tensor, next: Tensor, share: Tensor): Tensor {
  return tf.add(tf.mul(old, share), tf.mul(next, tf.sub(1, share as Scalar)));
}
