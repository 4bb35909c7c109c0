import { totalCost } from '../../5-graph/cost.ts';
import type { Graph, Normalisation } from '../../5-graph/graph.ts';
import type { Evaluation } from '../loop/evaluate.ts';
import type { EpochRecord, LogRecord } from '../metrics/run-log.ts';
import type { RunConfig } from '../run/run-config.ts';
import type { WeightKind } from '../run/weight-kind.ts';
import { runCharts } from './charts.ts';
import { classTable, confusionHtml } from './confusion.ts';
import { escapeHtml, htmlTable, percent, shortNumber } from './html.ts';
import { count, networkTable } from './network-table.ts';
import { script, style } from './page.ts';
import { thumbnailUrl } from './thumbnail.ts';

/** What a report is made from. */
export interface RunReport {
  readonly name: string;
  readonly config: RunConfig;
  readonly graph: Graph;
  readonly records: readonly LogRecord[];
  readonly stepsPerEpoch: number;
  /** Of the last epoch, where it was validated; with which weights. */
  readonly evaluation?: Evaluation;
  readonly weights: WeightKind;
  readonly normalisation: Normalisation;
  /** How people know an image of the validation split. */
  nameOf(index: number): string;
}

const kindName: Record<WeightKind, string> = { averages: 'averages of the weights', raw: 'raw weights' };

/** A run's report: one HTML file that needs no other and no network. */
export function runReport(report: RunReport): string {
  const { name, config, graph, records, evaluation, weights } = report;
  const title = `${graph.name}, ${name}`;
  const validation = evaluation
    ? [
        `<h2>Confusion</h2><p class="note">The last epoch, by the ${kindName[weights]}.</p>`,
        `<div class="grid2"><div>${confusionHtml(evaluation, config.classes)}</div><div>${classTable(evaluation, config.classes)}</div></div>`,
        evaluation.mistakes.length > 0 ? `<h2>Surest mistakes</h2>${mistakesHtml(report, evaluation)}` : '',
      ]
    : [];
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>`,
    `<h1>${escapeHtml(graph.name)}</h1><p class="lead">${escapeHtml(name)}, on ${escapeHtml(config.data)}</p>`,
    tiles(report),
    `<h2>Course</h2><div class="grid2">${runCharts(records, report.stepsPerEpoch)}</div>`,
    ...validation,
    `<h2>Network</h2>${networkTable(graph)}`,
    `<h2>Configuration</h2>${configTable(config)}`,
    `</main><script>${script}</script></body></html>\n`,
  ].join('\n');
}

function tiles({ records, config, graph }: RunReport): string {
  const epochs = records.filter((record): record is EpochRecord => record.kind === 'epoch');
  const last = epochs.at(-1);
  const best = epochs.findLast((record) => record.best);
  const cost = totalCost(graph);
  const tile = (value: string, what: string) =>
    `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(what)}</span></div>`;
  const accuracyOf = ({ validation }: EpochRecord) =>
    Math.max(validation.averages?.accuracy ?? 0, validation.raw?.accuracy ?? 0);
  return `<div class="tiles">${[
    ...(best ? [tile(percent(accuracyOf(best)), `best accuracy, epoch ${best.epoch + 1}`)] : []),
    ...(last ? [tile(percent(last.train.accuracy), 'accuracy in training, last epoch')] : []),
    tile(`${epochs.length} / ${config.settings.epochs}`, 'epochs'),
    tile(count(cost.params), 'parameters'),
    tile(count(cost.macs), 'multiply-accumulates an image'),
  ].join('')}</div>`;
}

function mistakesHtml({ config, normalisation, nameOf }: RunReport, { mistakes }: Evaluation): string {
  const figures = mistakes.map((mistake) => {
    const label = config.classes[mistake.label] ?? '';
    const predicted = config.classes[mistake.predicted] ?? '';
    return `<figure><img alt="" src="${thumbnailUrl(mistake, normalisation)}"><figcaption><b>${escapeHtml(predicted)}</b>, ${percent(mistake.confidence, 1)}<br>is ${escapeHtml(label)}<small>${escapeHtml(nameOf(mistake.index))}</small></figcaption></figure>`;
  });
  return `<div class="images">${figures.join('')}</div>`;
}

function configTable({ settings, network, spec, version, weights }: RunConfig): string {
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
