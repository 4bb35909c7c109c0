import { formatBytes, formatCount, formatExact, formatMilliseconds } from '../../report/format-number.ts';
import { columnsOf, type Paint, plain, renderTable } from '../../report/text-table.ts';
import type { SpaceCosts } from '../costs.ts';
import type { Candidate, Drawn } from './draw.ts';
import { type Condition, type Decision, type Space, settingsOf, spaceSize } from './space.ts';

/** How large a space is, decision by decision. */
export function spaceText(model: string, space: Space, paint: Paint = plain): string {
  const { encodings, networks } = spaceSize(space);
  const conditionText = ({ decision, options }: Condition) => {
    const { key, options: values } = space.decisions[decision] as Decision;
    return `${key} ${options.map((o) => values[o]).join(', ')}`;
  };
  const rows = space.decisions.map(({ key, options, when }) => [
    key,
    options.join(', '),
    when.map((conditions) => conditions.map(conditionText).join('; ')).join(' or '),
  ]);
  return [
    `${paint.bold(`${model}: ${space.decisions.length} decisions, ${large(encodings)} encodings, ${large(networks)} networks`)}\n`,
    renderTable(columnsOf(['decision', 'options', 'only with']), rows, { paint }),
  ].join('\n');
}

/** What was drawn from a space: the spread of the costs, and the first candidates. */
export function drawnText(space: Space, drawn: Drawn, paint: Paint = plain): string {
  const { candidates, looked, repeated, failed, over, unknown } = drawn;
  const counts = [
    `${formatExact(candidates.length)} networks of ${formatExact(looked)} encodings`,
    `${formatExact(repeated)} repeated`,
    `${formatExact(failed)} do not build`,
    `${formatExact(over)} above a budget`,
    ...(unknown > 0 ? [`${formatExact(unknown)} not in the table`] : []),
  ];
  if (candidates.length === 0) return `${counts.join(', ')}\n`;
  const columns = costColumns.filter(([name]) => candidates[0]?.costs[name] !== undefined);
  const shares = [0, 0.1, 0.5, 0.9, 1];
  const spread = columns.map(([name, title]) => {
    const sorted = candidates.map(({ costs }) => costs[name] as number).sort((a, b) => a - b);
    return [title, ...shares.map((share) => written(name, sorted[Math.round(share * (sorted.length - 1))] as number))];
  });
  const first = candidates
    .slice(0, 10)
    .map((candidate, i) => [
      String(i + 1),
      ...columns.map(([name]) => written(name, candidate.costs[name] as number)),
      choicesText(space, candidate),
    ]);
  return [
    `${counts.join(', ')}\n`,
    renderTable(columnsOf([''], ['least', '10 %', 'median', '90 %', 'most']), spread, { paint }),
    renderTable(columnsOf([], ['#', ...columns.map(([, title]) => title)], ['choices']), first, { paint }),
  ].join('\n');
}

const costColumns: readonly (readonly [name: keyof SpaceCosts, title: string])[] = [
  ['params', 'params'],
  ['macs', 'MACs'],
  ['activations', 'activations'],
  ['memory', 'memory'],
  ['latency', 'latency'],
];

function written(name: keyof SpaceCosts, value: number): string {
  if (name === 'latency') return formatMilliseconds(value);
  return name === 'memory' ? formatBytes(value) : formatCount(value);
}

/** The values of a candidate, row by row: `1: MBConv 3 0.75 5; 2: ...`. */
function choicesText(space: Space, { encoding }: Candidate): string {
  return Object.values(settingsOf(space, encoding)).join(' ');
}

/** `1,296`, or `6.77e13` from 10^9 on. */
function large(count: bigint): string {
  return count < 1_000_000_000n ? formatExact(Number(count)) : Number(count).toPrecision(3).replace('e+', 'e');
}
