import { isBatchCounter } from './match-checkpoint.ts';
import { matchPattern, parsePattern } from './module-pattern.ts';
import type { WeightMapRow } from './weight-map.ts';

/** How many of a checkpoint's names are enough to tell whose they are. */
const sampled = 5000;

/**
 * Which column of a weight map a checkpoint's names fit best, so that nobody has to say where the file comes from.
 * @param checkpointNames the names of its tensors.
 * @param columns the rows for each column, in the map's order; of two that fit alike, the first is taken.
 * @returns a column's name, or undefined where our own paths fit at least as well, or nothing does.
 */
export function detectColumn(
  checkpointNames: Iterable<string>,
  columns: ReadonlyMap<string, readonly WeightMapRow[]>,
): string | undefined {
  const names = [...checkpointNames]
    .filter((name) => !isBatchCounter(name))
    .slice(0, sampled)
    .map((name) => name.split('.'));
  const score = (patterns: readonly string[]) => {
    const compiled = patterns.flatMap((text) => parsePattern(text.trim()) ?? []);
    return names.filter((name) => compiled.some((pattern) => matchPattern(pattern, name))).length;
  };

  let best: string | undefined;
  let bestScore = score([...columns.values()].flatMap((rows) => rows.map((row) => row.path)));
  for (const [column, rows] of columns) {
    const columnScore = score(rows.flatMap((row) => row.pattern.split(',')));
    if (columnScore > bestScore) {
      best = column;
      bestScore = columnScore;
    }
  }
  return best;
}
