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
      let places = bySource.get(span?.source);
      if (!places) {
        places = new Set();
        bySource.set(span?.source, places);
      }
      const key = `${what} ${span?.start}`;
      const isNew = !places.has(key);
      places.add(key);
      return isNew;
    },
  };
}
