import { createHash } from 'node:crypto';
import { readText } from '../node/regular-file.ts';
import { readProblem } from '../node/system-errors.ts';
import { type LatencyTable, parseLatencyTable } from '../search/latency/latency-table.ts';
import { RunError } from '../train/run-error.ts';

/** A table of latencies with the text that it was read from; a study keeps a copy of this. */
export interface LatencyTableText {
  readonly text: string;
  readonly table: LatencyTable;
}

/**
 * Reads a table of latencies. @param shown as the user wrote it @throws RunError for a file that is not such a table
 */
export function readTable(path: string, shown: string): LatencyTableText {
  let text: string;
  try {
    text = readText(path);
  } catch (e) {
    throw new RunError(`'${shown}' cannot be read: ${readProblem(e)}`);
  }
  const table = parseLatencyTable(text);
  if (typeof table === 'string') throw new RunError(`'${shown}' ${table}`);
  return { text, table };
}

/** The digest by which a study identifies its table. */
export function digestOf({ text }: LatencyTableText): string {
  return createHash('sha256').update(text).digest('hex');
}
