import type { ScalingRequest } from '../../4-scale/scaling.ts';
import type { Analysis } from './analysis.ts';

/** The editor's side of the compiler: the documents that are open, and what is known of them. Never writes a file. */
export interface Ide {
  /** Takes the editor's text for a file: it wins over the file until `close`. Paths are absolute, as the host gives them. */
  open(path: string, text: string): void;
  change(path: string, text: string): void;
  close(path: string): void;
  /** Says that files which are not open have changed, come or gone. */
  filesChanged(paths: readonly string[]): void;
  /** Looks whether files that are not open have changed, come or gone, where nobody says so. */
  lookAgain(): void;
  /** Says that folders are gone, or what may have been folders. @returns whether a file below them was known */
  foldersGone(paths: readonly string[]): boolean;
  /** Chooses the point at which hints, hovers and previews show networks. */
  setScaling(request: ScalingRequest): void;
  readonly scaling: ScalingRequest;
  /** The paths of the documents that are open, in the order of their opening. */
  openDocuments(): readonly string[];
  /** Of the workspace's files and the open ones. */
  allFiles(): readonly string[];
  /** What is known of a document, a file or a library file (`std/blocks`); undefined if there is none that can be read. */
  analysis(path: string): Analysis | undefined;
  /** Counts up with every change but those of a document's own text: what was found of the other files may be kept by it. */
  versionExcept(path: string): number;
  /** The files of the workspace, open ones included, that import a file or library file. */
  filesImporting(path: string): readonly string[];
}
