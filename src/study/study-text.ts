import { nounFor } from '../diagnostics/noun-for.ts';
import { formatExact, formatFactor, formatPercent } from '../report/format-number.ts';
import { columnsOf, type Paint, plain, renderTable } from '../report/text-table.ts';
import { shortNumber } from '../train/report/html.ts';
import { ranked } from './findings.ts';
import { costText, costTitles, pointText } from './point-text.ts';
import { costOf, costsOfStudy, countedCosts, type StudyConfig } from './study-config.ts';
import type { StudyFound } from './study-kind.ts';
import type { TrialRecord } from './trial-log.ts';

/** What a study found: its front, the best network by its objective, and the starting point. */
export function findingsText({ config, scorer, findings, compared }: StudyFound, paint: Paint = plain): string {
  const { networks, front, best, start, rung, correlations } = findings;
  const epochs = config.rungs[rung] as number;
  const costs = costsOfStudy(config);
  const counts = ['trained', 'reused', 'stopped', 'failed']
    .map((state) => [networks.filter((record) => record.state === state).length, state] as const)
    .filter(([count]) => count > 0);
  const head = `${config.name}: ${formatExact(networks.length)} ${nounFor(networks.length, 'network')} (${counts.map((c) => c.join(' ')).join(', ')}), compared after ${epochs} ${nounFor(epochs, 'epoch')}`;
  if (networks.length === 0) return `${config.name}: no network is trained yet\n`;
  const row = (label: string, record: TrialRecord) => [
    label,
    String(record.trial),
    formatPercent(record.accuracy),
    scorer.text === undefined ? '' : shortNumber(scorer.value(record), 4),
    ...costs.map((cost) => costText(cost, costOf(record, cost))),
    record.epochs === epochs ? '' : String(record.epochs),
    pointText(record),
  ];
  const rows = [
    ...(config.scale
      ? ranked(config, findings).map((record) => row(front.includes(record) ? 'front' : '', record))
      : front.map((record) => row('front', record))),
    ...(best && scorer.text !== undefined ? [row('best', best)] : []),
    ...(start ? [row('start', start)] : []),
  ];
  const titles = ['#', 'accuracy', 'objective', ...costs.map((cost) => costTitles[cost]), 'epochs'];
  return [
    `${paint.bold(head)}\n`,
    ...(scorer.text === undefined ? [] : [`maximised: ${scorer.text}\n`]),
    renderTable(columnsOf([''], titles, ['point']), rows, { paint }),
    ...(compared.length > 0 ? [comparedText(config, compared, paint)] : []),
    ...correlations.map(
      ({ from, to, networks: count, correlation }) =>
        `rank correlation of ${config.rungs[from]} and ${config.rungs[to]} epochs: ${correlation.toFixed(3)}, of ${count} networks\n`,
    ),
  ].join('\n');
}

/** Ways of scaling at equal computation. */
function comparedText({ rungs }: StudyConfig, compared: StudyFound['compared'], paint: Paint): string {
  const rows = compared.map(({ line, multiple, factors, record }) => [
    line,
    `×${formatFactor(multiple)}`,
    ...[factors.d, factors.w, factors.r].map((value) => formatFactor(value)),
    formatPercent(record.accuracy),
    ...countedCosts.map((cost) => costText(cost, record[cost])),
  ]);
  const titles = ['MACs', 'd', 'w', 'r', 'accuracy', ...countedCosts.map((cost) => costTitles[cost])];
  return `after ${rungs.at(-1)} epochs\n\n${renderTable(columnsOf(['way of scaling'], titles), rows, { paint })}`;
}
