import { basename, extname, resolve } from 'node:path';
import type { ImportOptions } from '../import/import-model.ts';
import type { ImportResult } from '../import/imported.ts';
import { statOf } from '../node/file-stat.ts';
import { failure, type Io } from './io.ts';

/** A network of another program, with its file open, so that its weights can be read. */
export interface ImportedFile extends ImportResult {
  close(): void;
}

/** What files and folders of networks end with; `.json` is that of a TensorFlow.js model, `.txt` has block strings. */
const endings = /\.(onnx|h5|hdf5|keras|pth|pt|bin|ckpt|safetensors|json|txt)$/i;

/** Whether a path is that of a network of another program, as far as its name tells. A folder is one with a model.json. */
export function isForeign(path: string, cwd: string): boolean {
  const stat = statOf(resolve(cwd, path));
  if (stat?.isDirectory()) return statOf(resolve(cwd, path, 'model.json')) !== undefined;
  return endings.test(path);
}

/** What the model of a file is called. */
export function importedName(path: string): string {
  return basename(path, endings.test(path) ? extname(path) : '');
}

/** Reads a network that another program wrote. @throws FileError */
export async function importFile(path: string, io: Io, options: ImportOptions = {}): Promise<ImportedFile> {
  const name = importedName(path);
  const isAddress = /^(https?|hf):\/\//i.test(path) && !statOf(resolve(io.cwd, path));
  if (isAddress) throw failure(`'${path}' is an address: networks are read from files, so download it first`);
  const [{ importModel, importOpened, importText, isGraphFile, mostStringBytes }, { openModelFile }] =
    await Promise.all([import('../import/import-model.ts'), import('../node/open-model-file.ts')]);
  if (statOf(resolve(io.cwd, path))?.isDirectory() !== true) {
    const { source, close } = openModelFile(path, io.cwd);
    if (isGraphFile(source)) {
      try {
        return { ...importModel(source, name, options), close };
      } catch (e) {
        close();
        throw e;
      }
    }
    try {
      const { file } = source;
      const text = file.size <= mostStringBytes ? new TextDecoder().decode(file.read(0, file.size)) : '';
      const stated = importText(text, path, name);
      if (stated) return { ...stated, close: () => {} };
    } finally {
      close();
    }
  }
  const { openCheckpoint } = await import('../node/open-checkpoint.ts');
  const opened = await openCheckpoint(path, io.cwd);
  try {
    return { ...importOpened(opened, opened.what, name, options), close: opened.close };
  } catch (e) {
    opened.close();
    throw e;
  }
}
