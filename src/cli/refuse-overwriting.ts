import { accessSync, constants, fstatSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Program } from '../2-resolve/program.ts';
import { statOf } from '../node/file-stat.ts';
import { attemptRead, attemptWrite } from '../node/system-errors.ts';
import { flag } from './arguments.ts';
import type { Arguments } from './command.ts';
import { isSameFile, liesInFolder } from './file-identity.ts';
import { inputFiles } from './input-files.ts';
import { failure, type Io, usageError } from './io.ts';
import { refuseEnding, withArticle } from './output-endings.ts';
import { isOwnFile, isOwnFolder, type OwnFile, strangerIn } from './own-outputs.ts';

/** An output, and what may not be lost by writing it. */
export interface Output {
  readonly path: string;
  /** How the user calls it, for messages. */
  readonly shown: string;
  /** Files that are read to make it, as absolute paths. */
  readonly inputs: readonly string[];
  /** Whether `--force` is given. */
  readonly force: boolean;
}

/**
 * The output of a network's command.
 * @param shown how the user calls it
 * @throws if it is standard output, and what the command says would stand in the file
 */
export function outputOf(shown: string, program: Program, args: Arguments, io: Io): Output {
  return outputTo(shown, program.modules, args, io);
}

/** The output of any command. @param modules the specs that are read to make it */
export function outputTo(shown: string, modules: Program['modules'], args: Arguments, io: Io): Output {
  const path = resolve(io.cwd, shown);
  if (shown === '-' || (isStandardOutput(path) && !flag(args, 'quiet'))) {
    throw usageError(
      `'${shown}' is standard output, where the command reports what it wrote: name a file with --output`,
    );
  }
  return { path, shown, inputs: inputFiles(modules, args, io), force: flag(args, 'force') };
}

/** Throws if writing a file would destroy what it is made from, or without `--force` a file that enetc did not write. */
export function refuseFile({ path, shown, inputs, force }: Output, kind: OwnFile): void {
  const stat = statOf(path);
  if (/[/\\]$/.test(shown)) throw usageError(`'${shown}' is a folder: give the file a name`);
  // Devices and pipes lose nothing; a folder is refused where files are opened.
  const exists = stat?.isFile() === true;
  if (exists && inputs.some((input) => isSameFile(input, path))) throw isInput(shown);
  refuseEnding(shown, kind.noun);
  if (exists && !force && !isOwnFile(path, kind)) {
    throw failure(`'${shown}' exists and is not ${withArticle(kind.noun)} that enetc wrote; --force overwrites it`);
  }
}

/** Refuses a file whose folder cannot be written to, before long work whose result it is to hold. @throws FileError */
export function requireFolder({ path, shown }: Output): void {
  // a device or a pipe is written to as it is
  if (statOf(path)?.isFile() !== false) attemptWrite(shown, () => accessSync(dirname(path), constants.W_OK));
}

/** The same for a folder that is replaced whole. One that holds anything but a model is refused in any case. */
export function refuseFolder({ path, shown, inputs, force }: Output): void {
  const stat = statOf(path);
  if (!stat) {
    refuseEnding(shown, 'folder');
    return;
  }
  if (!stat.isDirectory()) throw usageError(`'${shown}' is a file, but the output is a folder`);
  const stranger = attemptRead(shown, () => strangerIn(path));
  if (stranger !== undefined) {
    throw usageError(
      `the folder '${shown}' contains '${stranger}', which is not part of a model; choose another folder (--output)`,
    );
  }
  const holds = (input: string) => isSameFile(input, path) || liesInFolder(realpathSync(input), path);
  if (inputs.some(holds)) throw isInput(shown);
  if (!force && !isOwnFolder(path)) {
    throw failure(`the folder '${shown}' contains a model that enetc did not write; --force replaces it`);
  }
}

/** Whether a path is another name of this process's standard output; terminals and `/dev/null` do not count. */
function isStandardOutput(path: string): boolean {
  const stat = statOf(path);
  if (!stat || stat.isCharacterDevice()) return false;
  const own = fstatSync(1);
  return own.dev === stat.dev && own.ino === stat.ino;
}

function isInput(shown: string): Error {
  return usageError(`'${shown}' is a source of the output; give the output another name (--output)`);
}
