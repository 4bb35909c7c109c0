import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { IntegerOps } from '../quantise/integer-ops.ts';
import type { CheckpointPolicy } from './checkpoint.ts';
import type { StepProgram } from './program.ts';

/** The options of a training step that are fixed when its program is built; all numbers are inputs of its functions. */
export interface TrainingOptions {
  readonly optimiser: 'rmsprop' | 'sgd' | 'adamw';
  /** For SGD. */
  readonly nesterov: boolean;
  readonly loss: 'cross-entropy' | 'focal';
  /** Whether the gradient's global norm is limited (input `clip_norm`). */
  readonly clip: boolean;
  /** Several batches per step: the functions `accumulate` and `apply` instead of `train`. */
  readonly accumulate: boolean;
  /**
   * Whether averages of what training changes, weights and statistics, are kept (Polyak & Juditsky 1992; `.../ema`).
   */
  readonly ema: boolean;
  /** Names of tensors that do not train. A batch norm without any training tensors uses its running statistics. */
  readonly frozen: ReadonlySet<string>;
  /** Whether batch norms use fixed running statistics in training; their other tensors train. */
  readonly keepStatistics: boolean;
  /** Names of tensors with a separate rate, the input `head_rate`. */
  readonly head: ReadonlySet<string>;
  /**
   * For int8 files: what the files that rounding imitates compute on integers, and other files; absent where nothing is
   * rounded.
   */
  readonly quantise?: { readonly integers: IntegerOps; readonly others: readonly IntegerOps[] };
  /** What the backward half recomputes instead of keeping it; the numbers are the same. */
  readonly checkpoint: CheckpointPolicy;
}

export const defaultTrainingOptions: TrainingOptions = {
  optimiser: 'rmsprop',
  nesterov: false,
  loss: 'cross-entropy',
  clip: false,
  accumulate: false,
  ema: true,
  frozen: new Set(),
  keepStatistics: false,
  head: new Set(),
  checkpoint: 'none',
};

/**
 * A network's training as a program. Its functions and their inputs, scalars but where a shape is given:
 *
 * - `train`: `image` [N, H, W, C], `targets` [N, K], `sample_weights` [N], `noise` [N, `noise`] where `noise` > 0,
 *   `rate`, `head_rate` (with a head), `weight_decay`, `clip_norm` (with clip), `gamma` (focal), `ema_share` (with ema),
 *   and the optimiser's: `decay`, `momentum`, `epsilon` (RMSProp); `momentum` (SGD); `beta1`, `beta2`, `epsilon`,
 *   `correction1`, `correction2` (AdamW). Outputs: `loss`, `losses` [N], `logits` [N, K], `norm` (of the gradient).
 * - with `accumulate` instead: `accumulate`: the first four, `gamma`, and `share` (1 / batches); `loss`, `losses`, `logits`.
 *   `apply`: the rest; `norm`.
 * `loss` counts the auxiliary outputs, each times its weight; `losses` and `logits` belong to the network's own output.
 * - `evaluate`: `image`, `targets`, `sample_weights`, `gamma` (focal); `loss`, `losses`, `logits`. By running statistics.
 *   `evaluate_ema` likewise with the averages.
 * - `predict`: `image`; `logits`. `predict_ema`.
 * - `diagnose`: the inputs of a training step's forward and backward half; outputs of 1 or 0 by whether all numbers are
 *   finite, in the order in which they are computed: `weight STEM.CONV.WEIGHT`, `activation PATH #n`, `loss`, `gradient NAME`.
 *
 * `weight_decay` is L2 regularisation (its gradient is added after clipping) but for AdamW, where it is decoupled; batch
 * norms have none (tensorflow/tpu, models/official/efficientnet/main.py).
 */
export interface TrainingProgram {
  readonly program: StepProgram;
  /** The name of the network's input, its shape `[C, H, W]`, and the number of classes. */
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly classes: number;
  /** How many numbers of noise each sample takes (dropout, stochastic depth). */
  readonly noise: number;
  /** Names of the network's tensors that gradients move. */
  readonly trainable: readonly string[];
  /** Names of the variables that hold ranges, `[3]` each; none where nothing is rounded. See `fakeQuantize`. */
  readonly ranges: readonly string[];
}

export interface TrainingResult {
  readonly training?: TrainingProgram;
  readonly diagnostics: readonly Diagnostic[];
}
