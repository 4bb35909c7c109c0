import type { StepOp } from '../../ops/step-ops.ts';
import type { StepRef, StepShape } from '../../ops/steps.ts';

export type { StepRef, StepShape };

export interface ProgramNode {
  readonly id: number;
  readonly op: StepOp;
  readonly inputs: readonly StepRef[];
  readonly shapes: readonly StepShape[];
  /** The path of the network's node that it belongs to; `''` for the loss and anything else without a node. */
  readonly path: string;
  /** The half of a node that it was made for; absent for the loss, sums of a shared step's gradients, and updates. */
  readonly part?: StepPart;
}

/** A half of a network's node: its values, or the gradients that go back through it. */
export interface StepPart {
  /** The index in `Graph.nodes`. */
  readonly node: number;
  readonly backward: boolean;
}

/** What a step keeps between runs. Always float32. */
export interface Variable {
  /**
   * A tensor of the network by its own name (`stem.conv.weight`), or what training keeps for it, after a slash:
   * `stem.conv.weight/rms`, `/momentum`, `/first`, `/second`, `/ema`, `/sum` (accumulated gradient).
   */
  readonly name: string;
  /** As `TensorSpec.shape`: a runtime that holds it in a different order transposes it on input and output. */
  readonly shape: readonly number[];
  /**
   * Which of the layouts of `Op`: what a runtime transposes. A linear layer's weight, a convolution's, a map, or one
   * axis.
   */
  readonly layout: 'conv' | 'depthwise' | 'linear' | 'map' | 'vector';
  readonly start: 'weights' | { readonly constant: number } | { readonly copyOf: string };
}

/** A change of variables at the end of a step. All refs are values of the step's function. */
export type Update =
  /**
   * TensorFlow's RMSProp (ResourceApplyRMSProp): ms = decay ms + (1 - decay) g^2;
   * mom = momentum mom + rate g / sqrt(ms + epsilon); variable -= mom.
   */
  | {
      readonly kind: 'rmsprop';
      readonly variable: string;
      readonly meanSquare: string;
      readonly momentumSlot: string;
      readonly gradient: StepRef;
      readonly rate: StepRef;
      readonly decay: StepRef;
      readonly momentum: StepRef;
      readonly epsilon: StepRef;
    }
  /** velocity = momentum velocity + g; variable -= rate velocity, or with Nesterov rate (g + momentum velocity). */
  | {
      readonly kind: 'sgd';
      readonly variable: string;
      readonly velocity: string;
      readonly gradient: StepRef;
      readonly rate: StepRef;
      readonly momentum: StepRef;
      readonly nesterov: boolean;
    }
  /**
   * AdamW (Loshchilov & Hutter 2019), as in PyTorch: variable -= rate decay variable; m and v as usual; variable -=
   * rate (m / c1) / (sqrt(v / c2) + epsilon), c1 = 1 - beta1^t, c2 = 1 - beta2^t fed as `correction1`, `2`.
   */
  | {
      readonly kind: 'adamw';
      readonly variable: string;
      readonly first: string;
      readonly second: string;
      readonly gradient: StepRef;
      readonly rate: StepRef;
      readonly beta1: StepRef;
      readonly beta2: StepRef;
      readonly epsilon: StepRef;
      readonly correction1: StepRef;
      readonly correction2: StepRef;
      /** Absent without weight decay. */
      readonly weightDecay?: StepRef;
    }
  /** variable = share variable + (1 - share) value. `value` by name is that variable after the updates before. */
  | {
      readonly kind: 'average';
      readonly variable: string;
      readonly value: StepRef | { readonly variable: string };
      readonly share: StepRef | number;
    }
  /** variable += value. */
  | { readonly kind: 'accumulate'; readonly variable: string; readonly value: StepRef }
  /** variable = 0, after the updates before. */
  | { readonly kind: 'clear'; readonly variable: string };

export interface StepInput {
  readonly name: string;
  /**
   * As seen by the caller. `image` inputs are `[batch, H, W, C]`, channels last, as decoders give them; their dims are
   * still logical, `[C, H, W]`.
   */
  readonly shape: StepShape;
}

/**
 * What one call does: nodes in an order in which they can run, then the updates in theirs. Outputs have their logical
 * shapes (`[batch, K]` logits, scalars), image-like ones channels last.
 */
export interface StepFunction {
  readonly name: string;
  readonly inputs: readonly StepInput[];
  readonly nodes: readonly ProgramNode[];
  readonly outputs: readonly { readonly name: string; readonly value: StepRef }[];
  /**
   * Scalars that must be finite before any update is made; otherwise the run ends with an error and changes nothing.
   */
  readonly guards: readonly StepRef[];
  readonly updates: readonly Update[];
  /** Whether it is run rarely and changes nothing, so that a runtime had better prepare it only then. */
  readonly isRare?: boolean;
}

/** Everything that training a network needs from a runtime: its variables and the functions over them. */
export interface StepProgram {
  readonly name: string;
  readonly variables: readonly Variable[];
  readonly functions: readonly StepFunction[];
  /**
   * Whether memory counts more than time: a runtime that can run several nodes at once had better run them one at a time, since
   * each of them holds the values it reads and makes.
   */
  readonly savesMemory?: boolean;
}
