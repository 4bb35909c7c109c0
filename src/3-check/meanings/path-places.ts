import type {
  AssignNode,
  CallNode,
  ComprehensionNode,
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
import { memoise } from '../../memoise.ts';
import { rowName, rowNames } from '../row-names.ts';
import { calledBy, type FileScope } from './called-blocks.ts';
import { meaningsOf } from './declaration-names.ts';
import type { Entity } from './entity.ts';
import { freeMeaning } from './free-meaning.ts';

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
  | { readonly kind: 'rows'; readonly inside: Inside; readonly rows: RowsNode; readonly base: readonly PathScope[] }
  /** The number of a row's block, or of a comprehension's element; `sure` where one is always there. */
  | { readonly kind: 'number'; readonly sure: boolean; readonly then: readonly PathScope[] }
  /** The end of a path: an op with tensors of its own. */
  | { readonly kind: 'op' }
  /** Only the build knows: inside the block that a parameter holds. */
  | { readonly kind: 'open' };

interface LabelledStep {
  readonly label: Ident;
  readonly callee: NameNode | undefined;
  readonly tail: Tail;
  /** Whether each element of a comprehension has a step of its own. */
  readonly isElement?: boolean;
}

/** Scopes that one path looks at, at most: blocks within blocks multiply. */
const mostScopes = 500;

/**
 * What a word of a weight map's path names in its model: sections, rows and labels. Words with stars match all of them.
 */
export function modelPlaces(model: DeclaredModel, words: readonly string[], index: number): Entity[] {
  return follow([inModel(model)], words, index);
}

/** The same for a path that starts at a section of the model that contains it: `trunk.stages.1`. */
export function sectionPlaces(inside: Inside, section: Ident, words: readonly string[], index: number): Entity[] {
  return follow(scopesOfSection(inside, section), words.slice(1), index - 1);
}

function scopesOfSection(inside: Inside, section: Ident): readonly PathScope[] {
  const { owner } = inside;
  const node = owner.kind === 'model' ? owner.members.find((m) => 'name' in m && m.name === section) : undefined;
  return node?.kind === 'section' ? inSection(inside, node) : [];
}

/** A word of a path that names nothing. */
export interface StrayWord {
  /** Its number among the words. */
  readonly index: number;
  /** What is possible in its place, except numbers of blocks and of a comprehension's elements. */
  readonly names: () => readonly string[];
}

/** The first word after a section's name that no step can have there, whatever the parameters; undefined if all fit. */
export function strayWord(inside: Inside, section: Ident, words: readonly string[]): StrayWord | undefined {
  let scopes = scopesOfSection(inside, section);
  for (const [index, word] of words.entries()) {
    if (index === 0) continue;
    if (scopes.length > mostScopes || scopes.some(({ kind }) => kind === 'open')) return undefined;
    const from = scopes;
    const found = from.flatMap((scope) => step(scope, word));
    if (found.length === 0) return { index, names: () => from.flatMap(wordsOf).map(({ name }) => name) };
    scopes = found.flatMap(({ next }) => next());
  }
  return undefined;
}

/** The words that may follow those of a path that starts at a section: rows, labels, sections of a model. */
export function wordsBelow(inside: Inside, section: Ident, words: readonly string[]): PathWord[] {
  let scopes = scopesOfSection(inside, section);
  for (const word of words.slice(1)) {
    const found = scopes.slice(0, mostScopes).flatMap((scope) => step(scope, word));
    scopes = found.flatMap(({ next }) => next());
  }
  const found = scopes.slice(0, mostScopes).flatMap(wordsOf);
  return [...new Map(found.map((word) => [word.name, word])).values()];
}

/** A possible word of a path; rows without names are numbered. */
export type PathWord = Pick<Entity, 'kind' | 'name' | 'ident' | 'owner'>;

function wordsOf(scope: PathScope): PathWord[] {
  if (scope.kind === 'rows') return [...rowNames(scope.rows)].map((name) => ({ kind: 'row', name }));
  return scope.kind === 'labels' ? step(scope, '*').flatMap(({ entity }) => entity ?? []) : [];
}

/** Patterns that are given of one model, scopes that are looked at for them, and words of one. */
const patternLimits = { patterns: 400, scopes: 20_000, words: 24 };

/**
 * The modules of a model as a weight map names them: `stem.conv`, and with stars over the rows and the blocks of a table
 * `stages.*.*.expand.conv`; after these the same row by row.
 */
export const modulePatterns = memoise((model: DeclaredModel): readonly string[] => {
  const found = new Set<string>();
  for (const byRow of [false, true]) {
    let left = patternLimits.scopes;
    const collect = (scopes: readonly PathScope[], before: readonly string[]): void => {
      const numbers = scopes.filter((scope) => scope.kind === 'number' && scope.sure);
      for (const scope of numbers.length > 0 ? numbers : scopes) {
        // a model that contains itself has no end
        if (before.length > patternLimits.words || found.size >= patternLimits.patterns || --left < 0) return;
        if (scope.kind === 'op') found.add(before.join('.'));
        else if (scope.kind === 'number' && scope.sure) collect(scope.then, [...before, '*']);
        else if (scope.kind === 'labels') {
          for (const { entity, next } of step(scope, '*')) collect(next(), [...before, entity?.name ?? '*']);
        } else if (scope.kind === 'rows') {
          for (const row of byRow ? rowNames(scope.rows) : ['*']) {
            for (const { next } of step(scope, row)) collect(next(), [...before, row]);
          }
        }
      }
    };
    collect([inModel(model)], []);
  }
  return [...found];
});

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
  const fits = fitting(word);
  if (scope.kind === 'open' || scope.kind === 'op') return [];
  if (scope.kind === 'number') return /^(\d+|\*)$/.test(word) ? [{ next: () => scope.then }] : [];
  const { inside } = scope;
  if (scope.kind === 'rows') return rowsFitting(scope, fits);
  const found: PathStep[] = [];
  const elements = new Set<object>();
  if (scope.first && fits(scope.first.label.name)) found.push(labelled(inside, scope.first));
  walkNodes(scope.part, (node) => {
    if (node.kind === 'section') {
      const section = node as SectionNode;
      if (scope.sections && fits(section.name.name)) {
        const entity: Entity = { kind: 'section', name: section.name.name, ident: section.name, owner: inside.owner };
        found.push({ entity, next: () => inSection(inside, section) });
      }
      // of the steps in sections, a model's path begins with those that are shared
      if (scope.sections) {
        for (const shared of sharedSteps(section)) if (fits(shared.label.name)) found.push(labelled(inside, shared));
      }
      return !scope.sections;
    }
    if (node.kind === 'assign') {
      const step = (node as AssignNode).targets.some(({ name }) => fits(name)) && assigned(inside, node as AssignNode);
      if (step) found.push(step);
    }
    if (node.kind === 'comprehension') {
      walkNodes((node as ComprehensionNode).item, (element) => {
        if (element.kind === 'step' && !(element as StepNode).share) elements.add(element);
        return true;
      });
    }
    if (node.kind === 'step') {
      const { label, callee, tail } = node as StepNode;
      const isElement = elements.has(node);
      if (label && label.name !== '' && fits(label.name)) {
        found.push(labelled(inside, { label, callee, tail, isElement }));
      }
    }
    return true;
  });
  return found;
}

