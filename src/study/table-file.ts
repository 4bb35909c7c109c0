import { createHash } from 'node:crypto';
import { readText } from '../node/regular-file.ts';
import { readProblem } from '../node/system-errors.ts';
import { type LatencyTable, parseLatencyTable } from '../search/latency/latency-table.ts';
import { RunError } from '../train/run-error.ts';

/** A table of latencies with the text that it was read from, of which a study keeps a copy. */
export interface LatencyTableText {
  readonly text: string;
  readonly table: LatencyTable;
}

/** Reads a table of latencies. @param shown as its user calls it @throws RunError for a file that is none */
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

/** By which a study knows its table. */
export function digestOf({ text }: LatencyTableText): string {
  return createHash('sha256').update(text).digest('hex');
}
