import type { ModelNode } from '../../1-parse/ast.ts';
import { variantRows } from '../../3-check/variants.ts';
import { formatCount } from '../../report/format-number.ts';
import type { Analysis, Place } from '../core/analysis.ts';
import { networkLine } from '../numbers/describe-network.ts';
import { memberNumbers } from '../numbers/family.ts';
import { pointName } from '../numbers/network-numbers.ts';

/** The arguments of our editor commands: the document, then the subject. */
export type LensCommand =
  | { readonly name: 'enet.preview'; readonly model: string }
  | { readonly name: 'enet.compile'; readonly model: string; readonly variant?: string }
  | { readonly name: 'enet.selectScaling'; readonly model: string; readonly variant?: string };

/** A line above a place of the document, which runs a command. */
export interface CodeLens extends Place {
  /** Undefined if it is only worth computing for a lens that is seen: see `resolveCodeLens`. */
  readonly title: string | undefined;
  readonly command: LensCommand;
}

/** More members than this have no lens each: the command that selects one lists them all. */
const mostVariants = 12;

/**
 * The lenses of a document: above each model its size at the chosen point and the available actions; above its
 * `variants` one per member. Builds nothing: titles that need a network are left to `resolveCodeLens`.
 */
export function codeLenses(analysis: Analysis): CodeLens[] {
  return analysis.module.ast.declarations.flatMap((node) => {
    if (node.kind !== 'model' || node.name.name === '') return [];
    return [...modelLenses(analysis, node), ...variantLenses(analysis, node)];
  });
}

function modelLenses(analysis: Analysis, node: ModelNode): CodeLens[] {
  const model = node.name.name;
  const place = analysis.locate(node.name.span);
  return [
    { ...place, title: undefined, command: { name: 'enet.selectScaling', model } },
    { ...place, title: 'Show graph', command: { name: 'enet.preview', model } },
    { ...place, title: 'Compile', command: { name: 'enet.compile', model } },
  ];
}

function variantLenses(analysis: Analysis, node: ModelNode): CodeLens[] {
  const member = node.members.find((m) => m.kind === 'variants');
  const names = [...variantRows(node).keys()];
  if (!member || names.length > mostVariants) return [];
  const model = node.name.name;
  const { path, start } = analysis.locate(member.span);
  const place = { path, start, end: start + 'variants'.length };
  return names.map((variant) => ({
    ...place,
    title: undefined,
    command: { name: 'enet.selectScaling', model, variant },
  }));
}

/** A lens with its title: `b5: 30.4 M parameters, ...`; for a member `b5 30.4 M`, with a mark before the chosen one. */
export function resolveCodeLens(analysis: Analysis, lens: CodeLens): CodeLens & { readonly title: string } {
  const { title, command } = lens;
  if (title !== undefined) return { ...lens, title };
  const { model } = command;
  const network = analysis.network(model);
  if (command.name === 'enet.preview' || command.variant === undefined) {
    const size = network ? `${pointName(network.point)}: ${networkLine(network)}` : 'Choose the point';
    return { ...lens, title: size };
  }
  const { variant } = command;
  const node = analysis.module.ast.declarations.find((d) => d.kind === 'model' && d.name.name === model);
  const numbers = node?.kind === 'model' ? memberNumbers(analysis, node, { variant }) : undefined;
  const mark = network?.point.variant === variant ? '● ' : '';
  return { ...lens, title: `${mark}${variant}${numbers ? ` ${formatCount(numbers.params)}` : ''}` };
}
