import { join } from 'node:path';
import type { Graph } from '../../5-graph/graph.ts';
import { writeTextAtomically } from '../../node/atomic-file.ts';
import type { TrainingTask } from '../loop/task.ts';
import { readRecords } from '../metrics/read-records.ts';
import type { BestEvaluation } from './best-evaluation.ts';
import { runReport } from './run-report.ts';

/** Writes `report.html` from the run's metrics, and from the best epoch's evaluation where there is one. */
export function writeReport(
  { folder, config }: Pick<TrainingTask, 'folder' | 'config'>,
  graph: Graph,
  stepsPerEpoch: number,
  best: BestEvaluation | undefined,
): void {
  const html = runReport({
    name: folder.shown,
    config,
    graph,
    records: readRecords(folder.path),
    stepsPerEpoch,
    ...(best && { best }),
  });
  writeTextAtomically(join(folder.path, 'report.html'), html);
}
