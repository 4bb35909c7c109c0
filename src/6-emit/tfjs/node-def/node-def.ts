/**
 * TensorFlow's graphs as plain data (tensorflow/core/framework/{graph,node_def,attr_value}.proto), whatever the
 * encoding: protobuf for a SavedModel, JSON for a TensorFlow.js graph model.
 */

/** The element types in use, with their numbers in types.proto. */
export const dataTypes = {
  DT_FLOAT: 1,
  DT_INT32: 3,
  DT_BOOL: 10,
  DT_RESOURCE: 20,
} as const;
export type DataType = keyof typeof dataTypes;

/** A shape of a TensorShapeProto; -1 is an unknown size. */
export type TensorShape = readonly number[];

/** A constant's numbers, row-major. A single number fills the whole shape. */
export interface ConstantValue {
  readonly dtype: 'DT_FLOAT' | 'DT_INT32';
  readonly shape: TensorShape;
  readonly values: readonly number[];
}

export type AttrValue =
  | { readonly type: DataType }
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly shape: TensorShape }
  | { readonly tensor: ConstantValue };

/** Attributes by name. Missing ones have the operator's default. */
export type Attributes = Readonly<Record<string, AttrValue>>;

/** A value: `node` for a node's first output, `node:1` for its second. `^node`, an input, only waits for the node. */
export type TensorName = string;

export interface NodeDef {
  readonly name: string;
  /** TensorFlow's name of the operator. */
  readonly op: string;
  /** Values, then what it waits for. */
  readonly input: readonly TensorName[];
  readonly attr: Attributes;
}

export interface GraphDef {
  readonly node: readonly NodeDef[];
}

export const float: { readonly type: DataType } = { type: 'DT_FLOAT' };
export const bool: { readonly type: DataType } = { type: 'DT_BOOL' };
export const int32: { readonly type: DataType } = { type: 'DT_INT32' };
