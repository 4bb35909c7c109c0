import type { Ident, NameNode } from '../1-parse/ast.ts';
import { boundName } from '../3-check/meanings/names-in.ts';
import type { BoundName, NameTarget } from '../3-check/meanings/occurrence.ts';
import type { Binding, Env } from './values.ts';

/** An environment inside another: for a comprehension, or a table's cells. */
export function innerEnv(parent: Env, vars: Iterable<readonly [BoundName, Binding]>, numbers = ''): Env {
  return { ...parent, vars: new Map(vars), parent, numbers: parent.numbers + numbers };
}

/** The value of a name's first word; undefined if the declaration does not bind it, or if it has none so far. */
export function lookupVar(env: Env, name: NameNode): Binding | undefined {
  return lookupTarget(env, env.meanings.targets.get(name));
}

/** The same by what the name means. */
export function lookupTarget(env: Env, target: NameTarget | undefined): Binding | undefined {
  const bound = target && boundName(target);
  if (!bound) return undefined;
  for (let e: Env | undefined = env; e; e = e.parent) {
    const found = e.vars.get(bound);
    if (found) return found;
  }
  return undefined;
}

/** Gives the name that is bound at a place its value. A name such as `_` binds nothing. */
export function bind(env: Env, vars: Env['vars'], ident: Ident, binding: Binding): void {
  const name = env.meanings.locals.get(ident);
  if (name) vars.set(name, binding);
}

/** All names that have a value in an environment, the innermost first. */
export function* visibleVars(env: Env): Generator<BoundName> {
  for (let e: Env | undefined = env; e; e = e.parent) yield* e.vars.keys();
}

/** `stages.2` and `conv` make `stages.2.conv`. */
export function joinPath(path: string, part: string): string {
  if (part === '') return path;
  return path === '' ? part : `${path}.${part}`;
}
