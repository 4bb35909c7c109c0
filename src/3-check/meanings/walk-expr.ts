import type {
  Arg,
  BinaryNode,
  Declaration,
  Expr,
  Ident,
  ModelNode,
  NamedChoice,
  NameNode,
  NumberNode,
  RowsNode,
  StepNode,
  Tail,
} from '../../1-parse/ast.ts';
import { numberName } from '../../1-parse/number-name.ts';
import { checkLimits } from '../limits.ts';
import {
  givenNames,
  type LanguageTarget,
  type LocalKind,
  type LocalName,
  type LocalTarget,
  type NameTarget,
  type Occurrence,
  pointFactor,
} from './occurrence.ts';
import { patternWords } from './pattern-words.ts';

/** Names that are bound at a place, the nearest first; by the place itself too. */
export interface Names {
  readonly bound: Map<string, LocalTarget | LanguageTarget>;
  readonly parent?: Names;
}

/** The names that are seen at a place. */
export interface NamesAt {
  readonly names: Names;
  /** The number of visible names that the declaration binds. */
  readonly count: number;
}

/** What the names of a declaration mean. */
export interface Meanings {
  readonly owner: Declaration;
  /** What the first word of each name of a value or a callee means, and numbers where a variant is chosen. */
  readonly targets: ReadonlyMap<NameNode | NumberNode, NameTarget>;
  /** What each place that binds a name binds. */
  readonly locals: ReadonlyMap<Ident, LocalName>;
  /** The parameters that columns of `variants` give values to. */
  readonly columns: ReadonlyMap<Ident, LocalName>;
  /** Places that bind a name which is bound there already, by the first. */
  readonly repeated: ReadonlyMap<Ident, LocalName>;
  /** Labels that a step of the same block or section has already, by the first. */
  readonly sharedLabels: ReadonlyMap<Ident, Ident>;
  /** The choices that have a name, by their name: equal names are one decision. */
  readonly choices: ReadonlyMap<string, readonly NamedChoice[]>;
}

/** The names in the text of a declaration: more than checking and building need. */
export interface NamesInText {
  readonly found: Occurrence[];
  /** What is visible at a name that the declaration does not bind. */
  readonly places: Map<NameNode, NamesAt>;
}

/** What walking through one declaration carries along. */
export interface Walk {
  readonly owner: Declaration;
  readonly targets: Map<NameNode | NumberNode, NameTarget>;
  readonly locals: Map<Ident, LocalName>;
  readonly columns: Map<Ident, LocalName>;
  readonly repeated: Map<Ident, LocalName>;
  readonly sharedLabels: Map<Ident, Ident>;
  readonly choices: Map<string, NamedChoice[]>;
  /** The labels so far of the block or section that is walked through, by name. */
  labels: Map<string, Ident>;
  /** Those of shared steps, and of the statements of a block or model. */
  readonly shared: Map<string, Ident>;
  /** Steps that build a table by its name, with what they call. */
  readonly tableUses: { readonly table: LocalName; readonly callee: NameTarget }[];
  /** How many names are bound so far. */
  count: number;
  /** Expressions within expressions at this moment. */
  depth: number;
  /** What the second walk collects, over what the first has found. */
  readonly text: NamesInText | undefined;
}

/** @param known what a first walk has found: the names of the text are collected */
export function createWalk(owner: Declaration, known?: Meanings): Walk {
  const shared = new Map<string, Ident>();
  return {
    owner,
    targets: new Map(known?.targets),
    locals: new Map(known?.locals),
    columns: new Map(),
    repeated: new Map(),
    sharedLabels: new Map(),
    choices: new Map(),
    labels: shared,
    shared,
    tableUses: [],
    count: 0,
    depth: 0,
    text: known && { found: [], places: new Map() },
  };
}

/** Columns of a stage table that have a special meaning. A parameter of that name also gets their values. */
export const ownColumns: ReadonlySet<string> = new Set(['name', 'block', 'repeat']);

/** Names inside of others, including those that the place itself gives. */
export function innerNames(parent: Names, given: Iterable<readonly [string, LanguageTarget]> = []): Names {
  return { bound: new Map(given), parent };
}

