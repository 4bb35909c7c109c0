import type { ScalingRequest } from '../../4-scale/scaling.ts';
import type { Host } from '../../host.ts';
import type { Analysis } from './analysis.ts';

/** The editor's side of the compiler: the open documents, and what is known about them. Never writes a file. */
export interface Ide {
  /** Takes the editor's text for a file: it wins over the file until `close`. Paths are absolute, as the host gives them. */
  open(path: string, text: string): void;
  change(path: string, text: string): void;
  close(path: string): void;
  /** Reports that files which are not open have been changed, created or deleted. */
  filesChanged(paths: readonly string[]): void;
  /** Checks whether files that are not open have been changed, created or deleted, where nothing reports it. */
  lookAgain(): void;
  /** Reports that folders, or possible folders, are gone. @returns whether a file below them was known */
  foldersGone(paths: readonly string[]): boolean;
  /** Chooses the point at which hints, hovers and previews show networks. */
  setScaling(request: ScalingRequest): void;
  readonly scaling: ScalingRequest;
  /** The paths of the open documents, in the order in which they were opened. */
  openDocuments(): readonly string[];
  /** Of the workspace's files and the open ones. */
  allFiles(): readonly string[];
  /**
   * What is known about a document, a file or a library file (`std/blocks`); undefined if there is none that can be read.
   */
  analysis(path: string): Analysis | undefined;
  /** Incremented with every change except to a document's own text: a key for cached results about other files. */
  versionExcept(path: string): number;
  /** The files of the workspace, open ones included, that import a file or library file. */
  filesImporting(path: string): readonly string[];
}

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
