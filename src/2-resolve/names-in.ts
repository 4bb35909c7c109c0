import type { Declaration } from '../1-parse/ast.ts';
import { walkNames } from '../1-parse/walk.ts';

const known = new WeakMap<Declaration, ReadonlySet<string>>();

/** The names that a declaration speaks of: the first word of each path, and the model of a weight map. Found once. */
export function namesIn(declaration: Declaration): ReadonlySet<string> {
  let names = known.get(declaration);
  if (!names) {
    const found = new Set<string>();
    walkNames(declaration, (name) => found.add(name.parts[0] ?? ''));
    if (declaration.kind === 'weights') found.add(declaration.name.name);
    names = found;
    known.set(declaration, names);
  }
  return names;
}
