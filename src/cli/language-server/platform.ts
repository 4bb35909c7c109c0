import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Platform } from '../../lsp/platform.ts';
import { nodeHost } from '../../node/host.ts';
import { version } from '../../version.ts';
import { workspaceHost } from './workspace-host.ts';

/** Node's file system as the language server sees it. */
export function nodePlatform(): Platform {
  const { resolvePath } = nodeHost('/', '/');
  const isFile = (path: string) => path.startsWith('/') || /^[A-Za-z]:[\\/]|^\\\\/.test(path);
  return {
    version,
    createHost: workspaceHost,
    libraryFolder,
    // an unsaved buffer has no path on the disk
    realPath: (path) => (isFile(path) ? resolvePath('', path) : path),
  };
}

/** The folder of the library's files: `stdlib` of the package that this program is in. Undefined for a copy without one. */
function libraryFolder(): string | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'stdlib', 'blocks.enet'))) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return join(folder, 'stdlib');
}
