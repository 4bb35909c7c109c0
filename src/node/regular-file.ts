import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import type { RandomAccess } from '../weights/readers/format.ts';
import { attemptRead, readProblem, writeProblem } from './system-errors.ts';

/** A file that cannot be opened, and why. */
export class UnreadableFile extends Error {
  /** Whether it exists, but cannot contain bytes or is a broken link: opening it later will not help. */
  readonly damaged: boolean;

  constructor(reason: string, damaged: boolean) {
    super(reason);
    this.damaged = damaged;
  }
}

/** Errors that are not about the file itself: permission, the process' limits, the disk. */
const passing = new Set(['EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EIO', 'ENOMEM']);
/** A named pipe would wait for its writer. */
const withoutWaiting = constants.O_NONBLOCK ?? 0;

/** Opens a regular file, to read it or to write into it. @param flags of open(2). @throws UnreadableFile */
export function openRegular(path: string, flags: number = constants.O_RDONLY): number {
  let file: number;
  try {
    file = openSync(path, flags | withoutWaiting, 0o666);
  } catch (e) {
    const reason = flags === constants.O_RDONLY ? readProblem(e) : writeProblem(e, path);
    throw new UnreadableFile(reason, !passing.has((e as NodeJS.ErrnoException).code ?? ''));
  }
  const stat = fstatSync(file);
  if (stat.isFile()) return file;
  closeSync(file);
  throw new UnreadableFile(stat.isDirectory() ? 'it is a folder' : 'it is not a regular file', true);
}

/** The longest text that is read of files other than specs. */
const longest = 256 << 20;

/** The text of a regular file. @throws UnreadableFile */
export function readText(path: string): string {
  const file = openRegular(path);
  try {
    const { size } = fstatSync(file);
    if (size > longest) throw new UnreadableFile(`it is larger than ${longest >> 20} MiB`, true);
    return readFileSync(file, 'utf8');
  } catch (e) {
    throw e instanceof UnreadableFile ? e : new UnreadableFile(readProblem(e), false);
  } finally {
    closeSync(file);
  }
}

/** Random access to an open file's bytes. The result of `read` is overwritten by the next read. */
export function randomAccess(file: number): RandomAccess {
  let buffer = new Uint8Array(0);
  return {
    size: fstatSync(file).size,
    read(offset, length, place) {
      if (!place && buffer.length < length) buffer = new Uint8Array(length);
      const into = place ?? buffer;
      let done = 0;
      for (let n = 1; n > 0 && done < length; done += n) n = readSync(file, into, done, length - done, offset + done);
      return into.subarray(0, done);
    },
  };
}

/** Opens a regular file for reading anywhere in it. @param shown how the user calls it @throws FileError, from `read` too */
export function openRandomAccess(path: string, shown: string): { readonly file: RandomAccess; close(): void } {
  const opened = attemptRead(shown, () => openRegular(path));
  const { size, read } = randomAccess(opened);
  const file: RandomAccess = {
    size,
    read: (offset, length, place) => attemptRead(shown, () => read(offset, length, place)),
  };
  return { file, close: () => closeSync(opened) };
}
