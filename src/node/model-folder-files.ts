import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { RandomAccess } from '../weights/readers/format.ts';
import { orUndefined } from './or-undefined.ts';
import { openRandomAccess } from './regular-file.ts';
import { FileError, isFileError } from './system-errors.ts';

/** The files next to a model's description. */
export interface ModelFolderFiles {
  /** Opens one by its path in the folder. */
  open(name: string): RandomAccess;
  close(): void;
}

/**
 * The files of a folder, by the names that a model's description has for them.
 * @param shownFolder the folder as the user wrote it, for messages. @param shown the model as the user wrote it.
 */
export function modelFolderFiles(folder: string, shownFolder: string, shown: string): ModelFolderFiles {
  const files = oneAtATime(shown);
  return {
    open: (name) => files.open(pathInFolder(folder, name, shown), join(shownFolder, name)),
    close: files.close,
  };
}

/** The file that a manifest names, as it is written or as the address that it may be: `my%20net.bin`. */
function pathInFolder(folder: string, name: string, shown: string): string {
  const literal = join(folder, name);
  const path = existsSync(literal) ? literal : join(folder, decodedName(name));
  const root = orUndefined(() => realpathSync(folder));
  const target = orUndefined(() => realpathSync(path));
  if (root !== undefined && target !== undefined && !target.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new FileError(`'${shown}' cannot be read: '${name}' is a link that leads out of the folder`);
  }
  return path;
}

/** A file's name, where it is written as an address: `my%20net.bin`. */
export function decodedName(name: string): string {
  return orUndefined(() => decodeURIComponent(name)) ?? name;
}

/** Files, one of which is open at a time: a model may have more than a process may open. */
function oneAtATime(model: string) {
  let current: { readonly path: string; readonly opened: ReturnType<typeof openRandomAccess> } | undefined;
  const close = () => {
    current?.opened.close();
    current = undefined;
  };
  const use = (path: string, shown: string): RandomAccess => {
    if (current?.path !== path) {
      close();
      current = { path, opened: openPart(path, shown, model) };
    }
    return current.opened.file;
  };
  return {
    close,
    open: (path: string, shown: string): RandomAccess => ({
      size: use(path, shown).size,
      read: (offset, length, place) => use(path, shown).read(offset, length, place),
    }),
  };
}

/** A file that a model needs, which says so where it cannot be read. */
function openPart(path: string, shown: string, model: string): ReturnType<typeof openRandomAccess> {
  try {
    return openRandomAccess(path, shown);
  } catch (e) {
    throw isFileError(e) ? new FileError(`${e.message}; numbers of '${model}' are in it`) : e;
  }
}

/** Why a folder is not a model. */
export function folderProblem(folder: string, shown: string): string {
  if (existsSync(join(folder, 'best.safetensors'))) {
    return `it is a folder, perhaps a run; its weights are '${join(shown, 'best.safetensors')}'`;
  }
  const files = readdirSync(folder);
  const [index, ...more] = files.filter((name) => name.endsWith('.index'));
  if (index !== undefined && files.some((name) => name.startsWith(`${index.slice(0, -'.index'.length)}.data-`))) {
    const others = more.length === 0 ? '' : `, one of ${more.length + 1}`;
    return `it is a folder; it has a TensorFlow checkpoint, whose file is '${join(shown, index)}'${others}`;
  }
  const models = files.filter((name) => name.endsWith('.json'));
  const [only] = models;
  const hint = models.length === 1 && only ? `; if '${basename(only)}' is the model, give '${join(shown, only)}'` : '';
  return `it is a folder without a model.json${hint}`;
}
