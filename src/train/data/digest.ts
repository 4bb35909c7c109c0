import { createHash } from 'node:crypto';
import { littleEndianBytes } from '../../weights/bytes.ts';
import type { Split } from './types.ts';

/**
 * Distinguishes sets: a digest of the names and labels of all images, in their order. The pixels are not read; names are
 * relative to the data's folder, so that a set may move.
 */
export function digestOf(splits: readonly Split[]): string {
  const hash = createHash('sha256');
  for (const split of splits) {
    hash.update(littleEndianBytes(split.labels));
    for (let i = 0; i < split.count; i++) hash.update(`${split.nameOf(i)}\0`);
  }
  return hash.digest('hex').slice(0, 16);
}
