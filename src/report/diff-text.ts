import { writtenKernelLabel } from '../ops/labels.ts';
import { type Change, isSame, type NumberChange, type StageDiff, type SummaryDiff } from './diff.ts';
import { formatBytes, formatCount, formatFactor, formatRatio } from './format-number.ts';
import { titleOf } from './summary-text.ts';
import { columnsOf, type Paint, plain, renderTable } from './text-table.ts';

/** The differences, for a terminal. A cell with a single value is equal on both sides. */
export function diffText(diff: SummaryDiff, paint: Paint = plain): string {
  const heads = [
    `${paint.bad('-')} ${paint.bold(titleOf(diff.from))}`,
    `${paint.good('+')} ${paint.bold(titleOf(diff.to))}`,
  ];
  if (isSame(diff)) return `${heads.join('\n')}\n\nNothing differs.\n`;
  const settings = diff.settings.map((s) => `${s.name}: ${s.from ?? '-'} → ${s.to ?? '-'}`);
  const numbers = ['stride', 'resolution', 'filters', 'repeats', 'params', '', 'MACs', ''];
  const columns = columnsOf(['', 'stage', 'operator', 'kernel', 'activation'], numbers);
  const total = (name: string) => diff.totals.find((t) => t.name === name) as NumberChange;
  const footer = ['', 'total', '', '', '', '', '', '', '', ...withRatio(total('params')), ...withRatio(total('macs'))];
  // where a stage that both have has others; the column is left out elsewhere
  const hasOthers = diff.stages.some(
    ({ change, activations: { from, to } }) => change === 'changed' && from.join() !== to.join(),
  );
  const rows = diff.stages.map((stage) => stageRow(stage, hasOthers));
  const table = renderTable(columns, rows, { footer, paint });
  const more = [
    `layers ${arrow(total('layers'))}`,
    `receptive field ${arrow(total('receptiveField'))}`,
    `activations ${arrow(total('activationBytes'), formatBytes)} written, ${arrow(total('peakBytes'), formatBytes)} at most`,
  ];
  return [
    ...heads,
    '',
    ...(settings.length > 0 ? [settings.join(', '), ''] : []),
    `${table}${paint.dim(more.join('; '))}`,
    '',
  ].join('\n');
}

const marks = { same: '', changed: '~', added: '+', removed: '-' } as const;

function stageRow(stage: StageDiff, hasOthers: boolean): string[] {
  const number = (name: string) => stage.numbers.find((n) => n.name === name) as NumberChange;
  const one = stage.change === 'added' ? 'to' : stage.change === 'removed' ? 'from' : undefined;
  const text = <T>(change: Change<T>, write: (value: T) => string) => (one ? write(change[one]) : arrow(change, write));
  const count = (name: string) => (one ? [formatCount(number(name)[one]), ''] : withRatio(number(name)));
  return [
    marks[stage.change],
    stage.id,
    text(stage.operator, (name) => name ?? ''),
    text(stage.kernels, (kernels) => kernels.map(writtenKernelLabel).join(', ') || '-'),
    hasOthers ? text(stage.activations, (names) => names.join(', ') || '-') : '',
    text(number('stride'), String),
    text(number('resolution'), String),
    text(number('filters'), String),
    text(number('repeats'), String),
    ...count('params'),
    ...count('macs'),
  ];
}

function withRatio(change: NumberChange): [string, string] {
  return [arrow(change, formatCount), formatRatio(change.from, change.to)];
}

/** `16 → 24`, or the one value where both are written the same. */
function arrow<T>(change: Change<T>, write: (value: T) => string = (value) => formatFactor(Number(value))): string {
  const [from, to] = [write(change.from), write(change.to)];
  return from === to ? from : `${from} → ${to}`;
}
