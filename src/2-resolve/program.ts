import type { BlockNode, FileNode, ModelNode, WeightsNode } from '../1-parse/ast.ts';
import type { Source } from '../source.ts';

/** The position of a declaration, and what names mean there. */
export interface Surroundings {
  /** The absolute path of the file, or `std/blocks` for a file of the library. */
  readonly path: string;
  /** Names that the file declares or imports: in a declaration's environment at least those that it mentions. */
  readonly scope: ReadonlyMap<string, Declared>;
  readonly library: boolean;
}

/** A file of the program, with what its names mean. */
export interface Module extends Surroundings {
  readonly source: Source;
  readonly ast: FileNode;
}

/**
 * A declaration with what its names mean. The same object means the same: results about it, and about everything that
 * it reaches, may be cached by it.
 */
export type Declared =
  | { readonly kind: 'block'; readonly node: BlockNode; readonly module: Surroundings }
  | { readonly kind: 'model'; readonly node: ModelNode; readonly module: Surroundings };

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
