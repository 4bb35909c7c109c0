import type { Host } from '../../host.ts';

/** What the editor's features need from the outside world in addition to what the compiler needs. */
export interface IdeHost extends Host {
  /** The absolute, normalised paths of the `.enet` files of the workspace, in a fixed order. */
  workspaceFiles(): readonly string[];
  /**
   * The stamp of a file, without reading it: its time, size and identity in one text, which differs if the file may
   * have changed. Undefined if there is none. Never throws.
   */
  stampOf(path: string): string | undefined;
}
