import type { CancellationToken } from 'vscode-languageserver';
import type { Ide } from '../ide/core/ide.ts';
import { inSlices } from './guard.ts';

/**
 * Reads the files of a workspace that have not been read yet, handling other messages in between, so that a request can
 * query all of them. If they have been, it takes hardly any time, and no turn of the event loop.
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
