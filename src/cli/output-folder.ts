import { mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { statOf } from '../node/file-stat.ts';
import { attemptWrite } from '../node/system-errors.ts';
import { olderEnding, removeAbandoned, temporaryPath } from '../node/temporary-names.ts';
import { usageError } from './io.ts';
import { createOutputFiles, type OutputFiles } from './output-files.ts';
import { noteFinished, noteUnfinished } from './unfinished-files.ts';

/**
 * Prepares to write a folder of files, whole or not at all: it is written under a temporary name next to `path`, and takes
 * the name with `commit`. A folder of that name is replaced: `refuseFolder` is asked first.
 * `open` takes the name of a file in the folder.
 * @param shown how the user calls the folder, for messages.
 * @param cwd the current folder, which cannot be replaced.
 */
export function createOutputFolder(path: string, shown: string, cwd: string): OutputFiles {
  const target = statOf(path) ? realpathSync(path) : path;
  // It would be another folder afterwards, and the user's shell would stand in none.
  if (target === realpathSync(cwd)) throw usageError(`'${shown}' is the current folder: give the model its own folder`);
  const temporary = temporaryPath(target);
  const files: OutputFiles[] = [];
  let made = false;
  const make = () => {
    if (made) return;
    // Noted first: a signal may come as soon as the folder is there.
    noteUnfinished(temporary);
    made = true;
    removeAbandoned(dirname(target));
    attemptWrite(shown, () => {
      rmSync(temporary, { recursive: true, force: true });
      mkdirSync(temporary);
    });
  };
  const discard = () => {
    for (const file of files.splice(0)) file.discard();
    if (!made) return;
    rmSync(temporary, { recursive: true, force: true });
    noteFinished(temporary);
    made = false;
  };
  return {
    open(name) {
      make();
      const file = createOutputFiles(join(temporary, name), shown);
      files.push(file);
      return { ...file.open(''), name };
    },
    commit() {
      make();
      for (const file of files) file.commit();
      files.length = 0;
      attemptWrite(shown, () => takePlace(temporary, target));
      noteFinished(temporary);
      made = false;
    },
    discard,
  };
}

/**
 * Gives a finished folder its name. At each moment the older folder or the new one is whole on the disk: where a process dies
 * between the two renames, the next that writes there gives the older one its name back.
 */
function takePlace(temporary: string, target: string): void {
  if (!statOf(target)) {
    renameSync(temporary, target);
    return;
  }
  const older = temporary + olderEnding;
  renameSync(target, older);
  try {
    renameSync(temporary, target);
  } catch (e) {
    renameSync(older, target);
    throw e;
  }
  rmSync(older, { recursive: true, force: true });
}
