import type { ModelNode } from '../../1-parse/ast.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { formatCount, formatFactor } from '../../report/format-number.ts';
import { describePoint } from '../../report/point-text.ts';
import type { AnalysedNetwork, Analysis } from '../core/analysis.ts';
import { joinParts, markdownTable, notYet } from '../docs/markdown.ts';
import { knownFamily, type MemberNumbers, memberNumbers, phiOf } from './family.ts';
import { type NetworkNumbers, networkNumbers, networkOf, pointName } from './network-numbers.ts';

/** A network in a line: `30.4 M parameters, 10.3 G MACs, 456 × 456`. */
export function networkLine(network: AnalysedNetwork): string {
  return numbersLine(networkNumbers(network));
}

function numbersLine({ params, macs, resolution }: NetworkNumbers): string {
  const size = resolution > 0 ? `, ${resolution} × ${resolution}` : '';
  return `${formatCount(params)} ${nounFor(params, 'parameter')}, ${formatCount(macs)} ${nounFor(macs, 'MAC')}${size}`;
}

/** A model at the chosen point and its family: Markdown; empty where it cannot be built. */
export function describeModel(analysis: Analysis, model: ModelNode): string {
  const network = networkOf(analysis, model);
  if (!network) return '';
  const { point } = network;
  return joinParts([
    `**${pointName(point)}**: ${networkLine(network)}`,
    `${describePoint(point)}; convention ${point.convention.name}`,
    familyTable(analysis, model, point.variant),
  ]);
}

function familyTable(analysis: Analysis, model: ModelNode, chosen: string | undefined): string {
  const rows = knownFamily(analysis, model).map(({ name, numbers }) => {
    const label = name === chosen ? `**${name}**` : name;
    if (!numbers) return [label, ...[1, 2, 3].map(() => (numbers === undefined ? notYet : '-'))];
    const { params, macs, resolution } = numbers;
    return [label, String(resolution), formatCount(params), formatCount(macs)];
  });
  return rows.length > 0 ? markdownTable(['variant', 'resolution', 'parameters', 'MACs'], rows) : '';
}

/** A published member: its numbers, and next to them what the formula gives at its phi. Markdown; empty where it cannot be built. */
export function describeVariant(analysis: Analysis, model: ModelNode, name: string): string {
  const published = memberNumbers(analysis, model, { variant: name });
  if (!published) return '';
  const title = `**${model.name.name} ${name}**: ${numbersLine(published)}`;
  const phi = phiOf(model, name);
  const formula = phi === undefined ? undefined : memberNumbers(analysis, model, { phi, rule: 'formula' });
  // a model without a formula answers with its default
  if (!formula || formula.point.phi !== phi) return title;
  return joinParts([title, comparisonTable(published, formula, phi as number)]);
}

function comparisonTable(published: MemberNumbers, formula: MemberNumbers, phi: number): string {
  const value = ({ point }: MemberNumbers, factor: 'd' | 'w') => formatFactor(point[factor].value);
  const rows = (['d', 'w'] as const).map((factor) => [factor, value(published, factor), value(formula, factor)]);
  rows.push(['resolution', String(published.resolution), String(formula.resolution)]);
  for (const param of published.point.params) {
    const other = formula.point.params.find((p) => p.name === param.name);
    if (param.name !== 'resolution' && other && other.text !== param.text) {
      rows.push([param.name, param.text, other.text]);
    }
  }
  rows.push(
    ['parameters', formatCount(published.params), formatCount(formula.params)],
    ['MACs', formatCount(published.macs), formatCount(formula.macs)],
  );
  return markdownTable(['', 'published', `formula at phi ${formatFactor(phi)}`], rows);
}
