import { setLittleEndian } from '../bytes.ts';
import { fromBfloat16, fromHalf } from '../float16.ts';
import type { RandomAccess } from './format.ts';

/** How much is read at a time, a multiple of every element's size, so that a large tensor is in memory only once. */
const chunkBytes = 1 << 22;

/** Bytes per element of the types that `readFloats` reads. */
export const floatBytes: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/**
 * Reads numbers that lie in a file one after the other, the least significant byte of each first.
 * @param at where they begin, in bytes.
 * @param dtype one of `floatBytes`; doubles are rounded.
 * @param out is filled.
 * @param what is read, for the error.
 * @throws Error where the file ends before.
 */
export function readFloats(file: RandomAccess, at: number, dtype: string, out: Float32Array, what: string): void {
  const end = at + out.length * (floatBytes[dtype] as number);
  let done = 0;
  for (let from = at; from < end; from += chunkBytes) {
    const wanted = Math.min(chunkBytes, end - from);
    const rest = out.subarray(done);
    // single-precision numbers are read into place: most of the time of reading is moving bytes
    const place = dtype === 'F32' ? new Uint8Array(rest.buffer, rest.byteOffset, wanted) : undefined;
    const bytes = file.read(from, wanted, place);
    if (bytes.length < wanted) throw new Error(`the file ended while ${what} was read`);
    done += convertFloats(dtype, bytes, rest);
  }
}

/** Puts the numbers in `bytes` at the start of `out`; returns their number. @param dtype one of `floatBytes` */
export function convertFloats(dtype: string, bytes: Uint8Array, out: Float32Array): number {
  if (dtype === 'F32') {
    setLittleEndian(out, bytes);
    return bytes.length / 4;
  }
  if (dtype === 'F64') {
    const doubles = new Float64Array(bytes.length / 8);
    setLittleEndian(doubles, bytes);
    out.set(doubles);
    return doubles.length;
  }
  const halves = new Uint16Array(bytes.length / 2);
  setLittleEndian(halves, bytes);
  if (dtype === 'F16') fromHalf(halves, out);
  else fromBfloat16(halves, out);
  return halves.length;
}
