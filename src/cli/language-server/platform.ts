import type { Platform } from '../../lsp/platform.ts';
import { nodeHost } from '../../node/host.ts';
import { version } from '../../version.ts';
import { libraryFolder } from './library-folder.ts';
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
