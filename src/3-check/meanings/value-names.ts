import type { Declaration, Expr } from '../../1-parse/ast.ts';
import { textOfName } from './names-in.ts';
import type { BoundName } from './occurrence.ts';
import { createWalk, type Meanings, type Names, walkExpr } from './walk-expr.ts';

/**
 * The meanings of names in a value given from outside, with `--set`.
 * @param owner the declaration whose names it sees
 * @param seen these names, the nearest first
 */
export function meaningsOfValue(owner: Declaration, seen: Iterable<BoundName>, value: Expr): Meanings {
  const w = createWalk(owner);
  const bound: Names['bound'] = new Map();
  for (const name of seen) {
    const text = textOfName(name);
    if (!bound.has(text)) bound.set(text, 'ident' in name ? { kind: 'local', local: name } : name);
  }
  walkExpr(w, { bound }, value);
  return w;
}
