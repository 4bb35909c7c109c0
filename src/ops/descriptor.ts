import { elementwise, type Inferred, type Shape } from './shape.ts';
import type { OpSignature } from './signature.ts';
import type { OwnTensor } from './tensor.ts';
import type { Lowered, RuleContext } from './training-rule.ts';
import type { Field } from './window.ts';

/**
 * What an op's result is to a run at inference: `given` from outside, `written`, `inPlace` (written, possibly over an
 * input that nothing needs any more, as runtimes do), or `passed`: the input itself.
 */
export type Result = 'given' | 'written' | 'inPlace' | 'passed';

/** How a box with the op is drawn. */
export type Box = 'conv' | 'depthwise' | 'pool' | 'linear' | 'pointwise' | 'join';

/** Ops whose box takes in the norm, activation or dropout that follows. */
export type BoxHead = 'conv' | 'linear' | 'concat' | 'globalAvgPool';

/**
 * All that is known about an op outside of targets. Each part is required, so that an op that forgets one does not
 * compile. Layout is a target's business; here a tensor is `[C, H, W]` or `[C]`, the batch left out.
 */
export interface OpDescriptor<O extends { readonly kind: string }, Called = O> {
  readonly kind: O['kind'];
  /**
   * How the language calls it, and the result of a call, `Called`; undefined for inputs and activations, which are stated in other ways.
   */
  readonly signature: OpSignature<Called> | undefined;
  /** How reports call it: `DWConv 5×5`. */
  label(op: O, inChannels: number): string;
  /** The tensors it owns, in the order of targets and checkpoints, by the shape of its first input. */
  readonly tensors: 'none' | ((op: O, input: Shape) => readonly OwnTensor[]);
  /** The shapes of its outputs for those of its inputs, or why it has none. */
  shapes(op: O, inputs: readonly Shape[]): Inferred;
  /** Multiply-accumulates of one run, by the shapes of its inputs and its first output: see `Cost.macs`. */
  macs(op: O, inputs: readonly Shape[], output: Shape): number;
  readonly result: Result | ((op: O) => Result);
  /** Whether it only moves or selects elements: its result has the scale of its input. */
  readonly movesOnly: boolean;
  readonly field: 'row' | 'all' | ((op: O) => Field);
  /** How many numbers of noise each sample takes in training. */
  noise(op: O, input: Shape): number;
  /** Its decomposition in a training step, and its gradient. */
  train(context: RuleContext<O>): Lowered;
  readonly box: Box | ((op: O, inChannels: number) => Box);
  /** The boxes that it joins where it follows their head. What joins boxes is left out of short descriptions. */
  readonly joins: readonly BoxHead[];
}

/** For ops that multiply nothing, or take no noise. */
export function zero(): number {
  return 0;
}

/** The parts of an op that owns no tensors, multiplies nothing, takes no noise and has a box of its own. */
export const stateless = { tensors: 'none', macs: zero, noise: zero, joins: [] } as const;

/** The parts of an op over several tensors, element by element. */
export const elementwiseParts = {
  ...stateless,
  shapes: elementwise,
  result: 'inPlace',
  movesOnly: false,
  field: 'row',
  box: 'join',
} as const;
