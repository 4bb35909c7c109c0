import { formatBytes, formatFactor, formatPercent } from '../report/format-number.ts';
import { escapeHtml, htmlTable } from '../train/report/html.ts';
import { style } from '../train/report/page.ts';
import type { Closeness } from './judge.ts';
import { chartStyle, layerChart } from './layer-chart.ts';
import { type GoalReport, type QuantisationReport, quantisedLayers, shortCloseness } from './report.ts';

export interface PageRequest {
  /** The subject of the page: the file that was written. */
  readonly name: string;
  readonly report: QuantisationReport;
}

/** What int8 costs and gains, as one self-contained HTML file. */
export function quantisationPage({ name, report }: PageRequest): string {
  const { layers, goal } = report;
  const what = report.noise ? 'samples of noise' : 'pictures';
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeHtml(name)}: int8</title><style>${style}${chartStyle}</style></head><body><main>`,
    `<h1>${escapeHtml(name)}</h1><p class="lead">int8, from ${report.calibrated} ${what}; compared with float32 on ${report.judged} others</p>`,
    tiles(report),
    ...notes(report).map((note) => `<p class="note">${note}</p>`),
    `<h2>Layers</h2>${layerChart(layers, goal?.sqnr)}`,
    `<div class="wide layers">${table(report)}</div>`,
    '</main></body></html>\n',
  ].join('\n');
}

function tiles(report: QuantisationReport): string {
  const tile = (value: string, name: string) =>
    `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(name)}</span></div>`;
  const { sqnr, agreement, expected, layers, size, latency, goal } = report;
  return `<div class="tiles">${[
    tile(`${sqnr.toFixed(1)} dB`, `signal over noise${askedFor(goal?.sqnr, (db) => `${db} dB`)}`),
    ...(agreement === undefined ? [] : [tile(formatPercent(agreement, 1), 'first answers as in float32')]),
    ...(expected === undefined
      ? []
      : [
          tile(
            formatPercent(expected, 1),
            `to be expected${askedFor(goal?.agreement, (share) => formatPercent(share, 1))}`,
          ),
        ]),
    tile(`${quantisedLayers(report)} of ${layers.length}`, 'layers in few bits'),
    tile(formatBytes(size.int8), `of ${formatBytes(size.float32)} in float32`),
    ...(latency
      ? [
          tile(
            `${latency.int8.toFixed(2)} ms`,
            `of ${latency.float32.toFixed(2)} ms in float32, one thread, one picture`,
          ),
          tile((latency.int8 / latency.float32).toFixed(2), 'of the time of float32'),
        ]
      : []),
  ].join('')}</div>`;
}

function askedFor(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? '' : `, ${text(value)} asked for`;
}

function notes({ engine, kernels, latency, judged, agreement, goal }: QuantisationReport): string[] {
  return [
    `By ${escapeHtml(engine)}. Signal over noise: of all outputs over all pictures, the squares in float32 over the squares of the differences.${agreement === undefined ? '' : ` With ${judged} pictures, one answer is ${formatPercent(1 / judged, 1)}.`}`,
    ...(kernels ? [kernelsNote(kernels)] : []),
    ...(goal ? [goalNote(goal)] : []),
    ...(latency ? ['Latencies are medians of runs in turns on this machine, whatever else it was doing.'] : []),
  ];
}

function kernelsNote(kernels: Closeness): string {
  return `By the integer kernels of this machine's processor it is ${shortCloseness(kernels)}. Without VNNI, kernels on x86 saturate sums of two products.`;
}

function goalNote({ sought }: GoalReport): string {
  return `Layers were returned to float32 until the goal held on every fifth picture of --calibrate, which were not used for ranges: ${shortCloseness(sought)} there.`;
}

function table({ layers }: QuantisationReport): string {
  const decibels = (value: number | undefined) => (value === undefined ? '' : value.toFixed(1));
  const rows = layers.map(({ path, op, computes, range, done, returned, sqnr }) => [
    escapeHtml(path),
    escapeHtml(op),
    computes,
    range ? `${formatFactor(range.least)} to ${formatFactor(range.most)}` : '',
    escapeHtml(done.join(', ')),
    decibels(returned),
    decibels(sqnr),
  ]);
  return htmlTable(['layer', 'op', 'computes', 'range', 'what was done', 'returned dB', 'SQNR dB'], rows);
}
