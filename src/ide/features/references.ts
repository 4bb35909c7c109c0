import type { Analysis, Place } from '../core/analysis.ts';
import type { Ide } from '../core/ide.ts';
import { entityKey, nameAt, occurrencesIn, occurrencesOf, occurrencesOfEntity } from '../names/occurrences.ts';

/** A place that names something. */
export interface Reference extends Place {
  /** Whether it is the declaration. */
  readonly declaration: boolean;
}

/**
 * All places that refer to the name at an offset, in the files of the workspace and in the library file that declares
 * it, each once, by file and place. Empty for names of the language itself.
 */
export function referencesAt(ide: Ide, analysis: Analysis, offset: number): readonly Reference[] {
  const found = new Map<string, Reference>();
  for (const entity of nameAt(analysis, offset)?.entities ?? []) {
    const declared = entityKey(analysis, entity);
    for (const { path, start, end } of occurrencesOfEntity(ide, analysis, entity)) {
      const key = `${path}:${start}`;
      found.set(key, { path, start, end, declaration: key === declared });
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.start - b.start));
}

/** A place in the document that names what the cursor is on; `write` where it is bound or given a value. */
export interface Highlight extends Place {
  readonly access: 'read' | 'write';
}

/** All places in the document that refer to the name at an offset; for names of the language, equal names. */
export function highlightsAt(analysis: Analysis, offset: number): readonly Highlight[] {
  const name = nameAt(analysis, offset);
  if (!name) return [];
  const found = new Map<number, Highlight>();
  const add = ({ start, end }: Place, access: Highlight['access']) =>
    found.set(start, { path: analysis.path, start, end, access });
  for (const entity of name.entities) {
    const key = entityKey(analysis, entity);
    if (key !== undefined) {
      for (const f of occurrencesIn(analysis, entity.name, key)) add(f, f.occurrence.access);
    }
  }
  const { target } = name.occurrence;
  if (found.size === 0 && target.kind === 'free') {
    for (const o of occurrencesOf(analysis)) {
      if (o.target.kind === 'free' && o.target.name === target.name) add(analysis.locate(o.span), o.access);
    }
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}

/**
 * The places that change together while one of them is typed: a name that a block or a model binds for itself, and its
 * uses. Only names that nothing outside can mention: of all others an edit here would be half a renaming.
 */
export function linkedEditingRanges(analysis: Analysis, offset: number): readonly Place[] {
  const [entity, ...more] = nameAt(analysis, offset)?.entities ?? [];
  if (!entity || more.length > 0) return [];
  if (entity.kind !== 'value' && entity.kind !== 'number' && entity.kind !== 'table') return [];
  const key = entityKey(analysis, entity);
  const found = key === undefined ? [] : occurrencesIn(analysis, entity.name, key);
  if (found.length < 2) return [];
  return found.map(({ path, start, end }) => ({ path, start, end }));
}
