import type { GraphNode, Shape, TensorSpec } from '../../../5-graph/graph.ts';
import type { OpKind, OpOf } from '../../../ops/ops.ts';
import type { GraphBuilder } from '../node-def/builder.ts';
import { type Attributes, float, int32, type TensorName } from '../node-def/node-def.ts';

/** What is written for one node of the network. Image-like values are channels last. */
export interface Context {
  readonly b: GraphBuilder;
  readonly node: GraphNode;
  readonly inputs: readonly TensorName[];
  /** Logical shapes. */
  readonly inputShapes: readonly Shape[];
  /** What fused operators do at their end: the bias, then the activation after this node where it is fused. */
  readonly fusedOps: readonly string[];
  /** Adds a constant of the network's own numbers, named `stem.conv/kernel`. */
  weight(node: GraphNode, tensor: TensorSpec, member: string): TensorName;
}

export interface OpContext<K extends OpKind> extends Context {
  readonly op: OpOf<K>;
}

/** Adds an op's nodes; the names of its outputs. */
export type WriteOp<K extends OpKind> = (context: OpContext<K>) => readonly TensorName[];

export const shapeOf = (node: GraphNode): Shape => node.shapes[0] as Shape;
export const first = (c: Context): TensorName => c.inputs[0] as TensorName;

/** Height and width of the first input. */
export function sizeOf({ inputShapes }: Context): [height: number, width: number] {
  const [, height = 1, width = 1] = inputShapes[0] as Shape;
  return [height, width];
}

/** `stages.4.1.expand/act`. */
export function label({ node }: Context, what: string): string {
  return node.path === '' ? what : `${node.path}/${what}`;
}

/** Adds a node over float32, `T`; its first output. */
export function add(
  c: Context,
  op: string,
  name: string,
  inputs: readonly TensorName[],
  attr: Attributes = {},
): TensorName {
  return c.b.node({ op, name, inputs, attr: { T: float, ...attr } });
}

/** Adds an operator that ends with its bias and the activation after it. */
export function addFused(
  c: Context,
  op: string,
  inputs: readonly [x: TensorName, kernel: TensorName, bias: TensorName],
  attr: Attributes,
): TensorName {
  const fused = { fused_ops: { texts: c.fusedOps }, num_args: { int: 1 }, epsilon: { float: 0 } };
  return add(c, op, c.node.path, inputs, { ...attr, ...fused });
}

/** @param shape without the batch, as it is stored. */
export function reshape(c: Context, x: TensorName, name: string, shape: readonly number[]): TensorName {
  return add(c, 'Reshape', name, [x, c.b.integers([-1, ...shape])], { Tshape: int32 });
}

export function transpose(c: Context, x: TensorName, name: string, permutation: readonly number[]): TensorName {
  return add(c, 'Transpose', name, [x, c.b.integers(permutation)], { Tperm: int32 });
}
