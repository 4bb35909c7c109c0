import type { Source, Span } from '../source.ts';

/** What was reported where, so that each thing is reported once for a place: a source and an offset. */
export interface PlaceSet {
  /** Takes a thing and its place in. @returns whether it is new */
  add(what: string, span: Span | undefined): boolean;
}

export function createPlaceSet(): PlaceSet {
  const bySource = new Map<Source | undefined, Set<string>>();
  return {
    add(what, span) {
      let said = bySource.get(span?.source);
      if (!said) {
        said = new Set();
        bySource.set(span?.source, said);
      }
      const key = `${what} ${span?.start}`;
      const isNew = !said.has(key);
      said.add(key);
      return isNew;
    },
  };
}
