import { elements } from '../../../5-graph/graph.ts';
import { ByteReader, Unreadable } from '../byte-reader.ts';
import type { RandomAccess } from '../format.ts';
import { type ProtoField, ProtoReader } from '../protobuf.ts';
import { floatBytes } from '../stored-floats.ts';
import { readTable } from './sorted-table.ts';

/** A variable of a checkpoint. */
export interface BundleVariable {
  /** `efficientnet-b0/stem/conv2d/kernel` */
  readonly name: string;
  /** With safetensors' names. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly shard: number;
  /** In bytes. */
  readonly offset: number;
}

/** The variables of a checkpoint, and in how many files their numbers are. */
export interface Bundle {
  readonly variables: readonly BundleVariable[];
  readonly shards: number;
}

/** tensorflow/core/framework/types.proto, in safetensors' names. */
const types: Readonly<Record<number, string>> = {
  1: 'F32',
  2: 'F64',
  3: 'I32',
  4: 'U8',
  5: 'I16',
  6: 'I8',
  7: 'STRING',
  9: 'I64',
  10: 'BOOL',
  14: 'BF16',
  19: 'F16',
};

/** Field numbers of tensorflow/core/protobuf/tensor_bundle.proto and tensor_shape.proto. */
const header = { shards: 1, endianness: 2 };
const entry = { dtype: 1, shape: 2, shard: 3, offset: 4, size: 5, slices: 7 };
const shapeFields = { dim: 2, size: 1 };
const mostShards = 10_000;

/** Reads a checkpoint's index, but no numbers. @throws Unreadable */
export function readBundle(index: RandomAccess): Bundle {
  const variables: BundleVariable[] = [];
  let shards: number | undefined;
  for (const { key, value } of readTable(index)) {
    if (key === '') shards = readShards(value);
    else variables.push(readVariable(key, value));
  }
  if (shards === undefined) throw new Unreadable('its index has no header');
  const outside = variables.find(({ shard }) => shard >= (shards as number));
  if (outside) throw new Unreadable(`'${outside.name.slice(0, 80)}' is in a file that does not exist`);
  return { variables, shards };
}

function readShards(bytes: Uint8Array): number {
  let shards = 0;
  readMessage(bytes, (field) => {
    if (field.number === header.shards) shards = field.value ?? 0;
    if (field.number === header.endianness && field.value !== 0) {
      throw new Unreadable('its numbers are stored with the most significant byte first');
    }
  });
  if (shards > mostShards) throw new Unreadable(`it has ${shards} files of data; at most ${mostShards} are read`);
  return shards;
}

function readVariable(name: string, bytes: Uint8Array): BundleVariable {
  const shape: number[] = [];
  let dtype = 'unknown';
  let shard = 0;
  let offset = 0;
  let size = 0;
  readMessage(bytes, (field, reader) => {
    const { number, value = 0 } = field;
    if (number === entry.dtype) dtype = types[value] ?? `TensorFlow type ${value}`;
    else if (number === entry.shard) shard = value;
    else if (number === entry.offset) offset = value;
    else if (number === entry.size) size = value;
    else if (number === entry.slices) dtype += ' in slices';
    else if (number === entry.shape && field.wire === 2) shape.push(...readShape(reader, field));
  });
  const width = floatBytes[dtype];
  const isSound = shape.every(Number.isSafeInteger) && Number.isSafeInteger(elements(shape));
  if (!isSound || (width !== undefined && elements(shape) * width !== size)) {
    throw new Unreadable(`the variable '${name.slice(0, 80)}' does not have the bytes that its shape needs`);
  }
  return { name, dtype, shape, shard, offset };
}

function readShape(reader: ProtoReader, { end }: ProtoField): number[] {
  const sizes: number[] = [];
  reader.message(end, (dim) => {
    if (dim.number !== shapeFields.dim || dim.wire !== 2) return;
    // a size of 0 is not written
    let size = 0;
    reader.message(dim.end, (field) => {
      if (field.number === shapeFields.size) size = field.value ?? 0;
    });
    sizes.push(size);
  });
  return sizes;
}

function readMessage(bytes: Uint8Array, visit: (field: ProtoField, reader: ProtoReader) => void): void {
  const file = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  const reader = new ProtoReader(new ByteReader(file, 'its index', 0, bytes.length));
  reader.message(bytes.length, (field) => visit(field, reader));
}
