import { type Stats, statSync } from 'node:fs';

/** What there is at a path, links followed; undefined if there is nothing, or if the system does not tell. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