/** Takes up a name that binds; of two with one name the first is meant by all others. */
export function bindName(
  w: Walk,
  names: Names,
  ident: Ident,
  kind: LocalKind,
  extra: Partial<LocalName> = {},
): LocalName {
  const known = w.locals.get(ident);
  const local: LocalName = known ?? { kind, ident, owner: w.owner, order: w.count, ...extra };
  if (ident.name === '' || ident.name === '_') return local;
  w.count++;
  if (!known) w.locals.set(ident, local);
  const target: LocalTarget = { kind: 'local', local };
  const first = names.bound.get(ident.name);
  if (!first) names.bound.set(ident.name, target);
  else if (first.kind === 'local') w.repeated.set(ident, first.local);
  put(w, ident, 'write', target);
  return local;
}

/** Takes up a name of the text, where these are collected. */
export function put(w: Walk, { name, span }: Ident, access: Occurrence['access'], target: NameTarget): void {
  if (w.text && name !== '' && name !== '_' && span.end - span.start === name.length)
    w.text.found.push({ span, name, access, target });
}

/** All names that are visible at a place, the nearest first. */
export function* namesAt({ names, count }: NamesAt): Generator<string> {
  for (let n: Names | undefined = names; n; n = n.parent) {
    for (const [name, bound] of n.bound) if (bound.kind === 'language' || bound.local.order < count) yield name;
  }
}

/** What a name without dots means at a place; called, a factor of the model is a function. */
function targetOf(names: Names, name: string, called = false): NameTarget {
  for (let n: Names | undefined = names; n; n = n.parent) {
    const bound = n.bound.get(name);
    if (bound && !(called && pointFactor(bound))) return bound;
  }
  return { kind: 'free', name };
}

/** Records a name or a dotted path that refers to a value or a callee, and returns what its first word means. */
export function walkName(w: Walk, names: Names, node: NameNode, called = false): NameTarget {
  const { text } = w;
  if (!text) {
    const target = targetOf(names, node.parts[0] ?? '', called);
    w.targets.set(node, target);
    return target;
  }
  const target = w.targets.get(node) as NameTarget;
  if (target.kind === 'free') text.places.set(node, { names, count: w.count });
  if (node.parts.length === 1) {
    put(w, { name: node.text, span: node.span }, 'read', target);
    return target;
  }
  for (const [i, word] of patternWords(node).entries()) {
    if (i === 0) put(w, word, 'read', target);
    else if (target.kind === 'local' && target.local.kind === 'section') {
      put(w, word, 'read', { kind: 'path', root: target.local, words: node.parts, index: i });
    } else put(w, word, 'read', { kind: 'language', what: 'property' });
  }
  return target;
}

/** Records all names of an expression, as deep as the checker goes: anything deeper is reported by it. */
export function walkExpr(w: Walk, names: Names, expr: Expr): void {
  if (w.depth >= checkLimits.depth) return;
  w.depth++;
  walkKind(w, names, expr);
  w.depth--;
}

function walkKind(w: Walk, names: Names, expr: Expr): void {
  switch (expr.kind) {
    case 'name':
      walkName(w, names, expr);
      return;
    case 'call':
      walkArgs(w, names, expr.args, [walkName(w, names, expr.callee, true)]);
      return;
    case 'list':
      for (const item of expr.items) walkExpr(w, names, item);
      return;
    case 'choice':
      if (expr.name) walkChoiceName(w, expr as NamedChoice);
      for (const option of expr.options) walkExpr(w, names, option);
      return;
    case 'comprehension': {
      for (const source of expr.sources) walkExpr(w, names, source);
      const inner = innerNames(names);
      for (const name of expr.names) bindName(w, inner, name, 'value', { binder: expr });
      walkExpr(w, inner, expr.item);
      return;
    }
    case 'unary':
      walkExpr(w, names, expr.operand);
      return;
    case 'binary': {
      const { left, right } = expr;
      walkSide(w, names, right, expr, left);
      walkSide(w, names, left, expr, right);
      return;
    }
    case 'conditional':
      walkExpr(w, names, expr.value);
      walkExpr(w, names, expr.condition);
      walkExpr(w, names, expr.otherwise);
      return;
    case 'index':
      walkExpr(w, names, expr.object);
      walkExpr(w, names, expr.index);
      return;
    case 'property':
      walkExpr(w, names, expr.object);
      put(w, expr.name, 'read', { kind: 'language', what: 'property' });
      return;
    case 'chain':
      walkExpr(w, names, expr.first);
      for (const step of expr.steps) walkStep(w, names, step);
      return;
    default:
      return;
  }
}

