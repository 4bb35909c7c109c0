import { type Stats, statSync } from 'node:fs';

/** What there is at a path, links followed; undefined where there is nothing, or where the system does not say. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
