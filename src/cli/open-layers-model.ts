import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { openLayersFolder } from '../6-emit/tfjs/layers/open-folder.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import type { RandomAccess } from '../weights/safetensors.ts';
import { failure } from './io.ts';
import { readBounded } from './node-host.ts';
import { openRegularFile } from './open-regular-file.ts';

export interface OpenedCheckpoint {
  readonly checkpoint?: Checkpoint;
  readonly diagnostics: readonly Diagnostic[];
  close(): void;
}

/** Opens a layers model by its folder. @param shown how the user calls it, for messages. */
export function openModelFolder(folder: string, shown: string): OpenedCheckpoint {
  const text = readJson(join(folder, 'model.json'), join(shown, 'model.json'));
  if (!text) throw failure(`'${shown}' cannot be read: ${folderProblem(folder, shown)}`);
  return openModel(text, folder, shown, shown);
}

/** Opens a layers model by the file that describes it, whatever its name: a browser calls it after the model. */
export function openModelJson(path: string, shown: string): OpenedCheckpoint {
  const text = readJson(path, shown);
  if (!text) throw failure(`'${shown}' cannot be read: there is no such file`);
  return openModel(text, dirname(path), dirname(shown), shown);
}

function readJson(path: string, shown: string): Uint8Array | undefined {
  try {
    return readBounded(path);
  } catch (e) {
    throw failure(`'${shown}' cannot be read: ${(e as Error).message}`);
  }
}

function openModel(text: Uint8Array, folder: string, shownFolder: string, shown: string): OpenedCheckpoint {
  const files = oneAtATime();
  try {
    const open = (name: string) => files.open(pathInFolder(folder, name, shown), join(shownFolder, name));
    return { ...openLayersFolder(shown, new TextDecoder().decode(text), open), close: files.close };
  } catch (e) {
    files.close();
    throw e;
  }
}

/** The file that a manifest names, as it is written or as the address that it may be: `my%20net.bin`. */
function pathInFolder(folder: string, name: string, shown: string): string {
  const literal = join(folder, name);
  const path = existsSync(literal) ? literal : join(folder, decoded(name));
  const root = realPath(folder);
  const target = realPath(path);
  if (root !== undefined && target !== undefined && !target.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw failure(`'${shown}' cannot be read: '${name}' is a link that leads out of the folder`);
  }
  return path;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Files of which one is open at a time: a model may have more than a process may open. */
function oneAtATime() {
  let current: { readonly path: string; readonly opened: ReturnType<typeof openRegularFile> } | undefined;
  const close = () => {
    current?.opened.close();
    current = undefined;
  };
  const use = (path: string, shown: string): RandomAccess => {
    if (current?.path !== path) {
      close();
      current = { path, opened: openRegularFile(path, shown) };
    }
    return current.opened.file;
  };
  return {
    close,
    open: (path: string, shown: string): RandomAccess => ({
      size: use(path, shown).size,
      read: (offset, length) => use(path, shown).read(offset, length),
    }),
  };
}

function folderProblem(folder: string, shown: string): string {
  if (existsSync(join(folder, 'best.safetensors'))) {
    return `it is a folder, perhaps a run; its weights are '${join(shown, 'best.safetensors')}'`;
  }
  const models = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const [only] = models;
  const hint = models.length === 1 && only ? `; if '${basename(only)}' is the model, give '${join(shown, only)}'` : '';
  return `it is a folder without a model.json${hint}`;
}
