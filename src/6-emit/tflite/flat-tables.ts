import type { Builder, Offset } from 'flatbuffers';

/** The value of a table's field. */
export type FlatValue =
  | { readonly kind: 'bool' | 'int8' | 'uint8' | 'int32' | 'uint32' | 'uint64' | 'float32'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'int32s' | 'int64s' | 'float32s'; readonly value: readonly number[] }
  | { readonly kind: 'table'; readonly value: FlatTable }
  | { readonly kind: 'tables'; readonly value: readonly FlatTable[] };

/** A table of a flatbuffer as plain data: its fields by their numbers in the schema; those that are undefined are left out. */
export type FlatTable = readonly (readonly [field: number, value: FlatValue | undefined])[];

export const bool = (value: boolean): FlatValue => ({ kind: 'bool', value: value ? 1 : 0 });
export const int8 = (value: number): FlatValue => ({ kind: 'int8', value });
export const uint8 = (value: number): FlatValue => ({ kind: 'uint8', value });
export const int32 = (value: number): FlatValue => ({ kind: 'int32', value });
export const uint32 = (value: number): FlatValue => ({ kind: 'uint32', value });
/** Exact up to 2^53. */
export const uint64 = (value: number): FlatValue => ({ kind: 'uint64', value });
export const float32 = (value: number): FlatValue => ({ kind: 'float32', value });
export const text = (value: string): FlatValue => ({ kind: 'text', value });
export const int32s = (value: readonly number[]): FlatValue => ({ kind: 'int32s', value });
/** Exact up to 2^53. */
export const int64s = (value: readonly number[]): FlatValue => ({ kind: 'int64s', value });
export const float32s = (value: readonly number[]): FlatValue => ({ kind: 'float32s', value });
export const table = (value: FlatTable): FlatValue => ({ kind: 'table', value });
export const tables = (value: readonly FlatTable[]): FlatValue => ({ kind: 'tables', value });

/**
 * Adds a table and all that it holds. Numbers are written even where they equal a default, so that no schema's defaults need be
 * known.
 */
export function addTable(b: Builder, fields: FlatTable): Offset {
  const held = fields.flatMap(([field, value]) =>
    value === undefined ? [] : [{ field, value, offset: addHeld(b, value) }],
  );
  b.startObject(Math.max(-1, ...held.map(({ field }) => field)) + 1);
  b.forceDefaults(true);
  for (const { field, value, offset } of held) addField(b, field, value, offset);
  b.forceDefaults(false);
  return b.endObject();
}

/** Adds what a field refers to; 0 for a number, which is in the table itself. */
function addHeld(b: Builder, { kind, value }: FlatValue): Offset {
  switch (kind) {
    case 'text':
      return b.createString(value);
    case 'bytes':
      return b.createByteVector(value);
    case 'table':
      return addTable(b, value);
    case 'tables': {
      const offsets = value.map((held) => addTable(b, held));
      return addVector(b, offsets, (offset) => b.addOffset(offset));
    }
    case 'int32s':
      return addVector(b, value, (n) => b.addInt32(n));
    case 'int64s':
      return addVector(b, value, (n) => b.addInt64(BigInt(n)), 8);
    case 'float32s':
      return addVector(b, value, (n) => b.addFloat32(n));
    default:
      return 0;
  }
}

/** A vector, whose elements a flatbuffer's builder takes from the last on. @param bytes of an element */
function addVector(b: Builder, list: readonly number[], add: (n: number) => void, bytes = 4): Offset {
  b.startVector(bytes, list.length, bytes);
  for (let i = list.length - 1; i >= 0; i--) add(list[i] as number);
  return b.endVector();
}

function addField(b: Builder, field: number, { kind, value }: FlatValue, offset: Offset): void {
  switch (kind) {
    case 'bool':
    case 'int8':
    case 'uint8':
      b.addFieldInt8(field, value, 0);
      return;
    case 'int32':
    case 'uint32':
      b.addFieldInt32(field, value, 0);
      return;
    case 'uint64':
      b.addFieldInt64(field, BigInt(value), 0n);
      return;
    case 'float32':
      b.addFieldFloat32(field, value, 0);
      return;
    default:
      b.addFieldOffset(field, offset, 0);
  }
}
