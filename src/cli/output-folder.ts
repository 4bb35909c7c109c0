import { mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { usageError } from './io.ts';
import { attemptWrite, createOutputFiles, type OutputFiles } from './output-files.ts';
import { noteFinished, noteUnfinished } from './unfinished-files.ts';

/** What a model's folder may hold, at its top. A folder with anything else in it is somebody's, and is not replaced. */
const modelFiles =
  /^(model\.json|weights\.(bin|safetensors)|group\d+-shard\d+of\d+\.bin|saved_model\.pb|training\.json)$/;

/**
 * Prepares to write a folder of files, whole or not at all: it is written under a temporary name beside `path`, and takes
 * the name with `commit`. An older model of that name is replaced; a folder that holds anything else is refused.
 * `open` takes the name of a file in the folder.
 * @param shown how the user calls the folder, for messages.
 * @param cwd the current folder, which cannot be replaced.
 */
export function createOutputFolder(path: string, shown: string, cwd: string): OutputFiles {
  if (shown === '-') throw usageError('a folder of files cannot go to standard output: name one with --output');
  const target = targetOf(path, shown);
  // It would be another folder afterwards, and the user's shell would stand in none.
  if (target === realpathSync(cwd)) throw usageError(`'${shown}' is the current folder: give the model one of its own`);
  const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${process.pid}.tmp`);
  const files: OutputFiles[] = [];
  let made = false;
  const make = () => {
    if (made) return;
    // Noted first: a signal may come as soon as the folder is there.
    noteUnfinished(temporary);
    made = true;
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

/** Gives a finished folder its name. At each moment the older folder or the new one is whole on the disk. */
function takePlace(temporary: string, target: string): void {
  if (!statOf(target)) {
    renameSync(temporary, target);
    return;
  }
  const older = `${temporary}.old`;
  renameSync(target, older);
  try {
    renameSync(temporary, target);
  } catch (e) {
    renameSync(older, target);
    throw e;
  }
  rmSync(older, { recursive: true, force: true });
}

/** The folder that a path means: a symbolic link is written through, not replaced. */
function targetOf(path: string, shown: string): string {
  const stat = statOf(path);
  if (!stat) return path;
  if (!stat.isDirectory()) throw usageError(`'${shown}' is a file, but a folder is to be written`);
  const other = readdirSync(path).find((name) => !modelFiles.test(name));
  if (other !== undefined) {
    throw usageError(
      `the folder '${shown}' holds '${other}', which is no part of a model; give a folder of its own (--output)`,
    );
  }
  return realpathSync(path);
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}
