import type {
  Declaration,
  Ident,
  ModelNode,
  NameNode,
  RowsNode,
  SectionNode,
  StepNode,
  Tail,
} from '../../1-parse/ast.ts';
import { headOf } from '../../1-parse/section-head.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import type { Declared, DeclaredModel } from '../../2-resolve/program.ts';
import { rowName } from '../check-rows.ts';
import { calledBy, type FileScope } from './called-blocks.ts';
import { meaningsOf } from './declaration-names.ts';
import type { Entity } from './entity.ts';

/** The declaration that contains a step, with its file. */
interface Inside {
  readonly module: FileScope;
  readonly owner: Declaration;
}

/** What the next word of a path may name. */
type PathScope =
  | {
      readonly kind: 'labels';
      readonly inside: Inside;
      readonly part: unknown;
      readonly sections: boolean;
      /** The first step of a section, where it has a label. */
      readonly first?: LabelledStep;
    }
  | { readonly kind: 'rows'; readonly inside: Inside; readonly rows: RowsNode; readonly base: readonly Declared[] }
  | { readonly kind: 'number'; readonly then: readonly PathScope[] };

interface LabelledStep {
  readonly label: Ident;
  readonly callee: NameNode | undefined;
  readonly tail: Tail;
}

/** Scopes that one path looks at, at most: blocks within blocks multiply. */
const mostScopes = 500;

/** What a word of a weight map's path names in its model: sections, rows and labels. Words with stars fit all of them. */
export function modelPlaces(model: DeclaredModel, words: readonly string[], index: number): Entity[] {
  return follow([inModel(model)], words, index);
}

/** The same for a path that starts at a section of the model that contains it: `trunk.stages.1`. */
export function sectionPlaces(inside: Inside, section: Ident, words: readonly string[], index: number): Entity[] {
  const node =
    inside.owner.kind === 'model' ? inside.owner.members.find((m) => 'name' in m && m.name === section) : undefined;
  if (node?.kind !== 'section') return [];
  return follow(inSection(inside, node), words.slice(1), index - 1);
}

function follow(start: readonly PathScope[], words: readonly string[], index: number): Entity[] {
  let scopes = start;
  for (const [i, word] of words.entries()) {
    const found = scopes.slice(0, mostScopes).flatMap((scope) => step(scope, word));
    if (i === index) return distinctIdents(found.flatMap(({ entity }) => entity ?? []));
    scopes = found.flatMap(({ next }) => next());
  }
  return [];
}

function distinctIdents(entities: readonly Entity[]): Entity[] {
  const seen = new Map<string, Entity>();
  for (const entity of entities) seen.set(`${entity.ident?.span.source.name}:${entity.ident?.span.start}`, entity);
  return [...seen.values()];
}

/** What a word names, and what the word after it may name. */
interface PathStep {
  readonly entity?: Entity;
  readonly next: () => readonly PathScope[];
}

function step(scope: PathScope, word: string): PathStep[] {
  const fits = (name: string) => word === '*' || word === name;
  if (scope.kind === 'number') return /^(\d+|\*)$/.test(word) ? [{ next: () => scope.then }] : [];
  const { inside } = scope;
  if (scope.kind === 'rows') return rowsFitting(scope, fits);
  const found: PathStep[] = [];
  if (scope.first && fits(scope.first.label.name)) found.push(labelled(inside, scope.first));
  walkNodes(scope.part, (node) => {
    if (node.kind === 'section') {
      const section = node as SectionNode;
      if (scope.sections && fits(section.name.name)) {
        const entity: Entity = { kind: 'section', name: section.name.name, ident: section.name, owner: inside.owner };
        found.push({ entity, next: () => inSection(inside, section) });
      }
      return !scope.sections;
    }
    if (node.kind === 'step') {
      const { label, callee, tail } = node as StepNode;
      if (label && label.name !== '' && fits(label.name)) found.push(labelled(inside, { label, callee, tail }));
    }
    return true;
  });
  return found;
}

