import type { Entity } from '../../3-check/meanings/entity.ts';
import type { Occurrence } from '../../3-check/meanings/occurrence.ts';
import { resolveTarget } from '../../3-check/meanings/resolve-target.ts';
import type { Analysis } from '../core/analysis.ts';
import type { Ide } from '../core/ide.ts';
import type { Place } from '../core/place.ts';
import { declaredAt, entityKey, occurrencesOf } from './file-names.ts';

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
  const files = isPrivate(entity) ? [declared.path] : dependentFiles(ide, declared.path);
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

/** Whether nothing outside of its declaration can name an entity. */
function isPrivate({ kind }: Entity): boolean {
  return kind === 'value' || kind === 'number' || kind === 'table' || kind === 'output';
}
