import type { IdeHost } from '../ide/core/ide-host.ts';

/** What the server needs of the machine that it runs on. `enetc lsp` gives Node's, a browser worker one without files. */
export interface Platform {
  /** The version of enetc. */
  readonly version: string;
  /**
   * A host whose files all lie below `root`: it reads no other, whatever it is asked for. The root of a workspace folder
   * is searched for `.enet` files, that of a lone file is not.
   */
  createHost(root: string, isWorkspaceFolder: boolean): IdeHost;
  /** A path in its one true form, symbolic links resolved. */
  realPath(path: string): string;
  /** Where the files of the library lie, if they do. */
  libraryFolder?(): string | undefined;
  /** Takes what a client gives in `initializationOptions`: a browser's client the files that there are. */
  takeOptions?(options: unknown): void;
}