function labelled(inside: Inside, { label, callee, tail }: LabelledStep): PathStep {
  const entity: Entity = { kind: 'label', name: label.name, ident: label, owner: inside.owner };
  return {
    entity,
    next: () => {
      const then = inCallee(inside, callee, tail);
      // in a comprehension the element's number follows the label
      return [...then, { kind: 'number', then }];
    },
  };
}

function rowsFitting(
  { inside, rows, base }: Extract<PathScope, { kind: 'rows' }>,
  fits: (name: string) => boolean,
): PathStep[] {
  const columns = new Map(rows.header.map((h, i) => [h.name, i]));
  const nameColumn = columns.get('name') ?? -1;
  const seen = new Set<string>();
  return rows.rows.flatMap((row, i): PathStep[] => {
    const name = rowName(row, nameColumn, i);
    if (!fits(name)) return [];
    const value = row.cells[nameColumn]?.values[0];
    const cell = row.cells[columns.get('block') ?? -1];
    const blocks =
      cell?.values
        .flatMap((v) => (v.kind === 'choice' ? v.options : [v]))
        .flatMap((v) => (v.kind === 'name' ? calleesOf(inside, v) : [])) ?? base;
    const next = () => {
      const then = blocks.map(inDeclared);
      return columns.has('repeat') ? [{ kind: 'number' as const, then }] : then;
    };
    if (value?.kind === 'name') {
      const ident = { name, span: value.span };
      return [{ entity: { kind: 'row', name, ident, owner: inside.owner }, next }];
    }
    // rows by number that build the same blocks need no look each
    const key = blocks.map((b) => b.node.name.span.start).join();
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ next }];
  });
}

/** What a name of a declaration calls. */
function calleesOf({ module, owner }: Inside, name: NameNode): readonly Declared[] {
  const target = meaningsOf(owner).targets.get(name);
  return target && name.parts.length === 1 ? calledBy(module, target) : [];
}

function inModel(model: DeclaredModel): PathScope {
  const inside = { module: model.module, owner: model.node };
  return { kind: 'labels', inside, part: model.node.members, sections: true };
}

function inDeclared(declared: Declared): PathScope {
  if (declared.kind === 'model') return inModel(declared);
  const inside = { module: declared.module, owner: declared.node };
  return { kind: 'labels', inside, part: declared.node.body, sections: false };
}

/** After a section's name: its labels, and what its first step has inside, which has no label. */
function inSection(inside: Inside, section: SectionNode): readonly PathScope[] {
  const { first, label, tail, steps } = section;
  const { callee } = headOf(section);
  const own: PathScope = { kind: 'labels', inside, part: [first, tail, steps], sections: false };
  if (!label) return [own, ...inCallee(inside, callee, tail)];
  return label.name === '' ? [own] : [{ ...own, first: { label, callee, tail } }];
}

function inCallee(inside: Inside, callee: NameNode | undefined, tail: Tail): readonly PathScope[] {
  const base = callee ? calleesOf(inside, callee) : [];
  if (!tail.rows) return base.map(inDeclared);
  if (tail.rows.kind === 'rows') return [{ kind: 'rows', inside, rows: tail.rows, base }];
  return tablesNamed(inside, tail.rows).map((rows): PathScope => ({ kind: 'rows', inside, rows, base }));
}

/** The tables that a name may mean in a model: one, or all where it is a parameter. */
function tablesNamed({ owner }: Inside, name: NameNode): RowsNode[] {
  const target = meaningsOf(owner).targets.get(name);
  if (target?.kind !== 'local' || owner.kind !== 'model') return [];
  const { binder } = target.local;
  if (binder && 'kind' in binder && binder.kind === 'table') return [binder.rows];
  return (owner as ModelNode).members.flatMap((m) => (m.kind === 'table' ? [m.rows] : []));
}
