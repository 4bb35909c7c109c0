import type { Arg, CallNode, Declaration, ParamNode } from '../../1-parse/ast.ts';
import type { Declared } from '../../2-resolve/program.ts';
import { calleesOf } from '../../3-check/callees.ts';
import { meaningsOf } from '../../3-check/meanings/declaration-names.ts';
import { freeMeaning } from '../../3-check/meanings/free-meaning.ts';
import type { AnalysedNetwork, Analysis } from '../core/analysis.ts';
import { networkOf, pointName } from './network-numbers.ts';
import { tracesAt } from './trace-index.ts';

/** The limit of sentences shown for one call in a block; further ones are only counted. */
const mostTraces = 8;

/**
 * How the number that a call gives came about at the chosen point: `80 x w 1.6 = 128, a multiple of 8`. Markdown; empty
 * where the call rounds or scales nothing, or where the model cannot be built.
 */
export function describeNumber(analysis: Analysis, declaration: Declaration, call: CallNode): string {
  const networks = networksOf(analysis, declaration);
  const lines = networks.flatMap((network) => {
    const name = nameOf(network, declaration);
    const texts = tracesAt(network.graph, call.span).map(({ text, result }) => `**${result}** at ${name}: ${text}`);
    const more = texts.length - mostTraces;
    return more > 0 ? [...texts.slice(0, mostTraces), `and ${more} more at ${name}`] : texts;
  });
  if (lines.length === 0) {
    const target = meaningsOf(declaration).targets.get(call.callee);
    const isScaled = target?.kind === 'free' && freeMeaning(analysis.module, target.name)?.kind === 'scaling';
    return isScaled ? unused(networks, declaration, call) : '';
  }
  return lines.length === 1 ? (lines[0] as string) : lines.map((line) => `- ${line}`).join('\n');
}

function nameOf({ point }: AnalysedNetwork, declaration: Declaration): string {
  return declaration.kind === 'model' ? pointName(point) : `${point.model} ${pointName(point)}`;
}

/** Of more models than this that use a block its numbers are not shown: each takes a network. */
const mostModels = 3;

/** A model's own network; for a block those of the first models of its file that use it. */
export function networksOf(analysis: Analysis, declaration: Declaration): AnalysedNetwork[] {
  if (declaration.kind === 'model') return [networkOf(analysis, declaration) ?? []].flat();
  if (declaration.kind !== 'block') return [];
  const { ast, scope } = analysis.module;
  const users = ast.declarations.filter((model) => {
    const declared = model.kind === 'model' ? scope.get(model.name.name) : undefined;
    return declared?.node === model && reaches(declared, declaration);
  });
  return users.slice(0, mostModels).flatMap((model) => analysis.network(model.name.name) ?? []);
}

/** Whether a model names a block, or something that does. */
function reaches(model: Declared, block: Declaration): boolean {
  const reached = new Set<Declared>([model]);
  for (const declared of reached) {
    if (declared.node === block) return true;
    for (const other of calleesOf(declared).declared) reached.add(other);
  }
  return false;
}

/** A scaled number that this network does not have: its parameter has another value here, or its row is not built. */
function unused([network]: readonly AnalysedNetwork[], declaration: Declaration, { span }: CallNode): string {
  if (!network || declaration.kind !== 'model') return '';
  const param = declaration.members.find(
    (m): m is ParamNode =>
      m.kind === 'param' && !!m.default && m.default.span.start <= span.start && span.end <= m.default.span.end,
  );
  const value = param && network.point.params.find((p) => p.name === param.name.name);
  const name = pointName(network.point);
  if (value?.trace) return `**${value.text}** at ${name}: ${value.trace}`;
  if (value && value.origin !== 'default') {
    return `Not used at ${name}: ${value.name} is **${value.text}**, from ${value.source}`;
  }
  return `Not used at ${name}: no part of the network comes from this`;
}

/** Whether a call is one with a single number: `w(80)`, not `d(layers[0])`. */
export function plainArgument({ args }: CallNode): number | undefined {
  const [arg]: readonly (Arg | undefined)[] = args;
  return args.length === 1 && arg?.value.kind === 'number' ? arg.value.value : undefined;
}
