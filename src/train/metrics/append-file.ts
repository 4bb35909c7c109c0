import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { openRegular } from '../../node/regular-file.ts';
import { writeProblem } from '../../node/system-errors.ts';
import { RunError } from '../run-error.ts';

/** A file that only grows, and can be cut back to its size at a checkpoint. */
export interface AppendFile {
  append(bytes: Uint8Array): void;
  /** Bytes so far, recorded in checkpoints: resuming cuts the file there. */
  size(): number;
  /** Everything appended is on the disk after this. */
  sync(): void;
  close(): void;
}

/**
 * Opens a file to append to.
 * @param size to keep: 0 for a new run, the checkpoint's on resuming.
 * @throws RunError if the file is shorter than that, or cannot be written.
 */
export function openAppendFile(path: string, size: number): AppendFile {
  let file: number;
  try {
    file = openRegular(path, size === 0 ? constants.O_RDWR | constants.O_CREAT : constants.O_RDWR);
  } catch (e) {
    throw new RunError(`the run's ${basename(path)} cannot be written: ${writeProblem(e, path)}`);
  }
  const found = fstatSync(file).size;
  if (found < size) {
    closeSync(file);
    throw new RunError(
      `${basename(path)} has ${found} ${nounFor(found, 'byte')}, but its run's checkpoint was taken at ${size}: the file was changed since`,
    );
  }
  ftruncateSync(file, size);
  let at = size;
  return {
    append(bytes) {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
      at += bytes.length;
    },
    size: () => at,
    sync: () => fsyncSync(file),
    close: () => closeSync(file),
  };
}