/**
 * The step of a value that an op without tensors makes, which has the value's name: a learned `scale = Weight([8], 1)`. Undefined where
 * the value names no step.
 */
function assigned(inside: Inside, { targets, value }: AssignNode): PathStep | undefined {
  const [ident, ...others] = targets;
  const local = ident && meaningsOf(inside.owner).locals.get(ident);
  if (!local || others.length > 0) return undefined;
  let found = false;
  walkNodes(value, (node) => {
    found ||= node.kind === 'call' && takesNoTensor(inside, (node as CallNode).callee);
    return !found;
  });
  if (!found) return undefined;
  const then: readonly PathScope[] = [{ kind: 'op' }];
  // in a comprehension the element's number follows the name
  const numbered: PathScope = { kind: 'number', sure: value.kind === 'comprehension', then };
  return {
    entity: { kind: 'value', name: ident.name, ident, owner: inside.owner, local },
    next: () => [...then, numbered],
  };
}

function takesNoTensor({ module, owner }: Inside, name: NameNode): boolean {
  const target = meaningsOf(owner).targets.get(name);
  const meaning = target?.kind === 'free' ? freeMeaning(module, target.name) : undefined;
  return meaning?.kind === 'op' && meaning.op.tensors === 0;
}

/** Whether a path of a weight map can name a value, so that files other than its own can too. */
export function isNamedByPaths(module: FileScope, { kind, owner, local }: Entity): boolean {
  const binder = kind === 'value' ? local?.binder : undefined;
  if (!binder || !('targets' in binder) || !owner) return false;
  return assigned({ module, owner }, binder) !== undefined;
}

