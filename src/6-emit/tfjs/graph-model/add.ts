import type { TensorSpec } from '../../../5-graph/graph.ts';
import type { WrittenNode } from '../../written-node.ts';
import type { GraphBuilder } from '../node-def/builder.ts';
import { type Attributes, float, int32, type TensorName } from '../node-def/node-def.ts';

/** The context of an op's writer. Image-like values are channels last. */
export interface GraphModelNode extends WrittenNode {
  readonly b: GraphBuilder;
  /** Whether operators include a bias, and more; otherwise it is a separate operator. */
  readonly fuses: boolean;
  /** What fused operators do at the end: the bias, then the activation after this node where it is fused. */
  readonly fusedOps: readonly string[];
  /** Whether the node before it has done all that it does. */
  readonly isDone: boolean;
  /** Adds a constant of the network's own numbers, named `stem.conv/kernel`. */
  weight(tensor: TensorSpec, member: string): TensorName;
}

/** Adds a node over float32, `T`; its first output. */
export function add(
  c: GraphModelNode,
  op: string,
  name: string,
  inputs: readonly TensorName[],
  attr: Attributes = {},
): TensorName {
  return c.b.node({ op, name, inputs, attr: { T: float, ...attr } });
}

/** Operators by the name of those that end with a bias, and more. */
const unfused = {
  _FusedConv2D: 'Conv2D',
  FusedDepthwiseConv2dNative: 'DepthwiseConv2dNative',
  _FusedMatMul: 'MatMul',
} as const;

/** Adds an operator that ends with its bias and the activation after it. */
export function addFused(
  c: GraphModelNode,
  op: keyof typeof unfused,
  inputs: readonly [x: TensorName, kernel: TensorName, bias: TensorName],
  attr: Attributes,
): TensorName {
  if (!c.fuses) {
    const [x, kernel, bias] = inputs;
    const y = add(c, unfused[op], c.node.path, [x, kernel], attr);
    return add(c, 'BiasAdd', `${c.node.path}/add-bias`, [y, bias], { data_format: { text: 'NHWC' } });
  }
  const fused = { fused_ops: { texts: c.fusedOps }, num_args: { int: 1 }, epsilon: { float: 0 } };
  return add(c, op, c.node.path, inputs, { ...attr, ...fused });
}

/** @param shape without the batch, as it is stored. */
export function reshape(c: GraphModelNode, x: TensorName, name: string, shape: readonly number[]): TensorName {
  return add(c, 'Reshape', name, [x, c.b.integers([-1, ...shape])], { Tshape: int32 });
}

export function transpose(c: GraphModelNode, x: TensorName, name: string, permutation: readonly number[]): TensorName {
  return add(c, 'Transpose', name, [x, c.b.integers(permutation)], { Tperm: int32 });
}

/** Reduces over axes, which keep one element each. */
export function reduce(
  c: GraphModelNode,
  op: 'Mean' | 'Max' | 'Sum',
  name: string,
  x: TensorName,
  axes: readonly number[],
): TensorName {
  return add(c, op, name, [x, c.b.integers(axes)], { Tidx: int32, keep_dims: { bool: true } });
}
