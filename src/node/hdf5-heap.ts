import type { RandomAccess } from '../weights/readers/format.ts';

const mostHeapBytes = 64 << 20;
const headerBytes = 16;

/**
 * Whether a collection of the global heap, which holds texts of any length, is valid: each object in it takes some space, and all are within it (HDF5 File Format Specification 3.0, section III.E). HDF5's library (2.0) loops forever on an object of size 0.
 * @param at where its signature is, in the file.
 */
export function isSoundHeap(file: RandomAccess, at: number): boolean {
  const head = Uint8Array.from(file.read(at, headerBytes));
  if (head.length < headerBytes) return false;
  const size = Number(viewOf(head).getBigUint64(8, true));
  if (size < headerBytes || size > mostHeapBytes || at + size > file.size) return false;
  const view = viewOf(Uint8Array.from(file.read(at, size)));
  let next = headerBytes;
  // less than a header is left over as it is
  while (next + headerBytes <= size) {
    const index = view.getUint16(next, true);
    const bytes = Number(view.getBigUint64(next + 8, true));
    // object 0 is free space, whose size includes its header; that of others is padded
    const step = index === 0 ? bytes : headerBytes + Math.ceil(bytes / 8) * 8;
    if (step < headerBytes || next + step > size) return false;
    next += step;
  }
  return true;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
