import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph } from '../../5-graph/graph.ts';
import type { Evaluation } from '../loop/evaluate.ts';
import type { TrainingTask } from '../loop/task.ts';
import { type LogRecord, metricsFile } from '../metrics/run-log.ts';
import { writeTextAtomically } from '../run/atomic-file.ts';
import type { WeightKind } from '../run/weight-kind.ts';
import { runReport } from './run-report.ts';

/** Writes `report.html` from what the run's metrics say, and from the last evaluation where there is one. */
export function writeReport(
  { folder, config, normalisation, nameOf }: TrainingTask,
  graph: Graph,
  stepsPerEpoch: number,
  evaluation: Evaluation | undefined,
  weights: WeightKind,
): void {
  const lines = readFileSync(join(folder.path, metricsFile), 'utf8').split('\n').filter(Boolean);
  const html = runReport({
    name: folder.shown,
    config,
    graph,
    records: lines.map((line) => JSON.parse(line) as LogRecord),
    stepsPerEpoch,
    ...(evaluation && { evaluation }),
    weights,
    normalisation,
    nameOf,
  });
  writeTextAtomically(join(folder.path, 'report.html'), html);
}
