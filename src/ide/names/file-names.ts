import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import { namesOf } from '../../3-check/meanings/declaration-names.ts';
import type { Entity } from '../../3-check/meanings/entity.ts';
import type { Occurrence } from '../../3-check/meanings/occurrence.ts';
import { resolveTarget } from '../../3-check/meanings/resolve-target.ts';
import { memoise } from '../../memoise.ts';
import type { Analysis } from '../core/analysis.ts';
import type { Place } from '../core/place.ts';

/** A name at a place, with what it means. */
export interface NameAt {
  readonly occurrence: Occurrence;
  readonly place: Place;
  readonly entities: readonly Entity[];
}

/** The names of an import, which mean what they mean in the file. */
export const namesOfImport = memoise(({ names }: ImportNode): readonly Occurrence[] =>
  names.flatMap(({ name, span }) =>
    name === '' ? [] : [{ span, name, access: 'read', target: { kind: 'free', name } }],
  ),
);

/** All names of a file, in the order of its text. */
export function* occurrencesOf({ module }: Pick<Analysis, 'module'>): Generator<Occurrence> {
  for (const node of module.ast.imports) yield* namesOfImport(node);
  for (const node of module.ast.declarations) yield* namesOf(node);
}

/** The name at an offset of a document, including its end. */
export function nameAt(analysis: Analysis, offset: number): NameAt | undefined {
  const { node, offset: local } = analysis.declarationAt(offset);
  if (!node) return undefined;
  const occurrence = occurrenceIn(node, local);
  if (!occurrence) return undefined;
  return {
    occurrence,
    place: analysis.locate(occurrence.span),
    entities: resolveTarget(analysis.module, occurrence.target),
  };
}

/** The name at an offset of a declaration's own source, including its end. */
export function occurrenceIn(node: Declaration | ImportNode, offset: number): Occurrence | undefined {
  return occurrenceAt(node.kind === 'import' ? namesOfImport(node) : namesOf(node), offset);
}

function occurrenceAt(names: readonly Occurrence[], offset: number): Occurrence | undefined {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] as Occurrence).span.start <= offset) low = middle + 1;
    else high = middle;
  }
  const found = names[low - 1];
  return found && offset <= found.span.end ? found : undefined;
}

/** Where an entity is declared; undefined for what the language gives. */
export function declaredAt(analysis: Pick<Analysis, 'locate'>, entity: Entity): Place | undefined {
  return entity.ident && analysis.locate(entity.ident.span);
}

/** A unique text for an entity, whatever analysis it was found in. */
export function entityKey(analysis: Pick<Analysis, 'locate'>, entity: Entity): string | undefined {
  const place = declaredAt(analysis, entity);
  return place && `${place.path}:${place.start}`;
}
