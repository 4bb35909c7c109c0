import type { ModelNode } from '../../1-parse/ast.ts';
import { variantRows } from '../../3-check/variants.ts';
import { formatCount, formatFactor } from '../../report/format-number.ts';
import { describePoint } from '../../report/point-text.ts';
import type { Analysis, Network } from '../core/analysis.ts';
import { joinParts, markdownTable } from '../docs/markdown.ts';
import { familyOf, networkNumbers, pointName } from './network-numbers.ts';

/** A network in a line: `30.4 M parameters, 10.3 G MACs, 456 × 456`. */
export function networkLine(network: Network): string {
  const { params, macs, resolution } = networkNumbers(network);
  const size = resolution > 0 ? `, ${resolution} × ${resolution}` : '';
  return `${formatCount(params)} parameters, ${formatCount(macs)} MACs${size}`;
}

/** A model at the chosen point and its family: Markdown; empty where it cannot be built. */
export function describeModel(analysis: Analysis, model: ModelNode): string {
  const network = analysis.network(model.name.name);
  if (!network) return '';
  const { point } = network;
  return joinParts([
    `**${pointName(point)}**: ${networkLine(network)}`,
    `${describePoint(point)}; convention ${point.convention.name}`,
    familyTable(analysis, model, point.variant),
  ]);
}

function familyTable(analysis: Analysis, model: ModelNode, chosen: string | undefined): string {
  const rows = familyOf(analysis, model).map(({ name, network }) => {
    const label = name === chosen ? `**${name}**` : name;
    if (!network) return [label, '-', '-', '-'];
    const { params, macs, resolution } = networkNumbers(network);
    return [label, String(resolution), formatCount(params), formatCount(macs)];
  });
  return rows.length > 0 ? markdownTable(['variant', 'resolution', 'parameters', 'MACs'], rows) : '';
}

/** A published member: its numbers, and beside them what the formula gives at its phi. Markdown; empty where it cannot be built. */
export function describeVariant(analysis: Analysis, model: ModelNode, name: string): string {
  const published = analysis.network(model.name.name, { variant: name });
  if (!published) return '';
  const title = `**${model.name.name} ${name}**: ${networkLine(published)}`;
  const phi = phiOf(model, name);
  const formula = phi === undefined ? undefined : analysis.network(model.name.name, { phi, rule: 'formula' });
  // a model without a formula answers with its default
  if (!formula || formula.point.phi !== phi) return title;
  return joinParts([title, comparisonTable(published, formula, phi as number)]);
}

/** The phi that a row names, where it is written as a number. */
export function phiOf(model: ModelNode, name: string): number | undefined {
  const cell = variantRows(model).get(name)?.cell('phi')?.values[0];
  return cell?.kind === 'number' ? cell.value : undefined;
}

function comparisonTable(published: Network, formula: Network, phi: number): string {
  const [a, b] = [networkNumbers(published), networkNumbers(formula)];
  const value = ({ point }: Network, factor: 'd' | 'w' | 'r') => formatFactor(point[factor].value);
  const rows = (['d', 'w'] as const).map((factor) => [factor, value(published, factor), value(formula, factor)]);
  rows.push(['resolution', String(a.resolution), String(b.resolution)]);
  for (const param of published.point.params) {
    const other = formula.point.params.find((p) => p.name === param.name);
    if (param.name !== 'resolution' && other && other.text !== param.text) {
      rows.push([param.name, param.text, other.text]);
    }
  }
  rows.push(
    ['parameters', formatCount(a.params), formatCount(b.params)],
    ['MACs', formatCount(a.macs), formatCount(b.macs)],
  );
  return markdownTable(['', 'published', `formula at phi ${formatFactor(phi)}`], rows);
}
