import type { TensorSpec } from '../graph.ts';
import type { TrainingOptions } from './options.ts';
import type { StepRef, Variable } from './program.ts';
import { type StepBuilder, scalar } from './step-builder.ts';

/** A tensor that gradients move. */
export interface Trained {
  readonly spec: TensorSpec;
  /** Whether the head's rate applies to it. */
  readonly head: boolean;
}

/** What an optimiser keeps for each tensor, and how it moves it. */
interface Optimiser {
  /** Suffixes of its variables, with what they start at. */
  readonly slots: Readonly<Record<string, number>>;
  /** Whether weight decay is its own business, and no part of the gradient. */
  readonly decoupled: boolean;
  update(b: StepBuilder, trained: Trained, gradient: StepRef, rate: StepRef, options: TrainingOptions): void;
}

const optimisers: Readonly<Record<TrainingOptions['optimiser'], Optimiser>> = {
  // TensorFlow 1's optimiser, which the reference code trains with, starts the mean squares at one: the first steps are
  // small. (tensorflow/python/training/rmsprop.py, `_create_slots`.)
  rmsprop: {
    slots: { rms: 1, momentum: 0 },
    decoupled: false,
    update: (b, { spec: { name } }, gradient, rate) =>
      b.update({
        kind: 'rmsprop',
        variable: name,
        meanSquare: `${name}/rms`,
        momentumSlot: `${name}/momentum`,
        gradient,
        rate,
        decay: b.input('decay'),
        momentum: b.input('momentum'),
        epsilon: b.input('epsilon'),
      }),
  },
  sgd: {
    slots: { momentum: 0 },
    decoupled: false,
    update: (b, { spec: { name } }, gradient, rate, { nesterov }) =>
      b.update({
        kind: 'sgd',
        variable: name,
        velocity: `${name}/momentum`,
        gradient,
        rate,
        momentum: b.input('momentum'),
        nesterov,
      }),
  },
  adamw: {
    slots: { first: 0, second: 0 },
    decoupled: true,
    update: (b, { spec: { name, decays } }, gradient, rate) => {
      const weightDecay = b.input('weight_decay');
      b.update({
        kind: 'adamw',
        variable: name,
        first: `${name}/first`,
        second: `${name}/second`,
        gradient,
        rate,
        beta1: b.input('beta1'),
        beta2: b.input('beta2'),
        epsilon: b.input('epsilon'),
        correction1: b.input('correction1'),
        correction2: b.input('correction2'),
        ...(decays && { weightDecay }),
      });
    },
  },
};

/** The variables that training keeps in addition to the network's own. */
export function keptVariables(
  own: readonly Variable[],
  trained: readonly Trained[],
  averaged: ReadonlySet<string>,
  options: TrainingOptions,
): Variable[] {
  const byName = new Map(own.map((variable) => [variable.name, variable]));
  const slotOf = ({ spec }: Trained, suffix: string, start: number): Variable => {
    const variable = byName.get(spec.name) as Variable;
    return { ...variable, name: `${spec.name}/${suffix}`, start: { constant: start } };
  };
  const slots = Object.entries(optimisers[options.optimiser].slots);
  return [
    ...trained.flatMap((t) => slots.map(([suffix, start]) => slotOf(t, suffix, start))),
    ...(options.accumulate ? trained.map((t) => slotOf(t, 'sum', 0)) : []),
    ...own.flatMap((v) => (averaged.has(v.name) ? [{ ...v, name: `${v.name}/ema`, start: { copyOf: v.name } }] : [])),
  ];
}

/**
 * Adds the end of a step: clipping, weight decay, the optimiser, the averages. Nothing changes where the gradient's norm
 * is not finite.
 * @param gradients of all tensors that train.
 * @param averaged names of the network's tensors with averages.
 */
export function addUpdates(
  b: StepBuilder,
  trained: readonly Trained[],
  gradients: ReadonlyMap<string, StepRef>,
  averaged: ReadonlySet<string>,
  options: TrainingOptions,
): void {
  const optimiser = optimisers[options.optimiser];
  const rate = b.input('rate');
  const headRate = options.head.size > 0 ? b.input('head_rate') : rate;
  const weightDecay = b.input('weight_decay');
  const found = trained.flatMap((t) => {
    const gradient = gradients.get(t.spec.name);
    return gradient ? [{ t, gradient }] : [];
  });
  const norm = b.one(
    { kind: 'globalNorm' },
    found.map(({ gradient }) => gradient),
    scalar,
  );
  b.output('norm', norm);
  b.guard(norm);
  const factor = options.clip ? b.one({ kind: 'clipFactor' }, [norm, b.input('clip_norm')], scalar) : undefined;
  for (const { t, gradient } of found) {
    const shape = { batch: false, dims: t.spec.shape };
    const path = pathOf(t.spec);
    let moved = factor ? b.one({ kind: 'scale' }, [gradient, factor], shape, path) : gradient;
    if (t.spec.decays && !optimiser.decoupled) {
      const value = b.variable(t.spec.name, t.spec.shape);
      moved = b.one({ kind: 'addScaled' }, [moved, value, weightDecay], shape, path);
    }
    optimiser.update(b, t, moved, t.head ? headRate : rate, options);
  }
  if (!options.ema) return;
  const share = b.input('ema_share');
  for (const name of averaged) {
    b.update({ kind: 'average', variable: `${name}/ema`, value: { variable: name }, share });
  }
}

function pathOf({ name }: TensorSpec): string {
  return name.slice(0, name.lastIndexOf('.'));
}
