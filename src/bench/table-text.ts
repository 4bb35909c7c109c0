import { formatMilliseconds } from '../report/format-number.ts';
import { columnsOf, type Paint, renderTable } from '../report/text-table.ts';
import type { Explained } from '../search/latency/fit-base.ts';
import type { LatencyTable } from '../search/latency/latency-table.ts';
import { percent } from './number-text.ts';

/** A whole network that was measured. */
export interface TableSample extends Explained {
  /** Whether its latency is unreliable: the machine was too busy, or too hot. */
  readonly isDoubtful: boolean;
}

/** A table of latencies, and the networks that its error was measured on. */
export interface TableReport {
  readonly table: LatencyTable;
  readonly samples: readonly TableSample[];
}

/** A table for people. @param file where it was written */
export function tableText({ table, samples }: TableReport, file: string, paint: Paint): string {
  const { engine, threads, batch, pieces, networks, base, error } = table;
  const facts = [
    engine,
    ...(threads === undefined ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`]),
    `batch ${batch}`,
  ];
  const rows = samples.map(({ predicted, measured }) => [
    formatMilliseconds(measured),
    formatMilliseconds(predicted),
    `${predicted < measured ? '-' : '+'}${percent(Math.abs(predicted / measured - 1))}`,
  ]);
  const doubtful = samples.filter(({ isDoubtful }) => isDoubtful).length;
  return [
    paint.bold(facts.join(' · ')),
    `${Object.keys(pieces).length} blocks from ${networks} networks; ${formatMilliseconds(base)} for a network in addition`,
    '',
    ...(error
      ? [
          renderTable(columnsOf([], ['measured', 'by the table', 'off']), rows, { paint }),
          `networks that the table was not made from: off by ${percent(error.median)} in the median of ${error.networks}, ${percent(error.worst)} at most; rank correlation ${error.rankCorrelation.toFixed(3)}`,
        ]
      : [paint.bad('no error is known: the space has no other networks')]),
    ...(doubtful > 0
      ? [paint.bad(`${doubtful} of these ${samples.length} latencies have no verdict: the machine was too busy`)]
      : []),
    `wrote ${file}`,
    '',
  ].join('\n');
}
