import type { Declaration } from '../../1-parse/ast.ts';
import { totalCost } from '../../5-graph/cost.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { formatCount, formatShape } from '../../report/format-number.ts';
import type { Analysis } from '../core/analysis.ts';
import { joinParts } from '../docs/markdown.ts';
import { formatShare } from './describe-stage.ts';
import { networkNumbers, networkOf, pointName } from './network-numbers.ts';

/** A step's label: the paths that it makes and, in a model, what the step costs at the chosen point. Markdown. */
export function describeLabel(
  analysis: Analysis,
  declaration: Declaration,
  section: string | undefined,
  label: string,
): string {
  if (declaration.kind !== 'model') {
    return `Label **${label}**: parameters of this step are named \`….${label}…\` below the path of the block.`;
  }
  const path = section === undefined ? label : `${section}.${label}`;
  const text = `Label **${label}**: parameters of this step are named \`${path}…\`.`;
  const network = networkOf(analysis, declaration);
  const nodes = network?.graph.nodes.filter((n) => n.path === path || n.path.startsWith(`${path}.`)) ?? [];
  const last = nodes.at(-1);
  if (!network || !last) return text;
  const { params, macs } = totalCost(network.graph, nodes);
  const whole = networkNumbers(network);
  const cost =
    `${formatCount(params)} ${nounFor(params, 'parameter')} (${formatShare(params, whole.params)}), ` +
    `${formatCount(macs)} ${nounFor(macs, 'MAC')} (${formatShare(macs, whole.macs)})`;
  return joinParts([text, `At ${pointName(network.point)}: ${formatShape(last.shapes[0] ?? [])}, ${cost}`]);
}
