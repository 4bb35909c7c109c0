import type { Scorer } from './scorer.ts';
import { costsOfStudy, type StudyConfig } from './study-config.ts';
import type { TrialRecord } from './trial-log.ts';

/** The log of a study as CSV: one row per training, one column per choice or factor. */
export function studyCsv(config: StudyConfig, records: readonly TrialRecord[], scorer: Scorer): string {
  const costs = costsOfStudy(config);
  const points = [...new Set(records.flatMap(({ point }) => Object.keys(point)))];
  const head = [
    'trial',
    'network',
    'rung',
    'epochs',
    'state',
    'accuracy',
    'objective',
    ...costs,
    'seconds',
    'reason',
    ...points,
  ];
  const rows = records.map((record) => [
    record.trial,
    record.network,
    record.rung,
    record.epochs,
    record.state,
    record.accuracy,
    scorer.value(record),
    ...costs.map((cost) => record[cost] ?? ''),
    record.seconds,
    record.reason ?? '',
    ...points.map((name) => record.point[name] ?? ''),
  ]);
  return [head, ...rows].map((row) => `${row.map((cell) => quoted(String(cell))).join(',')}\n`).join('');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
