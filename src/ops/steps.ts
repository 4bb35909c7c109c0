import type { Shape } from './shape.ts';
import type { StepOp } from './step-ops.ts';

/** One output of a node of a step's function. */
export interface StepRef {
  /** The node's index in `StepFunction.nodes`. */
  readonly node: number;
  readonly output: number;
}

/** A shape, and whether it is preceded by the batch. A scalar is `{ batch: false, dims: [] }`. */
export interface StepShape {
  readonly batch: boolean;
  readonly dims: readonly number[];
}

/** A tensor with the batch before it. */
export function batched(dims: Shape): StepShape {
  return { batch: true, dims };
}

/** A tensor without batch, such as a weight. */
export function unbatched(dims: Shape): StepShape {
  return { batch: false, dims };
}

/** Adds the nodes of one function of a step program. */
export interface StepNodes {
  /** Adds a node; its outputs, one per shape. */
  add(op: StepOp, inputs: readonly StepRef[], shapes: readonly StepShape[], path?: string): readonly StepRef[];
  /** Adds a node with one output. */
  one(op: StepOp, inputs: readonly StepRef[], shape: StepShape, path?: string): StepRef;
  /** An input of the function; always the same node. */
  input(name: string, shape?: StepShape): StepRef;
}
