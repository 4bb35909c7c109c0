import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from '../source.ts';
import type { Docs } from './docs.ts';

/** What building a tree needs in addition to the tree it comes from. */
export interface Build {
  readonly source: Source;
  readonly docs: Docs;
  readonly diagnostics: Diagnostic[];
  /** Where the current declaration begins: the place of what recovery left without a token. */
  within: number;
}
