import type { IdeHost } from '../ide/core/ide.ts';

/** What the server needs from its machine. `enetc lsp` uses Node's, a browser worker one without files. */
export interface Platform {
  /** The version of enetc. */
  readonly version: string;
  /**
   * A host whose files are all below `root`: it never reads others. The root of a workspace folder is searched for
   * `.enet` files, that of a single file is not.
   */
  createHost(root: string, isWorkspaceFolder: boolean): IdeHost;
  /** A path in its one true form, symbolic links resolved. */
  realPath(path: string): string;
  /** Where the files of the library lie, if they do. */
  libraryFolder?(): string | undefined;
  /** Takes a client's `initializationOptions`: from a browser's client the existing files. */
  takeOptions?(options: unknown): void;
}
