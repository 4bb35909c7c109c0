import { ByteReader } from '../../weights/readers/byte-reader.ts';
import type { RandomAccess } from '../../weights/readers/format.ts';
import { type ProtoField, ProtoReader } from '../../weights/readers/protobuf.ts';

/** How many whole numbers of a tensor are read: sizes and axes are few, rows of a map to gather some thousands. */
export const mostIntegers = 1 << 17;

/** Bytes of the types of whole numbers that shapes and axes have. */
const widths: Readonly<Record<string, number>> = { I64: 8, I32: 4, BOOL: 1 };

/**
 * The whole numbers of a TensorProto; undefined of another type.
 * @param field that holds it
 * @throws Unreadable
 */
export function readIntegers(
  file: RandomAccess,
  { begin, end }: ProtoField,
  dtype: string,
  length: number,
): readonly number[] | undefined {
  const width = widths[dtype];
  if (width === undefined) return undefined;
  const reader = new ProtoReader(new ByteReader(file, 'it', begin, end));
  const values: number[] = [];
  reader.message(end, (field) => {
    // int32_data and int64_data of onnx.proto3, and raw_data
    if (field.number === 5 || field.number === 7) values.push(...reader.signedVarints(field));
    if (field.number !== 9) return;
    const bytes = reader.bytes(field, mostIntegers * 8);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + width <= bytes.length; at += width) {
      values.push(
        width === 8 ? Number(view.getBigInt64(at, true)) : width === 4 ? view.getInt32(at, true) : view.getUint8(at),
      );
    }
  });
  return values.length === length ? values : undefined;
}
