import type { Arg, NameNode, SectionNode } from './ast.ts';

/** The callee and the arguments of a section's first element, where it can be a step: it may also be a value. */
export function headOf({ first }: Pick<SectionNode, 'first'>): {
  readonly callee?: NameNode;
  readonly args: readonly Arg[];
} {
  if (first.kind === 'call') return first;
  return first.kind === 'name' ? { callee: first, args: [] } : { args: [] };
}
