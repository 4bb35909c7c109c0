import type { Graph } from '../5-graph/graph.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/** A foreign network as a spec, and its weights. */
export interface Imported {
  readonly text: string;
  /** The network that the text builds. */
  readonly graph: Graph;
  /** The file's numbers under the names that the text gives them; absent where it has none. */
  readonly weights?: WeightSource;
  /** The names of the classes, where the file states them. */
  readonly labels?: readonly string[];
  /** How much of what the file has. */
  readonly size: { readonly count: number; readonly what: 'nodes' | 'layers' | 'tensors' | 'blocks' };
}

export interface ImportResult {
  readonly imported?: Imported;
  readonly diagnostics: readonly Diagnostic[];
}
