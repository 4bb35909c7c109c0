import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attemptWrite } from '../../node/system-errors.ts';
import { noteFinished, noteUnfinished } from '../unfinished-files.ts';

/** Works with a folder that is gone afterwards, whether the work ends, fails, or a signal ends the program. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = attemptWrite(tmpdir(), () => mkdtempSync(join(tmpdir(), 'enetc-bench-')));
  noteUnfinished(folder);
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    noteFinished(folder);
  }
}
