import { type GraphNode, type TensorSpec, typeOf, type ValueRef } from '../../5-graph/graph.ts';
import { biasType, isQuantised } from '../../5-graph/value-type.ts';
import { fusedActivations, optionFields, paddings } from '../../weights/readers/tflite/schema.ts';
import type { WrittenNode } from '../written-node.ts';
import type { FusedActivation, LiteBuilder, OperatorRequest } from './builder.ts';
import { bool, type FlatTable, type FlatValue, int8 } from './flat-tables.ts';

/** The context of an op's writer. Image-like values are channels last. */
export interface LiteNode extends WrittenNode {
  readonly b: LiteBuilder;
  /** What its last operator ends with. */
  readonly fused: FusedActivation;
  /** Whether the node before it has done all that it does. */
  readonly isDone: boolean;
}

type Shape = readonly number[];

/** Adds an operator of one output. @param shape of the output as it is stored, without the batch */
export function add(
  { b }: Pick<LiteNode, 'b'>,
  operator: OperatorRequest['operator'],
  inputs: readonly string[],
  name: string,
  shape: Shape,
  options?: FlatTable,
  version?: number,
): string {
  return b.operator({ operator, inputs, name, shapes: [shape], options, version })[0] as string;
}

/** The activation that an operator includes, as in its options. */
export function fusedField(field: number, fused: FusedActivation): readonly [number, FlatValue] {
  return [field, int8(fusedActivations[fused])];
}

/** Of sums, differences, products and quotients. */
export function arithmetic(fused: FusedActivation = 'none'): FlatTable {
  return [fusedField(optionFields.arithmetic.activation, fused)];
}

export function paddingField(field: number, padding: keyof typeof paddings): readonly [number, FlatValue] {
  return [field, int8(paddings[padding])];
}

/** @param shape without the batch. */
export function reshape(c: LiteNode, x: string, name: string, shape: Shape): string {
  return add(c, 'reshape', [x, c.b.integers([-1, ...shape])], name, shape);
}

/** @param permutation of all axes, the batch among them. @param shape of the result, without the batch */
export function transpose(c: LiteNode, x: string, name: string, permutation: Shape, shape: Shape): string {
  return add(c, 'transpose', [x, c.b.integers(permutation)], name, shape);
}

/** Reduces over axes of the whole value, which keep one element each. @param shape of the result, without the batch */
export function reduce(
  c: LiteNode,
  operator: 'mean' | 'reduceMax' | 'sum',
  x: string,
  name: string,
  axes: Shape,
  shape: Shape,
): string {
  return add(c, operator, [x, c.b.integers(axes)], name, shape, [[optionFields.reduction.keepDims, bool(true)]]);
}

/** The tensor of a role, which the node has. */
export function ownTensor({ node }: { readonly node: GraphNode }, role: TensorSpec['role']): TensorSpec {
  const found = node.tensors.find((tensor) => tensor.role === role);
  if (!found) throw new Error(`'${node.path}' has no ${role}`);
  return found;
}

/**
 * A weight whose numbers are in another order in the file: rows of `[channels, pixels]` with the channels last.
 * @param axis which of the shape scales per filter belong to
 */
export function turnedWeight(
  { b }: Pick<LiteNode, 'b'>,
  tensor: TensorSpec,
  shape: Shape,
  rows: number,
  channels: number,
  axis = 0,
): string {
  return b.tensor({ tensor, shape, turned: { rows, channels }, axis });
}

/** A tensor as it is. */
export function plainWeight({ b }: Pick<LiteNode, 'b'>, tensor: TensorSpec, shape: Shape = tensor.shape): string {
  return b.tensor({ tensor, shape });
}

/** A bias, or zeros where the op has none: runtimes require one. */
export function biasOf(c: LiteNode, filters: number): string {
  const bias = c.node.tensors.find(({ role }) => role === 'bias');
  if (bias) return plainWeight(c, bias);
  const { type } = ownTensor(c, 'weight');
  const input = typeOf(c.graph, c.node.inputs[0] as ValueRef);
  const held = isQuantised(type) && isQuantised(input) ? biasType(type, input.scales[0] as number) : undefined;
  return c.b.numbers(`constant/zeros/${filters}`, [filters], new Float32Array(filters), held);
}
