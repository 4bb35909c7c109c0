import type { Analysis } from '../core/analysis.ts';
import type { Place } from '../core/place.ts';
import { entityKey, nameAt, occurrencesOf } from '../names/file-names.ts';
import { occurrencesIn } from '../names/workspace-names.ts';

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
