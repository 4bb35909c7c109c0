import type { Declaration, ModelNode } from '../../1-parse/ast.ts';
import { totalCost } from '../../5-graph/cost.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { formatCount, formatShape } from '../../report/format-number.ts';
import { type StageNumbers, stageNumbers } from '../../report/stage-numbers.ts';
import type { AnalysedNetwork, Analysis } from '../core/analysis.ts';
import { joinParts, markdownTable, notYet } from '../docs/markdown.ts';
import { knownFamily } from './family.ts';
import { networkNumbers, networkOf, pointName } from './network-numbers.ts';

/**
 * What a section, or a row of its table, becomes at the chosen point, and in each published member of the family: Markdown.
 * Empty where the model cannot be built.
 */
export function describeStage(analysis: Analysis, model: ModelNode, section: string, row?: string): string {
  const network = networkOf(analysis, model);
  if (!network) return '';
  const id = row === undefined ? section : `${section}.${row}`;
  const here = stageNumbers(network.graph, section, row);
  const title = `**${id}** at ${pointName(network.point)}`;
  const family = familyTable(analysis, model, network, section, row);
  if (!here) return joinParts([`${title}: not in the network`, family]);
  const [operator] = here.operators;
  const blocks = operator === undefined ? '' : `: ${operator}${here.repeats > 1 ? ` × ${here.repeats}` : ''}`;
  return joinParts([`${title}${blocks}`, shapesOf(here), costTable(network, here), family]);
}

function shapesOf({ input, output }: StageNumbers): string {
  return `${formatShape(input)} → ${formatShape(output)}`;
}

function costTable(network: AnalysedNetwork, here: StageNumbers): string {
  const whole = networkNumbers(network);
  return markdownTable(
    ['', 'here', 'network', 'share'],
    [
      ['parameters', formatCount(here.params), formatCount(whole.params), formatShare(here.params, whole.params)],
      ['MACs', formatCount(here.macs), formatCount(whole.macs), formatShare(here.macs, whole.macs)],
    ],
  );
}

/** `4.1 %`; `0 %` of nothing. */
export function formatShare(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Number(((100 * part) / whole).toFixed(1))} %`;
}

function familyTable(
  analysis: Analysis,
  model: ModelNode,
  { point }: AnalysedNetwork,
  section: string,
  row: string | undefined,
): string {
  // a section has no blocks to count, or those of several rows
  const columns = row === undefined ? ['output', 'parameters', 'MACs'] : ['blocks', 'output', 'parameters', 'MACs'];
  const rows = knownFamily(analysis, model).map(({ name, numbers }) => {
    const label = name === point.variant ? `**${name}**` : name;
    const stage = numbers?.stages.get(section, row);
    if (!stage) return [label, ...columns.map(() => (numbers === undefined ? notYet : '-'))];
    const blocks = row === undefined ? [] : [String(stage.repeats)];
    return [label, ...blocks, formatShape(stage.output), formatCount(stage.params), formatCount(stage.macs)];
  });
  return rows.length > 0 ? markdownTable(['variant', ...columns], rows) : '';
}

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
