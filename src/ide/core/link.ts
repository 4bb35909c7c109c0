import type { Declared, Module } from '../../2-resolve/program.ts';
import { freeNames } from '../../3-check/meanings/free-names.ts';

/**
 * Gives a file's names their meaning, and keeps from the file's previous version what still means the same: a
 * declaration is the same object as before if its tree is the same, and so is everything that it names, at any depth. A
 * changed one gets an environment with only the names that it mentions, so that it does not keep another version of the
 * file alive.
 */
export function linkModule(
  file: Omit<Module, 'scope'>,
  imported: ReadonlyMap<string, Declared>,
  own: ReadonlyMap<string, Declared['node']>,
  before?: Module,
): Module {
  const changed = changedNames(imported, own, before);
  if (before && before.ast === file.ast && changed.size === 0 && sameNames(before.scope, imported, own)) return before;
  const scope = new Map(imported);
  const unfilled: { readonly declared: Declared; readonly names: Map<string, Declared> }[] = [];
  for (const [name, node] of own) {
    const known = changed.has(name) ? undefined : before?.scope.get(name);
    if (known) {
      scope.set(name, known);
      continue;
    }
    const names = new Map<string, Declared>();
    const module = { path: file.path, library: file.library, scope: names };
    const declared: Declared =
      node.kind === 'block' ? { kind: 'block', node, module } : { kind: 'model', node, module };
    unfilled.push({ declared, names });
    scope.set(name, declared);
  }
  for (const { declared, names } of unfilled) {
    for (const name of freeNames(declared.node)) {
      const meaning = scope.get(name);
      if (meaning) names.set(name, meaning);
    }
  }
  return { ...file, scope };
}

/** The names of the file's own declarations that do not mean what they did, or name one that does not. */
function changedNames(
  imported: ReadonlyMap<string, Declared>,
  own: ReadonlyMap<string, Declared['node']>,
  before: Module | undefined,
): ReadonlySet<string> {
  if (!before) return new Set(own.keys());
  const changed = new Set<string>();
  const speakers = new Map<string, string[]>();
  for (const [name, node] of own) {
    const known = before.scope.get(name);
    if (known?.node !== node) {
      changed.add(name);
      continue;
    }
    for (const other of freeNames(node)) {
      const meaning = known.module.scope.get(other);
      if (own.has(other)) {
        const list = speakers.get(other);
        if (list) list.push(name);
        else speakers.set(other, [name]);
        if (meaning?.node !== own.get(other)) changed.add(name);
      } else if (meaning !== imported.get(other)) changed.add(name);
    }
  }
  const waiting = [...changed];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const speaker of speakers.get(name) ?? []) {
      if (changed.has(speaker)) continue;
      changed.add(speaker);
      waiting.push(speaker);
    }
  }
  return changed;
}

/** Whether a scope has just these names in this order. */
function sameNames(
  scope: ReadonlyMap<string, Declared>,
  imported: ReadonlyMap<string, Declared>,
  own: ReadonlyMap<string, Declared['node']>,
): boolean {
  if (scope.size !== imported.size + own.size) return false;
  const names = scope.entries();
  for (const [name, declared] of imported) {
    const [known, meaning] = names.next().value ?? [];
    if (known !== name || meaning !== declared) return false;
  }
  for (const name of own.keys()) if (names.next().value?.[0] !== name) return false;
  return true;
}
