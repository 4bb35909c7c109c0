import type { Shape } from './shape.ts';
import type { StepNodes, StepRef } from './steps.ts';
import type { OwnTensor } from './tensor.ts';

/** A tensor of the node that a rule lowers. */
export interface StepTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly value: StepRef;
  /** Whether its gradient is wanted. */
  readonly trains: boolean;
}

/** What the rule of an op sees of the node that it lowers. */
export interface RuleContext<O> {
  readonly b: StepNodes;
  readonly op: O;
  readonly path: string;
  readonly inputs: readonly StepRef[];
  readonly inputShapes: readonly Shape[];
  readonly outputShapes: readonly Shape[];
  /** Whether dropout drops and batch norms use their batch; else the network is evaluated. */
  readonly training: boolean;
  /** Whether batch norms use their batch while training; else their running statistics, which stay. */
  readonly normsByBatch: boolean;
  /** The tensor of that role, where the node has one. */
  tensor(role: OwnTensor['role']): StepTensor | undefined;
  /** Whether the gradient of an input is wanted: something that trains is before it. */
  passes(input: number): boolean;
  /** Some value of each sample, for what has to be there once for each. */
  sample(): StepRef;
  /** The node's share of each sample's noise, as many numbers as its descriptor states, from `offset` on. */
  noise(): { readonly value: StepRef; readonly offset: number };
  /** Reports the batch's mean or variance, for the running average. */
  statistic(tensor: StepTensor, value: StepRef, momentum: number): void;
}

/** Gradients that a node's outputs lead to: of its inputs, in their order, and of tensors of its own. */
export interface Gradients {
  readonly inputs: readonly (StepRef | undefined)[];
  readonly tensors?: readonly (readonly [tensor: StepTensor, gradient: StepRef])[];
}

/** A node made of step ops, and how gradients go back through it. */
export interface Lowered {
  readonly outputs: readonly StepRef[];
  /**
   * Adds the nodes of the gradient. `dy` has an entry per output, undefined for one that nothing was made of; not called
   * where all are. Absent if no gradient can be wanted.
   */
  readonly pull?: (dy: readonly (StepRef | undefined)[]) => Gradients;
}

/** The tensor of a role that every node of the op has. */
export function ownTensor(c: RuleContext<unknown>, role: OwnTensor['role']): StepTensor {
  const tensor = c.tensor(role);
  if (!tensor) throw new Error(`'${c.path}' has no ${role}`);
  return tensor;
}
