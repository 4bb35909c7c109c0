import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import { builtinFunctions, builtinOps, scalingFunctions } from '../../2-resolve/builtins.ts';
import type { Module } from '../../2-resolve/program.ts';
import { namesOf } from '../../3-check/meanings/declaration-names.ts';
import type { Entity } from '../../3-check/meanings/entity.ts';
import type { LanguagePlace, LocalName, NameTarget, Occurrence } from '../../3-check/meanings/occurrence.ts';
import { resolveTarget } from '../../3-check/meanings/resolve-target.ts';
import { namesOfImport } from './occurrences.ts';

/** What a token can be, in the order in which clients get it. */
export const semanticTokenTypes = [
  'keyword',
  'type',
  'class',
  'function',
  'parameter',
  'variable',
  'property',
  'enumMember',
  'number',
  'string',
  'comment',
] as const;

export const semanticTokenModifiers = ['declaration', 'defaultLibrary', 'documentation'] as const;

export type SemanticTokenType = (typeof semanticTokenTypes)[number];
export type SemanticTokenModifier = (typeof semanticTokenModifiers)[number];

/** The role of a name at its position. */
export interface Role {
  readonly type: SemanticTokenType;
  readonly modifiers: readonly SemanticTokenModifier[];
}

const role = (type: Role['type'], ...modifiers: Role['modifiers'][number][]): Role => ({ type, modifiers });

/** The roles of a declaration's names, by their offsets in its own source. */
export function rolesIn(module: Module, node: Declaration | ImportNode): ReadonlyMap<number, Role> {
  const roles = new Map<number, Role>();
  for (const occurrence of node.kind === 'import' ? namesOfImport(node) : namesOf(node)) {
    const found = roleOf(module, occurrence);
    if (found) roles.set(occurrence.span.start, found);
  }
  return roles;
}

/** The meaning of a word outside of the tree: in unparsed text. */
export function roleOfWord(module: Module, word: string): Role | undefined {
  return word.length < 2 ? undefined : roleOfFree(module, word.split('.')[0] ?? '');
}

function roleOf(module: Module, { target, span }: Occurrence): Role | undefined {
  switch (target.kind) {
    case 'local': {
      const { local } = target;
      if (local.ident.span === span) return role(localTypes[local.kind], 'declaration');
      // a parameter that is a column of `variants` looks as the other columns do
      return isColumn(local, span) ? role('property') : role(localTypes[local.kind]);
    }
    case 'declared':
      return role(target.node.kind === 'block' ? 'function' : 'class', 'declaration');
    case 'label':
    case 'row':
    case 'output':
    case 'choice':
      return role('property', 'declaration');
    case 'variant':
      return role('enumMember', 'declaration');
    case 'free':
      return roleOfFree(module, target.name);
    case 'argument':
      return role(target.column ? 'property' : 'parameter');
    case 'chosen':
      return roleOfChosen(module, target, span);
    case 'path':
    case 'module-path':
      return role('property');
    case 'language':
      return languageRoles[target.what];
  }
}

const localTypes: Readonly<Record<LocalName['kind'], Role['type']>> = {
  parameter: 'parameter',
  number: 'parameter',
  section: 'property',
  value: 'variable',
  table: 'variable',
  input: 'variable',
};

function isColumn({ owner }: LocalName, span: Occurrence['span']): boolean {
  if (owner.kind !== 'model') return false;
  return owner.members.some((m) => m.kind === 'variants' && m.rows.header.some((column) => column.span === span));
}

const languageRoles: Readonly<Record<LanguagePlace, Role | undefined>> = {
  counter: role('variable', 'defaultLibrary'),
  objective: role('variable', 'defaultLibrary'),
  factor: role('variable', 'defaultLibrary'),
  point: role('variable', 'defaultLibrary'),
  measure: role('variable', 'defaultLibrary'),
  entry: role('function', 'declaration', 'defaultLibrary'),
  convention: role('enumMember', 'defaultLibrary'),
  type: role('type', 'defaultLibrary'),
  column: role('property'),
  module: role('property'),
  property: undefined,
  input: undefined,
  value: undefined,
};

/** A variant, even an unknown one; otherwise the name's own meaning where no model is called. */
function roleOfChosen(module: Module, target: Extract<NameTarget, { kind: 'chosen' }>, span: Occurrence['span']) {
  if (resolveTarget(module, target).every((entity) => entity.kind === 'variant')) return role('enumMember');
  return roleOf(module, { name: target.name, span, access: 'read', target: target.otherwise });
}

function roleOfFree(module: Module, name: string): Role | undefined {
  const [entity] = resolveTarget(module, { kind: 'free', name });
  return entity && roleOfEntity(entity);
}

function roleOfEntity({ kind, name, declared }: Entity): Role {
  if (declared) {
    const type = kind === 'block' ? 'function' : 'class';
    return declared.module.library ? role(type, 'defaultLibrary') : role(type);
  }
  const isCalled = builtinOps.has(name) || builtinFunctions.has(name) || scalingFunctions.has(name);
  return role(isCalled ? 'function' : 'enumMember', 'defaultLibrary');
}
