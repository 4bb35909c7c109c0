import { dirname } from 'node:path';

/** A file that cannot be read or written, for users. */
export class FileError extends Error {
  override readonly name = 'FileError';
  /** Whether an error is one: by this mark and not by class, since each bundle of the package has its own class. */
  readonly isFileError = true;
}

export function isFileError(e: unknown): e is FileError {
  return e instanceof Error && 'isFileError' in e;
}

/** The meaning of the system's errors, whatever was done with the file. */
const problems: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'the name is too long',
  ERR_INVALID_ARG_VALUE: 'the name has a character that is not allowed in file names',
  EMFILE: 'too many files are open in this process (see ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  ENOMEM: 'there is not enough memory',
  EIO: 'the device reports an error',
  ENXIO: 'it is a socket or a device that does not answer',
  ENODEV: 'it is a device that does not answer',
  ESTALE: 'it no longer exists on the network file system',
  ETIMEDOUT: 'the network file system does not answer',
  EBUSY: 'it is in use',
  ENOTCONN: 'the network file system is not connected',
};

const readProblems: Readonly<Record<string, string>> = {
  ...problems,
  EACCES: 'there is no permission to read it',
  EPERM: 'there is no permission to read it',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of its path is not a folder',
};

const writeProblems: Readonly<Record<string, string>> = {
  ...problems,
  EACCES: 'there is no permission to write it',
  EPERM: 'there is no permission to write it',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the file system is read-only',
  EPIPE: 'the reader has closed it',
  EFBIG: 'the file system does not allow a file of that size',
  ETXTBSY: 'it is a program that is running',
  EXDEV: 'it is on another file system',
  ENOTEMPTY: 'the folder is not empty',
  EEXIST: 'something with that name already exists',
};

/** Why a file cannot be read, in plain words. */
export function readProblem(e: unknown): string {
  const { code = '', message } = e as NodeJS.ErrnoException;
  return readProblems[code] ?? message;
}

/** Why a file cannot be written, in plain words. @param shown as the user wrote it */
export function writeProblem(e: unknown, shown: string): string {
  const { code = '', message } = e as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `there is no folder '${dirname(shown)}'`;
  if (code === 'ENOTDIR') return `'${dirname(shown)}' is not a folder`;
  return writeProblems[code] ?? message;
}

/** System errors that can come from any file and are not turned into enetc's own. */
const anywhere: Readonly<Record<string, string>> = { ...readProblems, ...writeProblems, ...problems };
const rarelyMachine = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'EPIPE']);

/** The meaning of an unexpected error, if it comes from the machine: `'x.enet': too many files are open ...`. */
export function machineProblem(e: unknown): string | undefined {
  if (!(e instanceof Error)) return undefined;
  const { code = '', message } = e as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return problems.ENOMEM;
  // A thread that cannot start has the system's code only in its message.
  const cause = code === 'ERR_WORKER_INIT_FAILED' ? (/: (E[A-Z]+)$/.exec(message)?.[1] ?? '') : code;
  return rarelyMachine.has(cause) || !Object.hasOwn(anywhere, cause)
    ? undefined
    : located(e, anywhere[cause] as string);
}

/** The same where only files are at work: a file that is not what it was a moment ago counts too. */
export function systemProblem(e: unknown): string | undefined {
  const { code, syscall, message } = e as NodeJS.ErrnoException;
  return syscall === undefined || code === undefined ? undefined : located(e, anywhere[code] ?? message);
}

function located(e: unknown, problem: string): string {
  const { path } = e as NodeJS.ErrnoException;
  return path === undefined ? problem : `'${path}': ${problem}`;
}

/** Does what reads a file. @param shown how the user calls it @throws FileError if it cannot be done */
export function attemptRead<T>(shown: string, action: () => T): T {
  try {
    return action();
  } catch (e) {
    throw isFileError(e) ? e : new FileError(`'${shown}' cannot be read: ${readProblem(e)}`);
  }
}

/** Does what writes a file. @param shown how the user calls it @throws FileError if it cannot be done */
export function attemptWrite<T>(shown: string, action: () => T): T {
  try {
    return action();
  } catch (e) {
    throw new FileError(`cannot write '${shown}': ${writeProblem(e, shown)}`);
  }
}
