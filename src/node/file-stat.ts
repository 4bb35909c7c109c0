import { type Stats, statSync } from 'node:fs';
import { orUndefined } from './or-undefined.ts';

/** What exists at a path, following links; undefined if nothing does, or if the system does not tell. */
export function statOf(path: string): Stats | undefined {
  return orUndefined(() => statSync(path));
}
