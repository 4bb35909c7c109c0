import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { IdeHost } from '../../ide/core/ide.ts';
import { nodeHost, readBounded } from '../../node/host.ts';
import { orUndefined } from '../../node/or-undefined.ts';

/** No more files of a workspace are looked at: one that is the root of a disk must not stop the editor. */
const mostFiles = 10_000;
const mostEntries = 200_000;

/** A host for the files below `root`. It reads regular files there, after links are resolved, and no others. */
export function workspaceHost(root: string, isWorkspaceFolder: boolean): IdeHost {
  const host = nodeHost(root, root);
  const rootPath = root.replaceAll('\\', '/');
  const below = rootPath.endsWith('/') ? rootPath : `${rootPath}/`;
  const inside = (path: string) =>
    root !== '' && `${host.resolvePath('', path)}/`.replaceAll('\\', '/').startsWith(below);
  return {
    root,
    resolvePath: (from, path) => host.resolvePath(from, path),
    readFile: (path) => (inside(path) && isRegular(path) ? readBounded(path) : undefined),
    stampOf: (path) => stampOf(path),
    workspaceFiles: () => (isWorkspaceFolder ? specsBelow(root).filter(inside) : []),
  };
}

/** Without a wait: opening a named pipe waits for who writes to it. */
function isRegular(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The clocks of file systems count in steps, the coarsest of two seconds: a younger file can change and keep its time. */
const settled = 2000;
let looks = 0;

/** Time, size and identity of a file; of one that has just been written a text that differs each time. */
function stampOf(path: string): string | undefined {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stat) return undefined;
    const { dev, ino, mode, size, mtimeNs, ctimeNs } = stat;
    const changed = Math.max(Number(mtimeNs / 1_000_000n), Number(ctimeNs / 1_000_000n));
    const stamp = [dev, ino, mode, size, mtimeNs, ctimeNs].join(' ');
    return changed < Date.now() - settled ? stamp : `${stamp} ${++looks}`;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code;
  }
}

/** Every `.enet` file below a folder, in a fixed order; without `node_modules`, hidden folders and links to folders. */
function specsBelow(root: string): string[] {
  const found: string[] = [];
  const waiting = [root];
  let entries = 0;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const path = folder;
    // a folder that may not be read has nothing to show
    for (const entry of orUndefined(() => readdirSync(path, { withFileTypes: true })) ?? []) {
      if (++entries > mostEntries || found.length >= mostFiles) return found.sort();
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) waiting.push(path);
      else if (entry.name.endsWith('.enet') && !entry.isDirectory()) found.push(path);
    }
  }
  return found.sort();
}