/** The shared steps of a section. */
const sharedSteps = memoise((section: SectionNode): readonly LabelledStep[] => {
  const { share, label, first, tail, steps } = section;
  const found: LabelledStep[] = share && label ? [{ label, callee: headOf(section).callee, tail }] : [];
  walkNodes([first, tail, steps], (node) => {
    if (node.kind !== 'step') return true;
    const step = node as StepNode;
    if (step.share && step.label) found.push({ label: step.label, callee: step.callee, tail: step.tail });
    return true;
  });
  return found.filter(({ label }) => label.name !== '');
});

/** Whether names match a word of a path; a star matches one character or more. */
function fitting(word: string): (name: string) => boolean {
  const [before = '', after] = word.split('*');
  if (after === undefined) return (name) => name === word;
  const least = before.length + after.length;
  return (name) => name.length > least && name.startsWith(before) && name.endsWith(after);
}

function labelled(inside: Inside, { label, callee, tail, isElement = false }: LabelledStep): PathStep {
  const ident = meaningsOf(inside.owner).sharedLabels.get(label) ?? label;
  const entity: Entity = { kind: 'label', name: label.name, ident, owner: inside.owner };
  return {
    entity,
    next: () => {
      const then = inCallee(inside, callee, tail);
      // in a comprehension the element's number follows the label
      return [...then, { kind: 'number', sure: isElement, then }];
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
    const then =
      cell?.values
        .flatMap((v) => (v.kind === 'choice' ? v.options : [v]))
        .flatMap((v) => (v.kind === 'name' ? inCalled(inside, v) : [])) ?? base;
    const next = (): readonly PathScope[] => (columns.has('repeat') ? [{ kind: 'number', sure: true, then }] : then);
    if (value?.kind === 'name') {
      const ident = { name, span: value.span };
      return [{ entity: { kind: 'row', name, ident, owner: inside.owner }, next }];
    }
    // rows by number that build the same blocks need no look each
    const key = then.map(keyOf).join();
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ next }];
  });
}

function keyOf(scope: PathScope): unknown {
  return scope.kind === 'labels' ? scope.inside.owner.name.span.start : scope.kind;
}

/** What paths find in the callee of a declaration's name; a parameter may hold more than is known. */
function inCalled({ module, owner }: Inside, name: NameNode): readonly PathScope[] {
  const target = meaningsOf(owner).targets.get(name);
  if (!target || name.parts.length > 1) return [];
  const known = calledBy(module, target).map(inDeclared);
  if (target.kind === 'local') return [...known, { kind: 'open' }];
  const meaning = target.kind === 'free' ? freeMeaning(module, target.name) : undefined;
  return meaning?.kind === 'op' && meaning.op.ownsTensors ? [{ kind: 'op' }] : known;
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

/** After a section's name: its labels, and the contents of its first step, which has no label. */
function inSection(inside: Inside, section: SectionNode): readonly PathScope[] {
  const { first, label, tail, steps } = section;
  const { callee } = headOf(section);
  const own: PathScope = { kind: 'labels', inside, part: [first, tail, steps], sections: false };
  if (!label) return [own, ...inCallee(inside, callee, tail)];
  return label.name === '' ? [own] : [{ ...own, first: { label, callee, tail } }];
}

function inCallee(inside: Inside, callee: NameNode | undefined, tail: Tail): readonly PathScope[] {
  const base = callee ? inCalled(inside, callee) : [];
  const { rows } = tail;
  if (!rows) return base;
  if (rows.kind === 'rows') return [{ kind: 'rows', inside, rows, base }];
  const tables = tablesNamed(inside, rows).map((rows): PathScope => ({ kind: 'rows', inside, rows, base }));
  return inside.owner.kind === 'model' ? tables : [...tables, { kind: 'open' }];
}

/** The tables that a name may mean in a model: one, or all where it is a parameter. */
function tablesNamed({ owner }: Inside, name: NameNode): RowsNode[] {
  const target = meaningsOf(owner).targets.get(name);
  if (target?.kind !== 'local' || owner.kind !== 'model') return [];
  const { binder } = target.local;
  if (binder && 'kind' in binder && binder.kind === 'table') return [binder.rows];
  return (owner as ModelNode).members.flatMap((m) => (m.kind === 'table' ? [m.rows] : []));
}
