import type { ByteBuffer } from 'flatbuffers';
import { Unreadable } from '../byte-reader.ts';

/** A table of a flatbuffer: its fields by number, as the schema counts them. */
export interface FlatTableReader {
  /** A field that is a number. Absent ones are 0, as in the schema. */
  int8(field: number): number;
  int32(field: number): number;
  uint32(field: number): number;
  uint64(field: number): number;
  text(field: number): string;
  int32s(field: number): readonly number[];
  float32s(field: number): readonly number[];
  int64s(field: number): readonly number[];
  table(field: number): FlatTableReader | undefined;
  tables(field: number): readonly FlatTableReader[];
  /** Where the bytes of a list of bytes are in the file. */
  bytes(field: number): { readonly begin: number; readonly length: number } | undefined;
}

const mostItems = 50_000;
const mostTextBytes = 10_000;
const decoder = new TextDecoder();

/** The table that a flatbuffer begins with (https://flatbuffers.dev/internals). @throws Unreadable, from each of its fields too */
export function rootTable(buffer: ByteBuffer): FlatTableReader {
  return tableAt(buffer, buffer.__indirect(0));
}

function tableAt(buffer: ByteBuffer, at: number): FlatTableReader {
  const place = (field: number): number => {
    const offset = buffer.__offset(at, 4 + 2 * field);
    return offset === 0 ? 0 : at + offset;
  };
  /** A number, 0 where it is absent. */
  const scalar = (field: number, read: (at: number) => number): number => {
    const found = place(field);
    return found === 0 ? 0 : read(found);
  };
  const list = <T>(field: number, width: number, read: (at: number) => T): readonly T[] => {
    const found = place(field);
    if (found === 0) return [];
    const length = buffer.__vector_len(found);
    if (length < 0 || length > mostItems) {
      throw new Unreadable(`a list in it has ${length >>> 0} items; at most ${mostItems} are read`);
    }
    const begin = buffer.__vector(found);
    return Array.from({ length }, (_, i) => read(begin + width * i));
  };
  const follow = (from: number): FlatTableReader => tableAt(buffer, buffer.__indirect(from));
  return {
    int8: (field) => scalar(field, (from) => buffer.readInt8(from)),
    int32: (field) => scalar(field, (from) => buffer.readInt32(from)),
    uint32: (field) => scalar(field, (from) => buffer.readUint32(from)),
    uint64: (field) => scalar(field, (from) => Number(buffer.readUint64(from))),
    text(field) {
      const bytes = Uint8Array.from(list(field, 1, (from) => buffer.readUint8(from)));
      if (bytes.length > mostTextBytes) throw new Unreadable(`a text in it has ${bytes.length} bytes; too many`);
      return decoder.decode(bytes);
    },
    int32s: (field) => list(field, 4, (from) => buffer.readInt32(from)),
    float32s: (field) => list(field, 4, (from) => buffer.readFloat32(from)),
    int64s: (field) => list(field, 8, (from) => Number(buffer.readInt64(from))),
    table(field) {
      const found = place(field);
      return found === 0 ? undefined : follow(found);
    },
    tables: (field) => list(field, 4, follow),
    bytes(field) {
      const found = place(field);
      if (found === 0) return undefined;
      return { begin: buffer.__vector(found), length: buffer.__vector_len(found) >>> 0 };
    },
  };
}
