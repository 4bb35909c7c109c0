import type { Analysis } from '../core/analysis.ts';
import type { Place } from '../core/place.ts';
import { entityKey, nameAt } from '../names/file-names.ts';
import { occurrencesIn } from '../names/workspace-names.ts';

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
