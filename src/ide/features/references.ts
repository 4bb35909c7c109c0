import type { Analysis } from '../core/analysis.ts';
import type { Ide } from '../core/ide.ts';
import type { Place } from '../core/place.ts';
import { entityKey, nameAt } from '../names/file-names.ts';
import { occurrencesOfEntity } from '../names/workspace-names.ts';

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
