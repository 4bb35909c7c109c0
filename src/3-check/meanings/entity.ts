import type { Declaration, Ident } from '../../1-parse/ast.ts';
import type { Declared } from '../../2-resolve/program.ts';
import type { LocalName } from './occurrence.ts';

export type EntityKind =
  | 'block'
  | 'model'
  | LocalName['kind']
  | 'label'
  | 'row'
  | 'variant'
  | 'output'
  | 'choice'
  | 'language';

/** What a name means. Two occurrences mean one thing where their entities are declared at one place. */
export interface Entity {
  readonly kind: EntityKind;
  readonly name: string;
  /** Where it is declared; names of the language have no such place. */
  readonly ident?: Ident;
  /** The block or model itself, of a `block` or `model`. */
  readonly declared?: Declared;
  /** The declaration that binds it, of everything else, where it is known. */
  readonly owner?: Declaration;
  readonly local?: LocalName;
}
