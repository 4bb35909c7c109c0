import type { GraphNode, Shape, TensorSpec } from '../graph.ts';
import type { OpKind, OpOf } from '../ops.ts';
import type { StepRef } from './program.ts';
import type { StepBuilder } from './step-builder.ts';

/** What the rule of an op sees of the node that it lowers. */
export interface RuleContext<K extends OpKind> {
  readonly b: StepBuilder;
  readonly node: GraphNode;
  readonly op: OpOf<K>;
  readonly inputs: readonly StepRef[];
  readonly inputShapes: readonly Shape[];
  /** Whether dropout drops and batch norms use their batch; else the network is evaluated. */
  readonly training: boolean;
  /** The tensor of that role, where the node has one. */
  tensor(role: TensorSpec['role']): { readonly spec: TensorSpec; readonly value: StepRef } | undefined;
  /** Whether a tensor's gradient is wanted. */
  trains(spec: TensorSpec): boolean;
  /** Whether the gradient of an input is wanted: something that trains is before it. */
  passes(input: number): boolean;
  /** Reserves so many numbers of each sample's noise. */
  noise(count: number): { readonly value: StepRef; readonly offset: number };
  /** Says that this is the batch's mean or variance, for the running average. */
  statistic(spec: TensorSpec, value: StepRef, momentum: number): void;
}

/** Gradients that a node's outputs lead to: of its inputs, in their order, and of tensors of its own. */
export interface Gradients {
  readonly inputs: readonly (StepRef | undefined)[];
  readonly tensors?: readonly (readonly [spec: TensorSpec, gradient: StepRef])[];
}

/** A node made of step ops, and how gradients go back through it. */
export interface Lowered {
  readonly outputs: readonly StepRef[];
  /**
   * Adds the nodes of the gradient. `dy` has an entry an output, undefined for one that nothing was made of; not called
   * where all are. Absent where no gradient can be wanted.
   */
  readonly pull?: (dy: readonly (StepRef | undefined)[]) => Gradients;
}

/** How an op is lowered. */
export type Rule<K extends OpKind> = (context: RuleContext<K>) => Lowered;
