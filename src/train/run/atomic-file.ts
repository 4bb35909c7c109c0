import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ByteSink } from '../../weights/write-safetensors.ts';

/** What a crash may leave of a file that was being written; `removeLeftovers` in `run-folder.ts` takes it away. */
export const temporarySuffix = '.unfinished';

/**
 * Writes a file so that whoever looks, at whatever moment and after whatever crash, finds the old one or the new one
 * whole: under a temporary name, on the disk before it is renamed, and the folder after.
 */
export function writeFileAtomically(path: string, write: (sink: ByteSink) => void): void {
  const temporary = join(dirname(path), `.${basename(path)}${temporarySuffix}`);
  const file = openSync(temporary, 'w');
  try {
    write({
      write(bytes) {
        for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
      },
    });
    fsyncSync(file);
    closeSync(file);
  } catch (e) {
    closeSync(file);
    rmSync(temporary, { force: true });
    throw e;
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** The same for a text. */
export function writeTextAtomically(path: string, text: string): void {
  writeFileAtomically(path, (sink) => sink.write(new TextEncoder().encode(text)));
}

/** Renames and removals in a folder last after this. Windows has no such call, and refuses to open folders. */
function syncFolder(folder: string): void {
  let file: number;
  try {
    file = openSync(folder, 'r');
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'EISDIR' || code === 'EPERM' || code === 'EACCES') return;
    throw e;
  }
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
