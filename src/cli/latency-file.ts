import { resolve } from 'node:path';
import type { LatencyTable } from '../search/latency/latency-table.ts';
import { readTable } from '../study/table-file.ts';
import { RunError } from '../train/run-error.ts';
import { failure, type Io } from './io.ts';

/** Reads a table of latencies. @throws a failure for a file that is none */
export function readLatencyTable(file: string, { cwd }: Io): LatencyTable {
  try {
    return readTable(resolve(cwd, file), file).table;
  } catch (e) {
    throw e instanceof RunError ? failure(e.message) : e;
  }
}