/** Records the name of a choice: the first that has it represents all. */
function walkChoiceName(w: Walk, choice: NamedChoice): void {
  const { name } = choice;
  if (name.name === '') return;
  const shared = w.choices.get(name.name);
  if (shared) shared.push(choice);
  else w.choices.set(name.name, [choice]);
  put(w, name, 'write', { kind: 'choice', ident: (shared?.[0] ?? choice).name });
}

/** Records a label. Steps that share one name the same part of a path: the first represents all. */
export function walkLabel(w: Walk, label: Ident | undefined, isShared: boolean): void {
  if (!label || label.name === '') return;
  const labels = isShared ? w.shared : w.labels;
  const first = labels.get(label.name);
  if (first) w.sharedLabels.set(label, first);
  else labels.set(label.name, label);
  put(w, label, 'write', { kind: 'label', ident: first ?? label });
}

/** Records a side of an operator; the other side of `variant ==` is the name of a row. */
function walkSide(w: Walk, names: Names, side: Expr, { operator }: BinaryNode, other: Expr): void {
  const isNumber = side.kind === 'number' && operator !== '==' && operator !== '!=';
  if (isNumber || !isOwnVariant(w, names, other)) walkExpr(w, names, side);
  else walkVariant(w, names, side, { kind: 'declared', node: w.owner as ModelNode });
}

/** Whether an expression is the variant of the enclosing model. */
function isOwnVariant(w: Walk, names: Names, expr: Expr): boolean {
  return w.owner.kind === 'model' && expr.kind === 'name' && targetOf(names, expr.text) === givenNames.variant;
}

/** Records the names of an expression that chooses a variant of a model, including those of its rows. */
function walkVariant(w: Walk, names: Names, expr: Expr, callee: NameTarget): void {
  if (expr.kind === 'conditional') {
    walkVariant(w, names, expr.value, callee);
    walkExpr(w, names, expr.condition);
    walkVariant(w, names, expr.otherwise, callee);
  } else if (expr.kind === 'list') {
    for (const item of expr.items) walkVariant(w, names, item, callee);
  } else if (expr.kind === 'index') {
    walkVariant(w, names, expr.object, callee);
    walkExpr(w, names, expr.index);
  } else if (expr.kind === 'name') {
    const otherwise = targetOf(names, expr.parts[0] ?? '');
    const target: NameTarget = { kind: 'chosen', callee, name: expr.text, otherwise };
    w.targets.set(expr, target);
    w.text?.places.set(expr, { names, count: w.count });
    put(w, { name: expr.text, span: expr.span }, 'read', target);
  } else if (expr.kind === 'number') {
    const name = numberName(expr);
    if (name === undefined) return;
    const target: NameTarget = { kind: 'chosen', callee, name, otherwise: { kind: 'language', what: 'value' } };
    w.targets.set(expr, target);
    put(w, { name, span: expr.span }, 'read', target);
  } else walkExpr(w, names, expr);
}

export function walkStep(w: Walk, names: Names, step: StepNode): void {
  const { share, label, callee, args = [], tail } = step;
  walkLabel(w, label, share !== undefined);
  const target = walkName(w, names, callee, true);
  walkArgs(w, tail.rows ? tableNames(names) : names, args, [target, ...blocksBuilt(w, names, tail)]);
  walkTail(w, names, tail, target);
}

