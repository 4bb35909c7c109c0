import { elements } from '../../../5-graph/graph.ts';
import { shortened, Unreadable } from '../byte-reader.ts';
import type { ProtoField, ProtoReader } from '../protobuf.ts';

/** Where the numbers of a tensor are. */
export interface TensorData {
  /** The path of a file next to the model; undefined for the model itself. */
  readonly location?: string;
  readonly begin: number;
}

/** A tensor of a model, with what is known about it without reading its numbers. */
export interface OnnxTensor {
  readonly name: string;
  /** With safetensors' names: `F32`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Absent for a type that is not floating-point. */
  readonly data?: TensorData;
}

/** The data types of onnx.proto3 (TensorProto.DataType) by number, in safetensors' names; others are listed under ONNX's names. */
const types: Readonly<Record<number, string>> = {
  1: 'F32',
  2: 'U8',
  3: 'I8',
  4: 'U16',
  5: 'I16',
  6: 'I32',
  7: 'I64',
  8: 'STRING',
  9: 'BOOL',
  10: 'F16',
  11: 'F64',
  12: 'U32',
  13: 'U64',
  14: 'C64',
  15: 'C128',
  16: 'BF16',
  17: 'F8_E4M3',
  19: 'F8_E5M2',
};

const bytesOf: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2, F64: 8 };

/** Field numbers of TensorProto. */
const fields = {
  dims: 1,
  dataType: 2,
  floats: 4,
  integers: 5,
  name: 8,
  raw: 9,
  doubles: 10,
  external: 13,
  location: 14,
};
const mostAxes = 16;
const mostNameBytes = 10_000;
const mostPathBytes = 1000;

/**
 * Reads a TensorProto up to `end`, but not its numbers.
 * @param given its name, if it states none
 * @throws Unreadable
 */
export function readTensor(reader: ProtoReader, end: number, given?: string): OnnxTensor {
  const shape: number[] = [];
  let name = given ?? '';
  let type = 0;
  let raw: ProtoField | undefined;
  let isExternal = false;
  let isIntegers = false;
  const external = new Map<string, string>();
  reader.message(end, (field) => {
    switch (field.number) {
      case fields.dims:
        if (field.end - field.begin > mostAxes * 10)
          throw new Unreadable(`a tensor in it has more than ${mostAxes} axes`);
        shape.push(...reader.varints(field));
        break;
      case fields.dataType:
        type = field.value ?? 0;
        break;
      case fields.name:
        if (given === undefined) name = reader.text(field, mostNameBytes);
        break;
      case fields.floats:
      case fields.doubles:
      case fields.raw:
        if (raw) throw new Unreadable(`the numbers of '${shortened(name)}' are stored in pieces`);
        raw = field;
        break;
      case fields.integers:
        isIntegers = true;
        break;
      case fields.external: {
        const [key, value] = readEntry(reader, field);
        external.set(key, value);
        break;
      }
      case fields.location:
        isExternal = field.value === 1;
        break;
    }
  });
  if (shape.length > mostAxes || !shape.every(Number.isSafeInteger) || !Number.isSafeInteger(elements(shape))) {
    throw new Unreadable(`the tensor '${shortened(name)}' has an impossible shape`);
  }
  const dtype = types[type] ?? `ONNX type ${type}`;
  const width = bytesOf[dtype];
  if (width === undefined) return { name, dtype, shape };
  if (isIntegers) return { name, dtype: `${dtype} as integers`, shape };
  const bytes = elements(shape) * width;
  const data = isExternal ? externalData(name, external, bytes) : ownData(name, raw, bytes);
  return { name, dtype, shape, data };
}

/** A StringStringEntryProto: key and value. */
export function readEntry(reader: ProtoReader, field: ProtoField, most = mostPathBytes): [key: string, value: string] {
  let key = '';
  let value = '';
  reader.message(field.end, (part) => {
    if (part.number === 1) key = reader.text(part, mostPathBytes);
    else if (part.number === 2) value = reader.text(part, most);
  });
  return [key, value];
}

function ownData(name: string, field: ProtoField | undefined, bytes: number): TensorData {
  const there = field ? field.end - field.begin : 0;
  if (there !== bytes)
    throw new Unreadable(`the tensor '${shortened(name)}' needs ${bytes} bytes of data, but has ${there}`);
  return { begin: field?.begin ?? 0 };
}

/** As ONNX's docs/ExternalData.md states it: a location, an offset, a length. */
function externalData(name: string, entries: ReadonlyMap<string, string>, bytes: number): TensorData {
  const number = (key: string, otherwise: number) => {
    const value = entries.has(key) ? Number(entries.get(key) || 'none') : otherwise;
    if (!Number.isSafeInteger(value) || value < 0)
      throw new Unreadable(`the place of '${shortened(name)}' is malformed`);
    return value;
  };
  const location = entries.get('location');
  const begin = number('offset', 0);
  const length = number('length', bytes);
  if (location === undefined) throw new Unreadable(`the place of '${shortened(name)}' is malformed`);
  if (length !== bytes)
    throw new Unreadable(`the tensor '${shortened(name)}' needs ${bytes} bytes of data, but has ${length}`);
  return { location, begin };
}
