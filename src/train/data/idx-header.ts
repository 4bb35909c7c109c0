import { nounFor } from '../../diagnostics/noun-for.ts';
import { DataError } from './types.ts';

/**
 * The dimensions that an IDX file of unsigned bytes states (LeCun, Cortes & Burges, "The MNIST database": two zero
 * bytes, the type 8, the number of dimensions, then each dimension as a big-endian 32-bit number).
 * @param bytes the file's first bytes, 4 + 4 * `rank` of them or more.
 * @param fileBytes the size of the whole file, which has to match the dimensions.
 * @throws DataError if it is not such a file.
 */
export function idxDimensions(bytes: Uint8Array, rank: 1 | 3, fileBytes: number, name: string): number[] {
  const headerBytes = 4 + 4 * rank;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = bytes.length < 4 ? undefined : view.getUint32(0);
  const expected = 0x0800 + rank;
  if (magic !== undefined && magic !== expected) {
    const found = magic.toString(16).padStart(8, '0');
    throw new DataError(
      `'${name}' starts with ${found}, not with 0000080${rank} as an IDX file of ${rank === 1 ? 'labels' : 'gray images'} does.`,
    );
  }
  if (bytes.length < headerBytes) {
    throw new DataError(
      `'${name}' has ${fileBytes} ${nounFor(fileBytes, 'byte')}; the header of an IDX file alone takes ${headerBytes}.`,
    );
  }
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const promised = dims.reduce((product, n) => product * n, 1) + headerBytes;
  if (dims.some((n) => n === 0)) throw new DataError(`'${name}' holds nothing: its header states ${dims.join(' x ')}.`);
  if (promised !== fileBytes) {
    const how = fileBytes < promised ? 'it is cut off' : 'it is longer than its header states';
    throw new DataError(
      `'${name}' has ${fileBytes} bytes, but its header states ${dims.join(' x ')}, which takes ${promised}: ${how}.`,
    );
  }
  return dims;
}
