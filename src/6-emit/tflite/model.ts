import type { TensorSpec } from '../../5-graph/graph.ts';
import type { QuantisedType } from '../../5-graph/value-type.ts';
import type { OperatorName, writtenTypes } from '../../weights/readers/tflite/schema.ts';
import type { FlatTable } from './flat-tables.ts';

export type LiteType = keyof typeof writtenTypes;

/** Reads a tensor of the network; the values are valid until the next call. */
export type ReadTensor = (tensor: TensorSpec) => Float32Array;

/** Numbers as stored in a file; float32 also for tensors written as float16. */
export type StoredNumbers = Float32Array | Int8Array | Int32Array;

/** Numbers in the file: a list, or values computed from the network's tensors when it is written. */
export interface StoredData {
  readonly bytes: number;
  readonly source: Uint8Array | ((read: ReadTensor) => StoredNumbers);
}

/** The quantisation of a tensor; with several scales, the axis of the shape that they belong to. */
export type Quantisation = Pick<QuantisedType, 'scales' | 'zeroPoint' | 'axis'>;

/** A value or a constant of the file. */
export interface LiteTensor {
  readonly name: string;
  /** With the batch; 1 for an open one. */
  readonly shape: readonly number[];
  readonly type: LiteType;
  /** Whether its first axis is an open batch. */
  readonly isOpen: boolean;
  /** Present for integers that represent real numbers. */
  readonly quantisation?: Quantisation;
  /** Absent for computed values. */
  readonly data?: StoredData;
}

/** Tensors are meant by their places in the model's list. */
export interface LiteOperator {
  readonly operator: OperatorName;
  readonly version: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: FlatTable;
}

/** An input or output: its name for users, and its tensor. */
export interface LitePort {
  readonly name: string;
  readonly tensor: number;
}

/** A model without the numbers of its weights: small, whatever the network. */
export interface LiteModel {
  readonly name: string;
  readonly tensors: readonly LiteTensor[];
  readonly operators: readonly LiteOperator[];
  readonly inputs: readonly LitePort[];
  readonly outputs: readonly LitePort[];
}
