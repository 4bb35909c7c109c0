import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import type { Entity } from '../../3-check/meanings/entity.ts';
import type { Analysis } from '../core/analysis.ts';
import type { Place } from '../core/place.ts';
import { nameAt } from '../names/file-names.ts';
import { importedPath } from '../names/import-path.ts';

/** A way from a name to what it means. */
export interface Link {
  /** The name that was pointed at. */
  readonly origin: Place;
  /** All of the declaration. */
  readonly target: Place;
  /** Its name. */
  readonly selection: Place;
}

/**
 * The declarations of the name at an offset: blocks, models, parameters, bound names, labels, rows and variants, through
 * imports and paths. A column leads to the parameter of each block that its table builds. An import's path leads to the
 * file. Empty for names of the language itself.
 */
export function definitionsAt(analysis: Analysis, offset: number): readonly Link[] {
  const file = importedFileAt(analysis, offset);
  if (file) return [file];
  const name = nameAt(analysis, offset);
  if (!name) return [];
  return name.entities.flatMap((entity) => linkTo(analysis, name.place, entity) ?? []);
}

/** The way to an entity; undefined for what the language gives. */
export function linkTo(analysis: Analysis, origin: Place, entity: Entity): Link | undefined {
  if (!entity.ident) return undefined;
  const selection = analysis.locate(entity.ident.span);
  return { origin, target: analysis.locate(wholeSpan(entity)), selection };
}

function wholeSpan(entity: Entity): Declaration['span'] {
  const node = entity.declared?.node ?? entity.local?.param;
  if (node) return node.span;
  const ident = entity.ident as { readonly span: Declaration['span'] };
  if (entity.kind !== 'section' && entity.kind !== 'table' && entity.kind !== 'input') return ident.span;
  const members = entity.owner?.kind === 'model' ? entity.owner.members : [];
  return members.find((m) => 'name' in m && m.name === ident)?.span ?? ident.span;
}

function importedFileAt(analysis: Analysis, offset: number): Link | undefined {
  const { node, offset: local } = analysis.declarationAt(offset);
  if (node?.kind !== 'import') return undefined;
  const { from } = node as ImportNode;
  if (local < from.span.start || local > from.span.end || from.value === '') return undefined;
  const path = importedPath(analysis.path, from.value);
  if (!analysis.program.modules.some((m) => m.path === path)) return undefined;
  const start = { path, start: 0, end: 0 };
  return { origin: analysis.locate(from.span), target: start, selection: start };
}
