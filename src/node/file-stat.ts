import { type Stats, statSync } from 'node:fs';
import { orUndefined } from './or-undefined.ts';

/** What there is at a path, links followed; undefined if there is nothing, or if the system does not tell. */
export function statOf(path: string): Stats | undefined {
  return orUndefined(() => statSync(path));
}
