import type { BlockNode, FileNode, ModelNode, WeightsNode } from '../1-parse/ast.ts';
import type { Source } from '../source.ts';

/** A file of the program, with what its names mean. */
export interface Module {
  /** The absolute path, or `std/blocks` for a file of the library. */
  readonly path: string;
  readonly source: Source;
  readonly ast: FileNode;
  /** Names that the file declares or imports. */
  readonly scope: ReadonlyMap<string, Declared>;
  readonly library: boolean;
}

/** A declaration with the file it stands in. */
export type Declared =
  | { readonly kind: 'block'; readonly node: BlockNode; readonly module: Module }
  | { readonly kind: 'model'; readonly node: ModelNode; readonly module: Module };

export type DeclaredBlock = Extract<Declared, { kind: 'block' }>;
export type DeclaredModel = Extract<Declared, { kind: 'model' }>;

/** A weight map and the model it is for. */
export interface DeclaredWeights {
  readonly node: WeightsNode;
  readonly module: Module;
  readonly model: DeclaredModel;
}

/** A file and all that it imports, resolved. */
export interface Program {
  readonly entry: Module;
  /** Imports before what imports them; the entry last. */
  readonly modules: readonly Module[];
}
