import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import { builtinFunctions, builtinOps, scalingFunctions } from '../../2-resolve/builtins.ts';
import type { Module } from '../../2-resolve/program.ts';
import type { Analysis } from '../core/analysis.ts';
import type { SemanticToken } from '../features/semantic-tokens.ts';
import { meaningOf, type NameMeaning } from '../tree/meaning.ts';
import { type NameUse, nameUses } from './name-uses.ts';

/** What a name is where it stands. */
export type Role = Pick<SemanticToken, 'type' | 'modifiers'>;

/** The roles of the names of a document by their offsets. */
export interface NameRoles {
  /** Of the word at an offset; for a name that no tree has, what it means by itself. */
  at(offset: number, word: string): Role | undefined;
}

const role = (type: Role['type'], ...modifiers: Role['modifiers'][number][]): Role => ({ type, modifiers });

/** The roles of names in the declarations that touch a range of the document. */
export function nameRoles(analysis: Analysis, { start, end }: { start: number; end: number }): NameRoles {
  const { module } = analysis;
  const roles = new Map<number, Role>();
  const nodes: readonly (Declaration | ImportNode)[] = [...module.ast.imports, ...module.ast.declarations];
  for (const node of nodes) {
    const place = analysis.locate(node.span);
    if (place.end < start || end < place.start) continue;
    const shift = place.start - node.span.start;
    for (const use of nameUses(node)) {
      if (roles.has(use.offset + shift)) continue;
      const found = roleOf(module, node, use);
      if (found) roles.set(use.offset + shift, found);
    }
  }
  return {
    at(offset, word) {
      const found = roles.get(offset);
      if (found || !/^[A-Za-z_]/.test(word)) return found;
      const meaning = meaningOf(module, undefined, word.split('.')[0] ?? '');
      // outside of trees a word is no counter, and may be a keyword
      return meaning?.kind === 'declared' || (meaning?.kind === 'builtin' && word.length > 1)
        ? meaningRole(meaning)
        : undefined;
    },
  };
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
