import type { StepShape } from '../../../5-graph/training/program.ts';
import type { StepOpKind, StepOpOf } from '../../../ops/step-ops.ts';
import type { GraphBuilder } from '../node-def/builder.ts';
import { type Attributes, float, int32, type TensorName } from '../node-def/node-def.ts';
import { heldDims } from './layout.ts';

/** What the nodes of one function share. */
export interface FunctionContext {
  readonly b: GraphBuilder;
  /** The placeholder of an input. */
  input(name: string): TensorName;
  /** The value of a variable before the updates. */
  variable(name: string): TensorName;
  /** The number of samples, as a list of one whole number. */
  batch(): TensorName;
  /** A shape at run time: the batch, or a multiple of it, then the sizes after it as they are stored. */
  batchShape(dims: readonly number[], times?: number): TensorName;
}

/** What belongs to one node, whatever its op. Image-like values are channels last. */
export interface NodeContext extends FunctionContext {
  readonly inputs: readonly TensorName[];
  /** Logical shapes. */
  readonly inputShapes: readonly StepShape[];
  readonly shapes: readonly StepShape[];
  /** Whether a bias is added to its result. */
  readonly isBiased: boolean;
  /** What its nodes' names begin with: `train/stem.conv/conv`. */
  readonly scope: string;
}

/** What the writer of an op gets to see. */
export interface StepContext<K extends StepOpKind> extends NodeContext {
  readonly op: StepOpOf<K>;
}

/** Adds an op's nodes; the names of its outputs. */
export type WriteStep<K extends StepOpKind> = (context: StepContext<K>) => readonly TensorName[];

/** Adds a node over float32, `T`; its first output. */
export function add(c: NodeContext, op: string, inputs: readonly TensorName[], attr: Attributes = {}): TensorName {
  return c.b.node({ op, name: c.scope, inputs, attr: { T: float, ...attr } });
}

/** The one input, or the first. */
export function first(c: NodeContext): TensorName {
  return c.inputs[0] as TensorName;
}

export function two(c: NodeContext): readonly [TensorName, TensorName] {
  return c.inputs as unknown as [TensorName, TensorName];
}

export function three(c: NodeContext): readonly [TensorName, TensorName, TensorName] {
  return c.inputs as unknown as [TensorName, TensorName, TensorName];
}

/** The logical sizes of an input, without the batch. */
export function dimsOf(c: NodeContext, input: number): readonly number[] {
  return c.inputShapes[input]?.dims ?? [];
}

/** A reshape to a shape without batch, or with -1 for it. */
export function reshape(c: NodeContext, x: TensorName, shape: readonly number[]): TensorName {
  return add(c, 'Reshape', [x, c.b.integers(shape)], { Tshape: int32 });
}

export function transpose(c: NodeContext, x: TensorName, permutation: readonly number[]): TensorName {
  return add(c, 'Transpose', [x, c.b.integers(permutation)], { Tperm: int32 });
}

/** A part of a tensor; a size of -1 is the whole rest. */
export function slice(c: NodeContext, x: TensorName, begin: readonly number[], size: readonly number[]): TensorName {
  return add(c, 'Slice', [x, c.b.integers(begin), c.b.integers(size)], { Index: int32 });
}

/** `[N, H, W, C]` of the logical sizes, the batch left open. */
export function openShape(dims: readonly number[]): readonly number[] {
  return [-1, ...heldDims(dims)];
}

/** Reduces over axes. */
export function reduce(
  c: NodeContext,
  op: 'Max' | 'Mean' | 'Min' | 'Sum',
  x: TensorName,
  axes: readonly number[],
  keep: boolean,
): TensorName {
  return add(c, op, [x, c.b.integers(axes)], { Tidx: int32, keep_dims: { bool: keep } });
}
