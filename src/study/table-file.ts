import { createHash } from 'node:crypto';
import { type LatencyTable, parseLatencyTable } from '../search/latency/latency-table.ts';
import { readTextOf } from '../train/run/read-texts.ts';
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
  const text = readTextOf(path, `'${shown}'`);
  const table = parseLatencyTable(text);
  if (typeof table === 'string') throw new RunError(`'${shown}' ${table}`);
  return { text, table };
}

/** The digest by which a study identifies its table. */
export function digestOf({ text }: LatencyTableText): string {
  return createHash('sha256').update(text).digest('hex');
}
