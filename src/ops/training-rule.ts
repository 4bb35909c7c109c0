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
  /** Whether dropout drops and batch norms use their batch; otherwise the network is evaluated. */
  readonly training: boolean;
  /** Whether batch norms use their batch in training; otherwise fixed running statistics. */
  readonly normsByBatch: boolean;
  /** The tensor of that role, where the node has one. */
  tensor(role: OwnTensor['role']): StepTensor | undefined;
  /** Whether the gradient of an input is wanted: something that trains is before it. */
  passes(input: number): boolean;
  /** Some value with a batch, for ops that need one result per sample. */
  sample(): StepRef;
  /** The node's share of each sample's noise, as many numbers as its descriptor states, from `offset` on. */
  noise(): { readonly value: StepRef; readonly offset: number };
  /** Reports the batch's mean or variance, for the running average. */
  statistic(tensor: StepTensor, value: StepRef, momentum: number): void;
}

/** Gradients of a node's inputs, in their order, and of its own tensors, from those of its outputs. */
export interface Gradients {
  readonly inputs: readonly (StepRef | undefined)[];
  readonly tensors?: readonly (readonly [tensor: StepTensor, gradient: StepRef])[];
}

/** A node made of step ops, and how gradients go back through it. */
export interface Lowered {
  readonly outputs: readonly StepRef[];
  /**
   * Adds the nodes of the gradient. `dy` has an entry per output, undefined for an unused one; not called where all are.
   * Absent if a gradient is never needed.
   */
  readonly pull?: (dy: readonly (StepRef | undefined)[]) => Gradients;
}

/** The tensor of a role that every node of the op has. */
export function ownTensor(c: RuleContext<unknown>, role: OwnTensor['role']): StepTensor {
  const tensor = c.tensor(role);
  if (!tensor) throw new Error(`'${c.path}' has no ${role}`);
  return tensor;
}
