import type { Host } from '../../host.ts';

/** What the editor's features need of the world besides what the compiler needs. */
export interface IdeHost extends Host {
  /** The absolute, normalised paths of the `.enet` files of the workspace, in a fixed order. */
  workspaceFiles(): readonly string[];
  /**
   * What a file is like without reading it: its time, size and identity in one text, which differs where the file may
   * have changed. Undefined if there is none. Never throws.
   */
  stampOf(path: string): string | undefined;
}
