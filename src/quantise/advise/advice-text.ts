import { formatCount, formatRatio } from '../../report/format-number.ts';
import { columnsOf, type Paint, plain, renderTable } from '../../report/text-table.ts';
import type { Advice, Finding } from './advise.ts';

/** Why each kind of obstacle costs, in a sentence. */
const reasons: Readonly<Record<Finding['kind'], string>> = {
  activation:
    'a bound of a range computes ReLU and ReLU6; other activations are computed in float32, and so is the result of the layer before: it is converted, and its long tail leaves fewer steps for the rest',
  gate: 'a product with a gate is not an integer layer: the map goes through float32, and the range of the result differs from picture to picture',
  op: 'the op is computed in float32, between conversions from and to integers; the recipe has no replacement',
  shared: 'a step that is used several times has one set of weights and several ranges: it stays float32',
};

/** Advice for a terminal. */
export function adviceText(title: string, advice: Advice, paint: Paint = plain): string {
  const { findings, fixed, before, after, left } = advice;
  if (findings.length === 0) {
    return `${paint.bold(title)}: ${before.integer} of ${before.layers} layers give integers; no activation, gate or op stands in the way\n`;
  }
  const rows = findings.map((found) => [
    `${found.source}:${found.line}:${found.column}`,
    found.name,
    String(found.count),
    formatCount(found.params),
    formatCount(found.macs),
    found.edits.join('; ') || '-',
  ]);
  const columns = columnsOf(['place', 'what'], ['count', 'params', 'MACs'], ['edit']);
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  const why = kinds.map((kind) => {
    const names = [...new Set(findings.filter((one) => one.kind === kind).map(({ name }) => name))];
    return `${paint.bold(names.join(', '))}: ${reasons[kind]}`;
  });
  const ends = fixed.map(({ line, column, edit }) => `  ${line}:${column}  ${edit}`);
  const numbers = [
    `layers that give integers ${before.integer} of ${before.layers} → ${after.integer} of ${after.layers}`,
    `params ${formatCount(before.params)} → ${formatCount(after.params)} ${formatRatio(before.params, after.params)}`,
    `MACs ${formatCount(before.macs)} → ${formatCount(after.macs)} ${formatRatio(before.macs, after.macs)}`,
  ];
  return [
    paint.bold(title),
    '',
    `${renderTable(columns, rows, { paint })}`.trimEnd(),
    '',
    ...why,
    ...(ends.length > 0 ? ['stem, head, first and last stage no longer scale:', ...ends] : []),
    '',
    numbers.map((line) => line.trimEnd()).join('; '),
    ...(left.length > 0
      ? [`kept, as it comes from another file or the recipe has no replacement: ${leftText(left)}`]
      : []),
    '',
  ].join('\n');
}

function leftText(left: Advice['left']): string {
  const counts = new Map<string, number>();
  for (const { name } of left) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(', ');
}
