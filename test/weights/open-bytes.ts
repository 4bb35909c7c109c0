import { expect } from 'vitest';
import { type Checkpoint, isFloat } from '../../src/weights/checkpoint.ts';
import type { OpenedTensors, RandomAccess } from '../../src/weights/readers/format.ts';
import { openCheckpointFile } from '../../src/weights/readers/readers.ts';

/** Bytes as a file. */
export function accessTo(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Opens bytes as the checkpoint 'w'. @param near the files next to it */
export function openBytes(
  bytes: Uint8Array,
  { key, near }: { key?: string; near?: (path: string) => Uint8Array } = {},
): OpenedTensors {
  return openCheckpointFile({
    name: 'w',
    file: accessTo(bytes),
    ...(key !== undefined && { key }),
    ...(near && { openNear: (path: string) => accessTo(near(path)) }),
  });
}

/** What a reader said. */
export function said({ diagnostics }: OpenedTensors): string {
  return diagnostics.map(({ message }) => message).join('\n');
}

/** Reads all of a checkpoint that is small. */
export function readAll({ tensors, read }: Checkpoint): void {
  for (const { name, dtype, shape } of tensors.values()) {
    const size = shape.reduce((product, n) => product * n, 1);
    if (isFloat(dtype) && size < 1e6) expect(read(name)).toHaveLength(size);
  }
}

/** Opens and reads a file that may be damaged: either it has tensors, or there is a reason. */
export function readOrRefuse(bytes: Uint8Array, near?: (path: string) => Uint8Array): void {
  const { checkpoint, diagnostics } = openBytes(bytes, { ...(near && { near }) });
  if (checkpoint) readAll(checkpoint);
  else expect(diagnostics.length).toBeGreaterThan(0);
}
