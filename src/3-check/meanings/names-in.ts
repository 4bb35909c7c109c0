import type { NameNode } from '../../1-parse/ast.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import type { BoundName, NameTarget } from './occurrence.ts';
import type { Meanings } from './walk-expr.ts';

/** Calls `visit` for every name in a part of a declaration that refers to a value or a callee, with what its first word means. */
export function eachName(
  { targets }: Pick<Meanings, 'targets'>,
  part: unknown,
  visit: (name: NameNode, target: NameTarget) => void,
): void {
  walkNodes(part, (node) => {
    if (node.kind !== 'name') return true;
    const target = targets.get(node as NameNode);
    if (target) visit(node as NameNode, target);
    return false;
  });
}

/** The name whose value a target is; undefined if its declaration does not bind it. */
export function boundName(target: NameTarget): BoundName | undefined {
  if (target.kind === 'local') return target.local;
  if (target.kind === 'language') return 'name' in target ? (target as BoundName) : undefined;
  return target.kind === 'chosen' ? boundName(target.otherwise) : undefined;
}

/** How a name that is bound is written. */
export function textOfName(name: BoundName): string {
  return 'ident' in name ? name.ident.name : name.name;
}
