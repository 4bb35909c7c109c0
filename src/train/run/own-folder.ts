import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../../node/make-folders.ts';
import { writeProblem } from '../../node/system-errors.ts';
import { RunError } from '../run-error.ts';

/** The owner of a folder, as named in messages. */
export type Owner = 'run' | 'study';

/**
 * The next free one of `PARENT/NAME-1`, `PARENT/NAME-2` and so on, created at once so that no other process takes it.
 * @throws RunError if it cannot be made
 */
export function createNumberedFolder(
  cwd: string,
  parent: string,
  name: string,
  owner: Owner,
): { readonly path: string; readonly shown: string } {
  makeOwnFolder(join(cwd, parent), parent, owner);
  for (let n = 1; ; n++) {
    const shown = join(parent, `${name}-${n}`);
    const path = join(cwd, shown);
    try {
      mkdirSync(path);
      return { path, shown };
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotBeMade(shown, owner, e);
    }
  }
}

/** Makes a folder, if it is not there yet. @throws RunError if it cannot be made */
export function makeOwnFolder(path: string, shown: string, owner: Owner): void {
  try {
    makeFolders(path);
  } catch (e) {
    throw cannotBeMade(shown, owner, e);
  }
}

function cannotBeMade(shown: string, owner: Owner, e: unknown): RunError {
  return new RunError(`the ${owner}'s folder '${shown}' cannot be created: ${writeProblem(e, shown)}`);
}
