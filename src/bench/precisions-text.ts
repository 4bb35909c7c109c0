import { formatBytes, formatMilliseconds } from '../report/format-number.ts';
import { columnsOf, type Paint, renderTable } from '../report/text-table.ts';
import type { Comparison } from './comparison.ts';
import { percent } from './number-text.ts';
import type { ByteProducts } from './processor.ts';

export const precisions = ['float32', 'half', 'int8'] as const;
export type Precision = (typeof precisions)[number];

/** A network in a precision in an engine; times in milliseconds. */
export interface PrecisionRow {
  readonly engine: string;
  readonly precision: Precision;
  readonly bytes: number;
  readonly median: number;
  readonly spread: number;
  /** The comparison with float32 in the same engine; absent for float32 itself. */
  readonly comparison?: Comparison;
  /** How close its answers on pictures are to float32, where there are pictures. */
  readonly answers?: AnswersCloseness;
}

/** See `Closeness` of judging: this folder does not know networks. */
export interface AnswersCloseness {
  /** The signal-to-noise ratio, in decibels. */
  readonly sqnr: number;
  /** The share of pictures whose first answer is the same; absent for networks that do not classify. */
  readonly agreement?: number;
}

export interface PrecisionsReport {
  readonly model: string;
  readonly threads: number;
  readonly batch: number;
  readonly rows: readonly PrecisionRow[];
  /** Missing engines, and why. */
  readonly missing: readonly { readonly engine: string; readonly why: string }[];
  /** Absent where it is not known. */
  readonly processor?: ByteProducts;
}

/** A table of the precisions in each engine, and why int8 is not faster where it is not. */
export function precisionsText(
  { model, threads, batch, rows, missing, processor }: PrecisionsReport,
  paint: Paint,
): string {
  const judged = rows.some(({ answers }) => answers !== undefined);
  const cells = rows.map(({ engine, precision, bytes, median, spread, comparison, answers }) => [
    engine,
    precision,
    formatBytes(bytes),
    formatMilliseconds(median),
    percent(spread),
    comparison ? comparison.ratio.toFixed(3) : '',
    comparison ? `${comparison.low.toFixed(3)} to ${comparison.high.toFixed(3)}` : '',
    comparison ? verdictOf(comparison) : '',
    ...(judged ? closenessCells(answers) : []),
  ]);
  const columns = [
    ...columnsOf(['engine', 'in'], ['file', 'median', 'spread', 'ratio', '99 %'], ['than float32']),
    ...(judged ? columnsOf([], ['to float32', 'first answers'], []) : []),
  ];
  const slow = rows.filter(({ precision, comparison }) => precision === 'int8' && comparison?.verdict !== 'faster');
  return [
    paint.bold(`${model} · ${threads} ${threads === 1 ? 'thread' : 'threads'} · batch ${batch}`),
    '',
    renderTable(columns, cells, { paint }),
    ...slow.map(({ engine, comparison }) => {
      const reason =
        comparison && comparison.doubts.length > 0 ? 'its latencies are too unsteady' : reasonFor(processor);
      return paint.bad(`int8 is not shown to be faster in ${engine}: ${reason}`);
    }),
    ...missing.map(({ engine, why }) => paint.dim(`${engine}: not run, ${why}`)),
    '',
  ].join('\n');
}

/** The signal-to-noise ratio, and the share of pictures whose first answer is the same. */
function closenessCells(answers: AnswersCloseness | undefined): readonly string[] {
  if (!answers) return ['', ''];
  const { sqnr, agreement } = answers;
  const distance = Number.isFinite(sqnr) ? `${sqnr.toFixed(1)} dB` : 'equal';
  return [distance, agreement === undefined ? '' : percent(agreement)];
}

function verdictOf({ verdict, doubts }: Comparison): string {
  if (verdict !== 'none') return verdict;
  return doubts.length > 0 ? 'no verdict, too unsteady' : 'no verdict';
}

function reasonFor(processor: ByteProducts | undefined): string {
  if (!processor) return 'whether this processor multiplies bytes is not known';
  const { has, wanted } = processor;
  if (has.length > 0) {
    return `this processor multiplies bytes (${has.join(', ')}); layers that stay float32, or conversions, use up what that saves`;
  }
  return `this processor cannot multiply bytes (${wanted.join(', ')}): they are multiplied in 16 bits`;
}
