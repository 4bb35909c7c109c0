import type { Arg, CallNode, NameNode, SectionNode, StepNode } from '../../1-parse/ast.ts';
import { givesTensors } from '../../3-check/bind-arguments.ts';
import type { Signature, SignatureParam } from '../../3-check/signature.ts';
import type { TreeNode } from './node-path.ts';

/** A call with its arguments, and whether tensors come to it from a chain. */
export interface CallSite {
  readonly callee: NameNode;
  readonly args: readonly Arg[];
  readonly chained: boolean;
  /** Whether it begins a section: then it takes tensors from before only where its arguments give none. */
  readonly head: boolean;
  /** Whether a table follows: its arguments then fill parameters that are not tensors. */
  readonly table: boolean;
}

/** A node as a call: a step, a call in an expression, or the head of a section. */
export function callSite(node: TreeNode, parent: TreeNode | undefined): CallSite | undefined {
  if (node.kind === 'step') {
    const { callee, args = [], tail } = node as StepNode;
    return { callee, args, chained: true, head: false, table: tail.rows !== undefined };
  }
  if (node.kind !== 'call') return undefined;
  const { callee, args } = node as CallNode;
  const section = parent?.kind === 'section' ? (parent as SectionNode) : undefined;
  const head = section?.first === node;
  return { callee, args, chained: head, head, table: head && section?.tail.rows !== undefined };
}

/** The innermost call of a path that has an argument there. */
export function callOfArgument(path: readonly TreeNode[]): { site: CallSite; arg: Arg } | undefined {
  for (let i = path.length - 1; i > 0; i--) {
    const site = callSite(path[i - 1] as TreeNode, path[i - 2]);
    const arg = site?.args.find((a) => a === path[i]);
    if (site && arg) return { site, arg };
  }
  return undefined;
}

/** The parameters that arguments without a name can fill at a call, in order. */
export function openParams(signature: Signature, { chained, table }: Pick<CallSite, 'chained' | 'table'>) {
  if (chained || table) return signature.values.filter((p) => !p.named);
  return signature.params.filter((p) => !p.named);
}

/**
 * The parameter that an argument goes to, as far as the call itself determines it; by the compiler's binding rules.
 * @param isTensor whether an argument gives tensors
 */
export function paramOfArgument(
  signature: Signature,
  site: CallSite,
  arg: Arg,
  isTensor: (arg: Arg) => boolean,
): SignatureParam | undefined {
  if (arg.name) return signature.byName.get(arg.name.name);
  if (signature.tensors === 'many') return undefined;
  const { table, args } = site;
  if (table && isTensor(arg)) return undefined;
  const chained = isFedByChain(signature, site, isTensor);
  // a step takes its tensors from the chain; one that takes several may be given the rest as arguments
  if (chained && signature.tensors > 1 && !table) return undefined;
  const named = new Set(args.flatMap((a) => (a.name ? [a.name.name] : [])));
  const open = openParams(signature, { chained, table }).filter((p) => !named.has(p.name));
  return open[args.filter((a) => !a.name && !(table && isTensor(a))).indexOf(arg)];
}

/** Whether a call takes its tensors from a chain: the head of a section does where its arguments give none. */
export function isFedByChain(
  signature: Signature,
  { chained, head, args }: Omit<CallSite, 'callee' | 'table'>,
  isTensor: (arg: Arg) => boolean,
): boolean {
  return chained && !(head && givesTensors(signature, args, isTensor));
}
