import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph } from '../../5-graph/graph.ts';
import type { TrainingTask } from '../loop/task.ts';
import { type LogRecord, metricsFile } from '../metrics/run-log.ts';
import { writeTextAtomically } from '../run/atomic-file.ts';
import type { BestEvaluation } from './best-evaluation.ts';
import { runReport } from './run-report.ts';

/** Writes `report.html` from what the run's metrics say, and from the best epoch's evaluation where there is one. */
export function writeReport(
  { folder, config }: TrainingTask,
  graph: Graph,
  stepsPerEpoch: number,
  best: BestEvaluation | undefined,
): void {
  const lines = readFileSync(join(folder.path, metricsFile), 'utf8').split('\n').filter(Boolean);
  const html = runReport({
    name: folder.shown,
    config,
    graph,
    records: lines.map((line) => JSON.parse(line) as LogRecord),
    stepsPerEpoch,
    ...(best && { best }),
  });
  writeTextAtomically(join(folder.path, 'report.html'), html);
}
