import { formatPercent } from '../../report/format-number.ts';
import { escapeHtml, htmlTable, shortNumber } from '../../train/report/html.ts';
import { style } from '../../train/report/page.ts';
import type { Findings } from '../findings.ts';
import { costText, costTitles, pointText } from '../point-text.ts';
import type { Scorer } from '../scorer.ts';
import { costOf, costsOfStudy, countedCosts, type StudyConfig } from '../study-config.ts';
import { networkFile } from '../study-folder.ts';
import type { StudyFound } from '../study-kind.ts';
import type { TrialRecord } from '../trial-log.ts';
import { frontScatter } from './front-scatter.ts';
import { scatterFigure } from './scatter.ts';

const ownStyle =
  '.tiles{margin-bottom:16px}.networks :is(th,td):last-child{text-align:left}.faint{fill:var(--soft);opacity:.5}.k-faint{background:var(--soft);opacity:.5}.path{white-space:nowrap}path.plain{stroke:var(--soft);stroke-width:1;opacity:.5}';

/** A study's report: one self-contained HTML file. */
export function studyReport(found: StudyFound): string {
  const head = reportHead(`${found.config.name}, ${found.folder.shown}`);
  return `${head}<body><main>\n${reportBody(found)}\n</main></body></html>\n`;
}

/** The head of a page in the report's style. */
export function reportHead(title: string): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeHtml(title)}</title><style>${style}${ownStyle}</style></head>`,
  ].join('\n');
}

/** The report's contents, as HTML. */
export function reportBody(found: StudyFound): string {
  const { folder, config, scorer, findings } = found;
  return [
    `<h1>${escapeHtml(config.name)}</h1><p class="lead">${escapeHtml(folder.shown)}, on ${escapeHtml(config.data)}</p>`,
    tiles(config, scorer, findings),
    findings.networks.length > 0 ? scatterFigure(frontScatter(found)) : '',
    `<h2>Front</h2>${networkTable(config, scorer, findings.front)}`,
    ...(found.compared.length > 0 ? [`<h2>Ways of scaling at equal computation</h2>${comparedTable(found)}`] : []),
    `<h2>Longer training</h2>${correlations(config, findings)}`,
    `<h2>All networks</h2>${networkTable(config, scorer, findings.networks)}`,
    `<h2>Configuration</h2>${configTable(config)}`,
  ].join('\n');
}

function tiles(config: StudyConfig, scorer: Scorer, { networks, front, best, start, rung }: Findings): string {
  const tile = (value: string, name: string) =>
    `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(name)}</span></div>`;
  return `<div class="tiles">${[
    tile(String(networks.length), 'networks trained'),
    tile(String(front.length), `on the front, ${config.rungs[rung]} epochs`),
    ...(best
      ? [
          tile(
            formatPercent(best.accuracy),
            scorer.text === undefined ? 'the most accurate' : 'the best by the objective',
          ),
        ]
      : []),
    ...(start ? [tile(formatPercent(start.accuracy), 'the starting point')] : []),
  ].join('')}</div>${scorer.text === undefined ? '' : `<p class="note">maximised: ${escapeHtml(scorer.text)}</p>`}`;
}

function networkTable(config: StudyConfig, scorer: Scorer, records: readonly TrialRecord[]): string {
  const objective = scorer.text === undefined ? [] : ['objective'];
  const head = [
    'network',
    'accuracy',
    'epochs',
    ...objective,
    ...costsOfStudy(config).map((cost) => costTitles[cost]),
    'state',
    'what it is',
  ];
  const rows = records.map((record) => [
    `<a class="path" href="${escapeHtml(networkFile(config, record.network))}">${record.trial}</a>`,
    formatPercent(record.accuracy),
    String(record.epochs),
    ...(scorer.text === undefined ? [] : [shortNumber(scorer.value(record), 4)]),
    ...costsOfStudy(config).map((cost) => costText(cost, costOf(record, cost))),
    escapeHtml(record.reason === undefined ? record.state : `${record.state}: ${record.reason}`),
    escapeHtml(record.trial === 0 ? `starting point: ${pointText(record)}` : pointText(record)),
  ]);
  if (records.length === 0) return '<p class="note">None yet.</p>';
  return `<div class="networks">${htmlTable(head, rows)}</div>`;
}

function comparedTable({ compared, config }: StudyFound): string {
  const rows = compared.map(({ line, multiple, factors, record }) => [
    escapeHtml(line),
    `×${shortNumber(multiple)}`,
    ...[factors.d, factors.w, factors.r].map((value) => shortNumber(value)),
    formatPercent(record.accuracy),
    String(record.epochs),
    ...countedCosts.map((cost) => costText(cost, record[cost])),
  ]);
  const costs = countedCosts.map((cost) => costTitles[cost]);
  return `${htmlTable(['way', 'MACs aimed at', 'd', 'w', 'r', 'accuracy', 'epochs', ...costs], rows)}<p class="note">For each way the network whose multiply-accumulates come closest to the aim, with real rounding; ${escapeHtml(config.name)} with all factors 1 has 1.</p>`;
}

function correlations(config: StudyConfig, { correlations: found }: Findings): string {
  if (found.length === 0) return '<p class="note">Fewer than three networks were trained for longer.</p>';
  const rows = found.map(({ from, to, networks, correlation }) => [
    `${config.rungs[from]} to ${config.rungs[to]} epochs`,
    String(networks),
    correlation.toFixed(3),
  ]);
  return `${htmlTable(['training', 'networks', 'rank correlation'], rows)}<p class="note">Spearman's, over the accuracies of the networks that had both trainings: how well the shorter one ranks them. They were chosen for being good, which makes them harder to rank.</p>`;
}

function configTable(config: StudyConfig): string {
  const { network, settings, search, scale, budgets, images, table, ...plain } = config;
  const nested = { network, ...settings, ...search, ...scale, ...budgets, images, ...(table && { table }) };
  const entries = Object.entries({ ...plain, ...nested });
  const rows = entries.map(([name, value]) => [
    escapeHtml(name),
    escapeHtml(typeof value === 'object' ? JSON.stringify(value) : String(value)),
  ]);
  return htmlTable(['setting', 'value'], rows);
}