/** The blocks that the rows after a step name: the arguments before a table are theirs too. */
export function blocksBuilt(w: Walk, names: Names, { rows }: Tail): NameTarget[] {
  if (!rows || !w.text) return [];
  if (rows.kind === 'rows') return blocksNamed(names, rows);
  const tables = w.owner.kind === 'model' ? w.owner.members.filter((m) => m.kind === 'table') : [];
  const one = tables.filter((table) => table.name.name === rows.text);
  // a parameter may hold any of the model's tables
  return (one.length > 0 ? one : tables).flatMap((table) => blocksNamed(names, table.rows));
}

function blocksNamed(names: Names, rows: RowsNode): NameTarget[] {
  return blockWords(rows).map((word) => targetOf(names, word));
}

const words = new WeakMap<RowsNode, readonly string[]>();

/** The names of a table's blocks, each once. Found once for each table, which many steps may build. */
function blockWords(table: RowsNode): readonly string[] {
  let found = words.get(table);
  if (!found) {
    const column = table.header.findIndex((h) => h.name === 'block');
    const values = table.rows.flatMap(({ cells }) => cells[column]?.values ?? []);
    const options = values.flatMap((value) => (value.kind === 'choice' ? value.options : [value]));
    found = [...new Set(options.flatMap((option) => (option.kind === 'name' ? [option.text] : [])))];
    words.set(table, found);
  }
  return found;
}

/** What follows a step: the rows that it builds, and its condition. */
export function walkTail(w: Walk, names: Names, { rows, condition }: Tail, callee: NameTarget): void {
  if (rows?.kind === 'rows') walkStageRows(w, names, rows, [callee]);
  else if (rows) {
    const target = walkName(w, names, rows);
    if (target.kind === 'local') w.tableUses.push({ table: target.local, callee });
  }
  if (condition) walkExpr(w, names, condition);
}

/** @param callees what the arguments are for; the first is what is written before them */
export function walkArgs(
  w: Walk,
  names: Names,
  args: readonly Arg[],
  callees: readonly [NameTarget, ...NameTarget[]],
): void {
  const [callee] = callees;
  for (const { name, value } of args) {
    if (name && w.text) put(w, name, 'write', { kind: 'argument', callees: distinct(callees), name: name.name });
    if (name?.name === 'variant' && callee.kind === 'free') walkVariant(w, names, value, callee);
    else walkExpr(w, names, value);
  }
}

/** Cells, and the arguments before a table, see which block of it they are for. */
export function tableNames(names: Names): Names {
  return innerNames(names, counters);
}

const { index, count } = givenNames;
const counters = Object.entries({ index, count });

/** A stage table: its columns are parameters of the blocks that it builds. */
export function walkStageRows(w: Walk, outer: Names, rows: RowsNode, base: readonly NameTarget[]): void {
  const names = tableNames(outer);
  if (w.text) putColumns(w, rows, distinct([...base, ...blocksNamed(outer, rows)]));
  walkCells(w, names, rows, 'row');
}

function putColumns(w: Walk, { header }: RowsNode, callees: readonly NameTarget[]): void {
  for (const column of header) {
    const target: NameTarget = ownColumns.has(column.name)
      ? { kind: 'language', what: 'column' }
      : { kind: 'argument', callees, name: column.name, column: true };
    put(w, column, 'write', target);
  }
}

/** The cells of a table, row by row; those of the column `name` name their rows. */
export function walkCells(w: Walk, names: Names, { header, rows }: RowsNode, kind: 'row' | 'variant'): void {
  for (const row of rows) {
    row.cells.forEach((cell, i) => {
      for (const value of cell?.values ?? []) {
        if (header[i]?.name === 'name' && value.kind === 'name') {
          const ident = { name: value.text, span: value.span };
          put(w, ident, 'write', { kind, ident });
        } else walkExpr(w, names, value);
      }
    });
  }
}

/** Callees, each once: a table of ten thousand rows has few blocks. */
function distinct(callees: readonly NameTarget[]): NameTarget[] {
  const seen = new Map<unknown, NameTarget>();
  for (const c of callees) seen.set(c.kind === 'local' ? c.local : c.kind === 'free' ? c.name : c.kind, c);
  return [...seen.values()];
}
