import { isObject } from '../../is-object.ts';
import type { RandomAccess } from '../format.ts';
import { placeOfMetadata } from './constants.ts';
import { factsEntry } from './schema.ts';
import type { FlatTableReader } from './tables.ts';

const mostFactBytes = 10_000_000;

/** The facts that enetc has written; none for files of other tools. */
export function factsIn(root: FlatTableReader, file: RandomAccess): ReadonlyMap<string, string> {
  const place = placeOfMetadata(root, factsEntry);
  if (!place || place.length > mostFactBytes || place.begin + place.length > file.size) return new Map();
  const text = new TextDecoder().decode(file.read(place.begin, place.length));
  try {
    const facts = JSON.parse(text) as unknown;
    if (!isObject(facts)) return new Map();
    return new Map(Object.entries(facts).filter((fact): fact is [string, string] => typeof fact[1] === 'string'));
  } catch {
    return new Map();
  }
}
