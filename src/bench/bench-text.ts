import { safeText } from '../diagnostics/text-width.ts';
import { formatBytes, formatCount, formatMilliseconds } from '../report/format-number.ts';
import { columnsOf, type Paint, renderTable } from '../report/text-table.ts';
import { type Comparison, confidence, smallestDifference } from './comparison.ts';
import { percent } from './number-text.ts';
import type { Profile } from './profile.ts';
import type { SeriesSummary } from './statistics.ts';

/** A model that was measured; times in milliseconds. */
export interface BenchedModel extends SeriesSummary {
  readonly name: string;
  /** Shapes of its inputs, with the batch. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** Why its latency is not reliable; empty where it is. */
  readonly doubts: readonly string[];
}

export interface BenchReport {
  readonly engine: string;
  /** Where the engine's threads can be set. */
  readonly threads?: number;
  readonly batch: number;
  readonly seed: number;
  readonly warmUpRuns: number;
  /** One model, or two that were measured in turns. */
  readonly models: readonly BenchedModel[];
  readonly comparison?: Comparison;
  /** Bytes of the process before the models were loaded, and at its peak; or of a page, if its browser reports them. */
  readonly memory?: { readonly before?: number; readonly peak: number };
  /** For a page: its browser, the number of logical processors, and whether it was hidden. */
  readonly device?: { readonly userAgent: string; readonly cores: number | null; readonly wasHidden: boolean };
  /** For each model. */
  readonly profiles?: readonly Profile[];
}

/** A measurement for people. */
export function benchText({ models, comparison, memory, device, ...report }: BenchReport, paint: Paint): string {
  const { engine, threads, batch, warmUpRuns, profiles = [] } = report;
  const rows = models.map(({ name, inputs, runs, median, p90, spread, drift }) => [
    name,
    Object.values(inputs)
      .map((shape) => shape.join('×'))
      .join(', '),
    String(runs),
    formatMilliseconds(median),
    formatMilliseconds(p90),
    percent(spread),
    `${drift < 0 ? '-' : '+'}${percent(Math.abs(drift))}`,
  ]);
  const columns = columnsOf(['model', 'input'], ['runs', 'median', '90 %', 'spread', 'last tenth']);
  const facts = [
    engine,
    ...(threads === undefined ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`]),
    `batch ${batch}`,
  ];
  const warmUp = `${warmUpRuns} warm-up ${warmUpRuns === 1 ? 'round' : 'rounds'}`;
  return [
    paint.bold(facts.join(' · ')),
    ...(device ? [deviceText(device)] : []),
    '',
    renderTable(columns, rows, { paint }),
    ...(comparison ? comparisonLines(models, comparison, paint) : models.map((model) => verdictLine(model, paint))),
    paint.dim(memory ? `${warmUp}; ${memoryText(memory)}` : warmUp),
    ...profiles.flatMap((profile) => ['', profileText(profile, paint)]),
    '',
  ].join('\n');
}

function memoryText({ before, peak }: NonNullable<BenchReport['memory']>): string {
  if (before === undefined) return `memory of the page ${formatBytes(peak)}`;
  return `peak memory of the process ${formatBytes(peak)}, ${formatBytes(before)} before loading`;
}

/** What a browser states about itself comes over the network. */
function deviceText({ userAgent, cores }: NonNullable<BenchReport['device']>): string {
  return safeText(`${userAgent}${cores === null ? '' : ` · ${cores} ${cores === 1 ? 'processor' : 'processors'}`}`);
}

function verdictLine({ median, doubts }: BenchedModel, paint: Paint): string {
  if (doubts.length > 0) return paint.bad(`no verdict: ${doubts.join('; ')}`);
  return paint.good(`${formatMilliseconds(median)} a run`);
}

function comparisonLines(models: readonly BenchedModel[], comparison: Comparison, paint: Paint): string[] {
  const { ratio, low, high, pairs, spread, verdict, doubts } = comparison;
  const [first, other] = models.map(({ name }) => name);
  const least = `${smallestDifference * 100} %`;
  const verdicts = {
    faster: paint.good(`${other} is faster than ${first}`),
    slower: paint.good(`${other} is slower than ${first}`),
    equal: paint.good(`no difference: the interval lies within ${least} of 1`),
    none: paint.bad(
      doubts.length > 0
        ? `no verdict: ${doubts.join('; ')}`
        : `no verdict: the interval holds differences below ${least} and above`,
    ),
  };
  return [
    `ratio ${ratio.toFixed(3)}, with ${confidence * 100} % confidence from ${low.toFixed(3)} to ${high.toFixed(3)}; ${pairs} pairs, spread ${percent(spread)}`,
    verdicts[verdict],
  ];
}

/** The number of operators shown, the slowest; all are in the machine-readable report. */
const mostOps = 8;

/** A profile for people: the stages in order, then the operators. */
export function profileText({ name, runs, run, kernels, stages, ops }: Profile, paint: Paint): string {
  const macs = stages?.reduce((sum, stage) => sum + stage.macs, 0) ?? 0;
  const stageRows = stages?.map((stage) => [
    stage.id,
    formatMilliseconds(stage.ms),
    percent(stage.share),
    stage.macs === 0 ? '' : formatCount(stage.macs),
    stage.macs === 0 ? '' : percent(stage.macs / macs),
  ]);
  const opRows = ops
    .slice(0, mostOps)
    .map(({ id, count, ms, share }) => [id, String(count), formatMilliseconds(ms), percent(share)]);
  const tables = [
    ...(stageRows
      ? [renderTable(columnsOf(['stage'], ['time', 'share', 'MACs', 'of MACs']), stageRows, { paint })]
      : []),
    renderTable(columnsOf(['operator'], ['kernels', 'time', 'share']), opRows, { paint }),
  ];
  const facts = `${runs} runs of ${formatMilliseconds(run)} while profiling, ${formatMilliseconds(kernels)} of them in kernels`;
  return [paint.bold(name), '', ...tables, paint.dim(facts)].join('\n');
}
