import { totalCost } from '../../5-graph/cost.ts';
import type { Graph } from '../../5-graph/graph.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { formatCount, formatPercent } from '../../report/format-number.ts';
import { classScores, macroScores } from '../metrics/class-scores.ts';
import type { EpochRecord, LogRecord } from '../metrics/run-log.ts';
import type { RunConfig } from '../run/run-config.ts';
import type { WeightKind } from '../run/weight-kind.ts';
import type { BestEvaluation } from './best-evaluation.ts';
import { runCharts } from './charts.ts';
import { classTable, confusionHtml } from './confusion.ts';
import { escapeHtml, htmlTable, shortNumber } from './html.ts';
import { networkTable } from './network-table.ts';
import { script, style } from './page.ts';

/** What a report is made from. */
export interface RunReport {
  readonly name: string;
  readonly config: RunConfig;
  readonly graph: Graph;
  readonly records: readonly LogRecord[];
  readonly stepsPerEpoch: number;
  /** The evaluation of the best epoch, where the run is validated and its folder still has it. */
  readonly best?: BestEvaluation;
}

const kindName: Record<WeightKind, string> = { averages: 'averages of the weights', raw: 'raw weights' };

/** A run's report: one self-contained HTML file. */
export function runReport(report: RunReport): string {
  const { name, config, graph, records } = report;
  const title = `${graph.name}, ${name}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>`,
    `<h1>${escapeHtml(graph.name)}</h1><p class="lead">${escapeHtml(name)}, on ${escapeHtml(config.data)}</p>`,
    tiles(report),
    `<h2>Course</h2><div class="grid2">${runCharts(records, report.stepsPerEpoch)}</div>`,
    ...validation(report),
    `<h2>Network</h2>${networkTable(graph)}`,
    `<h2>Configuration</h2>${configTable(config)}`,
    `</main><script>${script}</script></body></html>\n`,
  ].join('\n');
}

/** The confusions of the best weights, whose score is shown at the top. */
function validation({ best, records, config }: RunReport): string[] {
  const { classes } = config;
  if (!best) {
    return bestRecord(records)
      ? ['<h2>Confusion</h2><p class="note">best.json, the evaluation of the best epoch, is missing or damaged.</p>']
      : [];
  }
  return [
    `<h2>Confusion</h2><p class="note">Epoch ${best.epoch + 1}, the best one, by the ${kindName[best.weights]}: the weights of best.safetensors.</p>`,
    `<div class="grid2"><div>${confusionHtml(best.confusion, classes)}</div><div>${classTable(best.confusion, classes)}</div></div>`,
    best.mistakes.length > 0 ? `<h2>Surest mistakes</h2>${mistakesHtml(best, classes)}` : '',
  ];
}

function bestRecord(records: readonly LogRecord[]): EpochRecord | undefined {
  return records.findLast((record): record is EpochRecord => record.kind === 'epoch' && record.best);
}

function tiles({ records, config, graph, best: evaluation }: RunReport): string {
  const epochs = records.filter((record): record is EpochRecord => record.kind === 'epoch');
  const last = epochs.at(-1);
  const best = bestRecord(records);
  const cost = totalCost(graph);
  const tile = (value: string, what: string) =>
    `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(what)}</span></div>`;
  const accuracyOf = ({ validation }: EpochRecord) =>
    Math.max(validation.averages?.accuracy ?? 0, validation.raw?.accuracy ?? 0);
  return `<div class="tiles">${[
    ...(best ? [tile(formatPercent(accuracyOf(best)), `best accuracy, epoch ${best.epoch + 1}`)] : []),
    ...(evaluation
      ? [
          tile(
            formatPercent(macroScores(classScores(evaluation.confusion, config.classes)).recall),
            `balanced accuracy, epoch ${evaluation.epoch + 1}`,
          ),
        ]
      : []),
    ...(last ? [tile(formatPercent(last.train.accuracy), 'accuracy in training, last epoch')] : []),
    tile(`${epochs.length} / ${config.settings.epochs}`, 'epochs'),
    tile(formatCount(cost.params), 'parameters'),
    tile(formatCount(cost.macs), 'multiply-accumulates per image'),
  ].join('')}</div>`;
}

function mistakesHtml({ mistakes }: BestEvaluation, classes: readonly string[]): string {
  const figures = mistakes.map((mistake) => {
    const label = classes[mistake.label] ?? '';
    const predicted = classes[mistake.predicted] ?? '';
    return `<figure><img alt="" src="${escapeHtml(mistake.image)}"><figcaption><b>${escapeHtml(predicted)}</b>, ${formatPercent(mistake.confidence, 1)}<br>is ${escapeHtml(label)}<small>${escapeHtml(mistake.name)}</small></figcaption></figure>`;
  });
  return `<div class="images">${figures.join('')}</div>`;
}

function configTable({ settings, network, spec, version, weights, lengthened }: RunConfig): string {
  const rows = [
    ['spec', spec],
    ...Object.entries(network).map(([key, value]) => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
    ...(weights ? [['weights', weights.file]] : []),
    ...Object.entries(settings).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === 'number' ? shortNumber(value, 6) : String(value)]],
    ),
    ...(lengthened ?? []).map(({ epochs, step }) => [
      'made longer',
      `it had ${epochs} ${nounFor(epochs, 'epoch')} until step ${step}`,
    ]),
    ['enetc', version],
  ];
  const half = Math.ceil(rows.length / 2);
  const tables = [rows.slice(0, half), rows.slice(half)].map((part) =>
    htmlTable(
      ['setting', 'value'],
      part.map((row) => row.map(escapeHtml)),
    ),
  );
  return `<div class="grid2 wide">${tables.join('')}</div>`;
}
