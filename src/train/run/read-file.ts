import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { reasonOf } from '../reason-of.ts';

/** A file of a run's folder that cannot be read, and why. */
export class UnreadableFile extends Error {
  /** Whether it is there, and something that holds no bytes or goes nowhere: opening it later will not help. */
  readonly damaged: boolean;

  constructor(reason: string, damaged: boolean) {
    super(reason);
    this.damaged = damaged;
  }
}

/** What says nothing about the file itself: permission, the process' own limits, the disk. */
const passing = new Set(['EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EIO', 'ENOMEM']);
/** A named pipe would wait for its writer. */
const withoutWaiting = constants.O_NONBLOCK ?? 0;

/** Opens a regular file, to read it or to write into it. @param flags of open(2). @throws UnreadableFile */
export function openRegular(path: string, flags: number = constants.O_RDONLY): number {
  let file: number;
  try {
    file = openSync(path, flags | withoutWaiting, 0o666);
  } catch (e) {
    throw new UnreadableFile(reasonOf(e), !passing.has((e as NodeJS.ErrnoException).code ?? ''));
  }
  const stat = fstatSync(file);
  if (stat.isFile()) return file;
  closeSync(file);
  throw new UnreadableFile(stat.isDirectory() ? 'it is a folder' : 'it is not a regular file', true);
}

/** No text of a run's folder is so long. */
const longest = 256 << 20;

/** The text of a regular file. @throws UnreadableFile */
export function readText(path: string): string {
  const file = openRegular(path);
  try {
    const { size } = fstatSync(file);
    if (size > longest) throw new UnreadableFile(`it is larger than ${longest >> 20} MiB`, true);
    return readFileSync(file, 'utf8');
  } catch (e) {
    throw e instanceof UnreadableFile ? e : new UnreadableFile(reasonOf(e), false);
  } finally {
    closeSync(file);
  }
}
