import type { CancellationToken } from 'vscode-languageserver';
import type { Ide } from '../ide/core/ide.ts';
import { inSlices } from './guard.ts';

/**
 * Reads the files of a workspace that nobody has looked at yet, and lets others be heard in between: what a request then
 * asks of all of them is known. Where they are, it takes hardly any time, and no turn of the loop.
 */
export async function readWorkspace(ide: Ide, token: CancellationToken): Promise<void> {
  const files = ide.allFiles();
  let next = 0;
  await inSlices(token, () => {
    const path = files[next++];
    if (path !== undefined) ide.analysis(path);
    return path !== undefined;
  });
}
