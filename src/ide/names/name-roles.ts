import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import { builtinFunctions, builtinOps, scalingFunctions } from '../../2-resolve/builtins.ts';
import type { Module } from '../../2-resolve/program.ts';
import type { SemanticToken } from '../features/semantic-tokens.ts';
import { meaningOf, type NameMeaning } from '../tree/meaning.ts';
import { type NameUse, nameUses } from './name-uses.ts';

/** What a name is where it stands. */
export type Role = Pick<SemanticToken, 'type' | 'modifiers'>;

const role = (type: Role['type'], ...modifiers: Role['modifiers'][number][]): Role => ({ type, modifiers });

/** The roles of a declaration's names, by their offsets in its own source. */
export function rolesIn(module: Module, node: Declaration | ImportNode): ReadonlyMap<number, Role> {
  const roles = new Map<number, Role>();
  for (const use of nameUses(node)) {
    // what a node says of its names stands before what they would mean by themselves
    if (roles.has(use.offset)) continue;
    const found = roleOf(module, node, use);
    if (found) roles.set(use.offset, found);
  }
  return roles;
}

/** What a word means that is in no tree: in text that could not be read. */
export function roleOfWord(module: Module, word: string): Role | undefined {
  if (word.length < 2) return undefined;
  const meaning = meaningOf(module, undefined, word.split('.')[0] ?? '');
  // outside of tables there are no counters
  return meaning?.kind === 'declared' || meaning?.kind === 'builtin' ? meaningRole(meaning) : undefined;
}

function roleOf(module: Module, node: Declaration | ImportNode, use: NameUse): Role | undefined {
  if (use.role) return use.role;
  const meaning = meaningOf(module, node.kind === 'import' ? undefined : node, use.head, use.bound);
  return meaning && meaningRole(meaning);
}

function meaningRole(meaning: NameMeaning): Role {
  switch (meaning.kind) {
    case 'declared': {
      const { kind, module } = meaning.declared;
      const type = kind === 'block' ? 'function' : 'class';
      return module.library ? role(type, 'defaultLibrary') : role(type);
    }
    case 'builtin':
      return builtinOps.has(meaning.name) || isFunction(meaning.name)
        ? role('function', 'defaultLibrary')
        : role('enumMember', 'defaultLibrary');
    case 'counter':
      return role('variable', 'defaultLibrary');
    case 'element':
      return role('variable');
    case 'local': {
      const { kind } = meaning.node;
      return role(kind === 'param' ? 'parameter' : kind === 'section' ? 'property' : 'variable');
    }
  }
}

function isFunction(name: string): boolean {
  return builtinFunctions.has(name) || scalingFunctions.has(name);
}
