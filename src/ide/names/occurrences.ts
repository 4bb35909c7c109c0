import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import { namesOf } from '../../3-check/meanings/declaration-names.ts';
import type { Entity } from '../../3-check/meanings/entity.ts';
import type { Occurrence } from '../../3-check/meanings/occurrence.ts';
import { isNamedByPaths } from '../../3-check/meanings/path-places.ts';
import { resolveTarget } from '../../3-check/meanings/resolve-target.ts';
import { memoise } from '../../memoise.ts';
import { lastIndexWhile } from '../../sorted.ts';
import type { Analysis, Place } from '../core/analysis.ts';
import type { Ide } from '../core/ide.ts';

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
  const names = node.kind === 'import' ? namesOfImport(node) : namesOf(node);
  const found = names[lastIndexWhile(names, ({ span }) => span.start <= offset)];
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

/** An occurrence of an entity somewhere in the workspace or the library. */
export interface EntityUse extends Place {
  readonly occurrence: Occurrence;
  /** All that the occurrence means: a column may be a parameter of several blocks. */
  readonly entities: readonly Entity[];
  readonly analysis: Analysis;
}

/** A file and all files of the workspace that import it, directly or through others. */
export function dependentFiles(ide: Ide, path: string): string[] {
  const found = new Set([path]);
  for (const file of found) for (const importer of ide.filesImporting(file)) found.add(importer);
  return [...found];
}

/** Whether a file may be changed: it is one of the workspace, not of the library, even where an editor shows that. */
export function isOwnFile(ide: Ide, path: string): boolean {
  return !path.startsWith('std/') && ide.allFiles().includes(path);
}

/** All occurrences of an entity, in its own file and in the workspace. Names local to a block are searched only there. */
export function occurrencesOfEntity(ide: Ide, analysis: Analysis, entity: Entity): EntityUse[] {
  const declared = declaredAt(analysis, entity);
  const key = entityKey(analysis, entity);
  if (!declared || key === undefined) return [];
  const files = isPrivate(ide.analysis(declared.path) ?? analysis, entity)
    ? [declared.path]
    : dependentFiles(ide, declared.path);
  return files.flatMap((path) => {
    const file = path === analysis.path ? analysis : ide.analysis(path);
    return file ? occurrencesIn(file, entity.name, key) : [];
  });
}

/** The occurrences in one file of the entity with a key. */
export function occurrencesIn(analysis: Analysis, name: string, key: string): EntityUse[] {
  const found: EntityUse[] = [];
  for (const occurrence of occurrencesOf(analysis)) {
    if (occurrence.name !== name) continue;
    const entities = resolveTarget(analysis.module, occurrence.target);
    if (!entities.some((e) => entityKey(analysis, e) === key)) continue;
    found.push({ ...analysis.locate(occurrence.span), occurrence, entities, analysis });
  }
  return found;
}

/** Whether nothing outside of its declaration, in this file, can name an entity. */
function isPrivate({ module }: Analysis, entity: Entity): boolean {
  const { kind } = entity;
  return (
    kind === 'number' || kind === 'table' || kind === 'output' || (kind === 'value' && !isNamedByPaths(module, entity))
  );
}
