import { resolve } from 'node:path';
import { readText } from '../node/regular-file.ts';
import { type LatencyTable, parseLatencyTable } from '../search/latency/latency-table.ts';
import { failure, type Io } from './io.ts';

/** Reads a table of latencies. @throws a failure for a file that is none */
export function readLatencyTable(file: string, { cwd }: Io): LatencyTable {
  const table = parseLatencyTable(readText(resolve(cwd, file)));
  if (typeof table === 'string') throw failure(`'${file}' ${table}`);
  return table;
}
