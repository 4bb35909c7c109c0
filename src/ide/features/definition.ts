import type {
  AssignNode,
  BlockNode,
  Declaration,
  Expr,
  Ident,
  ImportNode,
  ModelNode,
  NameNode,
  SectionNode,
  StepNode,
} from '../../1-parse/ast.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import type { Declared } from '../../2-resolve/program.ts';
import { calledBy } from '../../3-check/meanings/called-blocks.ts';
import { meaningsOf } from '../../3-check/meanings/declaration-names.ts';
import type { Entity } from '../../3-check/meanings/entity.ts';
import { declaredEntity } from '../../3-check/meanings/resolve-target.ts';
import type { Analysis, Place } from '../core/analysis.ts';
import { importedPath } from '../names/import-path.ts';
import { nameAt } from '../names/occurrences.ts';

/** A way from a name to what it means. */
export interface Link {
  /** The name that was pointed at. */
  readonly origin: Place;
  /** All of the declaration. */
  readonly target: Place;
  /** Its name. */
  readonly selection: Place;
}

/**
 * The declarations of the name at an offset: blocks, models, parameters, bound names, labels, rows and variants, through
 * imports and paths. A column leads to the parameter of each block that its table builds. An import's path leads to the
 * file. Empty for names of the language itself.
 */
export function definitionsAt(analysis: Analysis, offset: number): readonly Link[] {
  const file = importedFileAt(analysis, offset);
  if (file) return [file];
  const name = nameAt(analysis, offset);
  if (!name) return [];
  return name.entities.flatMap((entity) => linkTo(analysis, name.place, entity) ?? []);
}

/** The way to an entity; undefined for what the language gives. */
export function linkTo(analysis: Analysis, origin: Place, entity: Entity): Link | undefined {
  if (!entity.ident) return undefined;
  const selection = analysis.locate(entity.ident.span);
  return { origin, target: analysis.locate(wholeSpan(entity)), selection };
}

function wholeSpan(entity: Entity): Declaration['span'] {
  const node = entity.declared?.node ?? entity.local?.param;
  if (node) return node.span;
  const ident = entity.ident as { readonly span: Declaration['span'] };
  if (entity.kind !== 'section' && entity.kind !== 'table' && entity.kind !== 'input') return ident.span;
  const members = entity.owner?.kind === 'model' ? entity.owner.members : [];
  return members.find((m) => 'name' in m && m.name === ident)?.span ?? ident.span;
}

function importedFileAt(analysis: Analysis, offset: number): Link | undefined {
  const { node, offset: local } = analysis.declarationAt(offset);
  if (node?.kind !== 'import') return undefined;
  const { from } = node as ImportNode;
  if (local < from.span.start || local > from.span.end || from.value === '') return undefined;
  const path = importedPath(analysis.path, from.value);
  if (!analysis.program.modules.some((m) => m.path === path)) return undefined;
  const start = { path, start: 0, end: 0 };
  return { origin: analysis.locate(from.span), target: start, selection: start };
}

/**
 * The blocks that make the value at an offset: for a label, a value or a section the block of its last step, for a
 * parameter of type `block` its known blocks, for a block's name the block. Empty where only ops make it.
 */
export function typeDefinitionsAt(analysis: Analysis, offset: number): readonly Link[] {
  const name = nameAt(analysis, offset);
  if (!name) return [];
  const { node } = analysis.declarationAt(offset);
  const here = node && node.kind !== 'import' ? (node as Declaration) : undefined;
  const makers = name.entities.flatMap((entity) => makersOf(analysis, entity, here));
  return [...new Set(makers)].flatMap((maker) => linkTo(analysis, name.place, declaredEntity(maker)) ?? []);
}

function makersOf(analysis: Analysis, entity: Entity, here: Declaration | undefined): readonly Declared[] {
  if (entity.declared) return [entity.declared];
  const owner = entity.owner ?? here;
  const module = analysis.program.modules.find((m) => owner && m.ast.declarations.includes(owner));
  if (!owner || !module || !entity.ident) return [];
  if (entity.local?.param) return calledBy(module, { kind: 'local', local: entity.local });
  const callee = owner.kind === 'weights' ? undefined : maker(owner, entity.ident);
  const target = callee && meaningsOf(owner).targets.get(callee);
  return target ? calledBy(module, target) : [];
}

/** The callee of the last step of what a name is bound to. */
function maker(owner: BlockNode | ModelNode, ident: Ident): NameNode | undefined {
  let found: NameNode | undefined;
  walkNodes(owner.kind === 'block' ? owner.body : owner.members, (node) => {
    if (node.kind === 'step') {
      const step = node as StepNode;
      if (step.label === ident) found = step.callee;
    } else if (node.kind === 'section') {
      const section = node as SectionNode;
      if (section.label === ident) found = lastCallee(section.first);
      else if (section.name === ident) found = section.steps.at(-1)?.callee ?? lastCallee(section.first);
    } else if (node.kind === 'assign') {
      const { targets, value } = node as AssignNode;
      if (targets.includes(ident)) found = lastCallee(value);
    }
    return !found;
  });
  return found;
}

function lastCallee(value: Expr | undefined): NameNode | undefined {
  if (value?.kind === 'chain') return value.steps.at(-1)?.callee;
  if (value?.kind === 'call') return value.callee;
  return value?.kind === 'name' ? value : undefined;
}
