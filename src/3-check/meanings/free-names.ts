import type { Declaration } from '../../1-parse/ast.ts';
import { meaningsOf } from './declaration-names.ts';
import type { NameTarget } from './occurrence.ts';

const known = new WeakMap<Declaration, ReadonlySet<string>>();

/** The names of a declaration that it does not bind: their meaning is given by the file or the language. Computed once. */
export function freeNames(declaration: Declaration): ReadonlySet<string> {
  let names = known.get(declaration);
  if (!names) {
    const found = new Set<string>();
    for (const target of meaningsOf(declaration).targets.values()) addFree(found, target);
    if (declaration.kind === 'weights') found.add(declaration.name.name);
    names = found;
    known.set(declaration, names);
  }
  return names;
}

function addFree(names: Set<string>, target: NameTarget): void {
  if (target.kind === 'free') names.add(target.name);
  // the callee decides which of the two it is
  else if (target.kind === 'chosen') addFree(names, target.otherwise);
}
