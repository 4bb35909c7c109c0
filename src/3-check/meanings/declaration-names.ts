import type {
  BlockNode,
  Declaration,
  ModelNode,
  NameNode,
  ParamNode,
  ScalingNode,
  SectionNode,
  SourceConventionNode,
  Statement,
  WeightsNode,
} from '../../1-parse/ast.ts';
import { type LocalName, measures, type NameTarget, type Occurrence, objectives } from './occurrence.ts';
import { patternWords } from './pattern-words.ts';
import { pointNames, roundingNames, withoutFactors } from './point-names.ts';
import {
  bindName,
  blocksBuilt,
  createWalk,
  innerNames,
  type Meanings,
  type Names,
  type NamesInText,
  namesAt,
  put,
  tableNames,
  type Walk,
  walkArgs,
  walkCells,
  walkExpr,
  walkLabel,
  walkName,
  walkStageRows,
  walkStep,
  walkTail,
} from './walk-expr.ts';

const known = new WeakMap<Declaration, Meanings>();

/** What the names of a declaration mean. Computed once for each declaration. */
export function meaningsOf(declaration: Declaration): Meanings {
  let meanings = known.get(declaration);
  if (!meanings) {
    const w = createWalk(declaration);
    walkDeclaration(w, declaration);
    const { owner, targets, locals, columns, repeated, sharedLabels, choices } = w;
    meanings = { owner, targets, locals, columns, repeated, sharedLabels, choices };
    known.set(declaration, meanings);
  }
  return meanings;
}

const texts = new WeakMap<Declaration, NamesInText>();

/** The names of a declaration's text. Computed on demand, once for each; checking and building do not need them. */
function textOf(declaration: Declaration): NamesInText {
  let text = texts.get(declaration);
  if (!text) {
    const w = createWalk(declaration, meaningsOf(declaration));
    walkDeclaration(w, declaration);
    text = w.text as NamesInText;
    text.found.sort((a, b) => a.span.start - b.span.start);
    texts.set(declaration, text);
  }
  return text;
}

/** All names in a declaration, in the order of the text, each with what it means. */
export function namesOf(declaration: Declaration): readonly Occurrence[] {
  return textOf(declaration).found;
}

/** The names of a declaration that are visible at a name which it does not bind, the nearest first. */
export function* namesSeenAt(declaration: Declaration, name: NameNode): Generator<string> {
  const place = textOf(declaration).places.get(name);
  if (place) yield* namesAt(place);
}

function walkDeclaration(w: Walk, declaration: Declaration): void {
  if (declaration.kind === 'block') walkBlock(w, declaration);
  else if (declaration.kind === 'model') walkModel(w, declaration);
  else walkWeights(w, declaration);
}

function walkBlock(w: Walk, block: BlockNode): void {
  put(w, block.name, 'write', { kind: 'declared', node: block });
  const names: Names = { bound: new Map() };
  for (const param of block.params) {
    if (param.default) walkExpr(w, names, param.default);
    putType(w, param);
    bindName(w, names, param.name, 'parameter', { param });
  }
  for (const statement of block.body) walkStatement(w, names, statement);
}

function putType(w: Walk, { type }: ParamNode): void {
  if (!type) return;
  const { name, span } = type;
  // brackets of a list are not part of its name
  put(w, { name, span: { ...span, end: span.start + name.length } }, 'read', { kind: 'language', what: 'type' });
}

function walkStatement(w: Walk, names: Names, statement: Statement): void {
  if (statement.kind === 'require') walkExpr(w, names, statement.condition);
  else if (statement.kind === 'assign') {
    walkExpr(w, names, statement.value);
    for (const target of statement.targets) bindName(w, names, target, 'value', { binder: statement });
  } else {
    for (const { label, value } of statement.outputs) {
      if (label) put(w, label, 'write', { kind: 'output', ident: label });
      walkExpr(w, names, value);
    }
  }
}

/**
 * What is visible in the parts of a model: `facts` are its parameters and tables, `all` also includes what is above; both include
 * the point.
 */
interface ModelNames {
  readonly facts: Names;
  readonly all: Names;
}

function walkModel(w: Walk, model: ModelNode): void {
  put(w, model.name, 'write', { kind: 'declared', node: model });
  const point = pointNames(model);
  const names: ModelNames = { facts: innerNames(point), all: innerNames(point) };
  for (const member of model.members) {
    if (member.kind !== 'table') continue;
    shareFact(names, bindName(w, names.all, member.name, 'table', { binder: member }));
  }
  for (const member of model.members) walkMember(w, names, member);
  walkTables(w, names.all, model);
  for (const member of model.members) if (member.kind === 'variants') walkVariants(w, names.facts, member.rows);
}

function shareFact({ facts }: ModelNames, local: LocalName): void {
  const { name } = local.ident;
  if (name !== '' && !facts.bound.has(name)) facts.bound.set(name, { kind: 'local', local });
}

function walkMember(w: Walk, names: ModelNames, member: ModelNode['members'][number]): void {
  const { facts, all } = names;
  switch (member.kind) {
    case 'param':
      if (member.default) walkExpr(w, facts, member.default);
      putType(w, member);
      shareFact(names, bindName(w, all, member.name, 'parameter', { param: member }));
      return;
    case 'convention':
      put(w, member.name, 'read', { kind: 'language', what: 'convention' });
      walkArgs(w, facts, member.args, [{ kind: 'language', what: 'convention' }]);
      return;
    case 'input':
      walkExpr(w, all, member.shape);
      walkArgs(w, all, member.args, [{ kind: 'language', what: 'input' }]);
      bindName(w, all, member.name, 'input', { binder: member });
      return;
    case 'auxiliary':
      walkExpr(w, all, member.weight);
      for (const value of member.outputs) walkExpr(w, all, value);
      return;
    case 'maximize':
      walkExpr(w, innerNames(all, Object.entries(objectives)), member.objective);
      return;
    case 'scaling':
      walkScaling(w, facts, member);
      return;
    case 'section': {
      const { share, label, tail, steps } = member;
      const outer = w.labels;
      w.labels = new Map();
      walkLabel(w, label, share !== undefined);
      const callee = walkFirst(w, all, member);
      walkTail(w, all, tail, callee);
      for (const step of steps) walkStep(w, all, step);
      w.labels = outer;
      bindName(w, all, member.name, 'section', { binder: member });
      return;
    }
    case 'table':
    case 'variants':
      return; // when all names are known
    case 'require':
      walkExpr(
        w,
        { bound: all.bound, parent: innerNames(all.parent as Names, Object.entries(measures)) },
        member.condition,
      );
      return;
    default:
      walkStatement(w, all, member);
  }
}

/** The first element of a section, which may be a step as well as a value. */
function walkFirst(w: Walk, names: Names, { first, tail }: SectionNode): NameTarget {
  if (first.kind === 'name') return walkName(w, names, first);
  if (first.kind === 'call') {
    const callee = walkName(w, names, first.callee, true);
    walkArgs(w, tail.rows ? tableNames(names) : names, first.args, [callee, ...blocksBuilt(w, names, tail)]);
    return callee;
  }
  walkExpr(w, names, first);
  return { kind: 'language', what: 'value' };
}

/** Factors see phi and the model's parameters, roundings also their number and the factors. */
function walkScaling(w: Walk, facts: Names, scaling: ScalingNode): void {
  const { variable, entries } = scaling;
  const outer = innerNames(withoutFactors(facts));
  if (variable) bindName(w, outer, variable, 'number', { binder: scaling });
  for (const entry of entries) {
    const { name, parameter, value } = entry;
    put(w, name, 'write', { kind: 'language', what: 'entry' });
    const names = parameter ? roundingNames(facts) : outer;
    if (parameter) bindName(w, names, parameter, 'number', { binder: entry });
    walkExpr(w, names, value);
  }
}

/** Each table against the blocks of the sections that build it: by its name, or through a parameter that holds it. */
function walkTables(w: Walk, names: Names, model: ModelNode): void {
  const throughParams = w.tableUses.filter((use) => use.table.kind === 'parameter').map((use) => use.callee);
  for (const member of model.members) {
    if (member.kind !== 'table') continue;
    const byName = w.tableUses.filter((use) => use.table.ident === member.name).map((use) => use.callee);
    w.labels = new Map();
    walkStageRows(w, names, member.rows, byName.length > 0 ? [...byName, ...throughParams] : throughParams);
  }
}

/** Columns of `variants` that are not parameters of the model. */
export const pointColumns: ReadonlySet<string> = new Set(['name', 'phi', 'd', 'w', 'r']);

function walkVariants(w: Walk, facts: Names, rows: Parameters<typeof walkCells>[2]): void {
  for (const column of rows.header) {
    const target = facts.bound.get(column.name);
    if (target?.kind === 'local' && target.local.kind === 'parameter') {
      w.columns.set(column, target.local);
      put(w, column, 'write', target);
    } else if (pointColumns.has(column.name)) put(w, column, 'write', { kind: 'language', what: 'column' });
  }
  walkCells(w, facts, rows, 'variant');
}

function walkWeights(w: Walk, weights: WeightsNode): void {
  const model = weights.name.name;
  put(w, weights.name, 'read', { kind: 'free', name: model });
  for (const convention of weights.conventions) walkSource(w, model, convention);
  if (!w.text) return;
  for (const column of weights.rows.header) put(w, column, 'write', { kind: 'language', what: 'column' });
  for (const row of weights.rows.rows) {
    for (const value of row.cells.slice(1).flatMap((cell) => cell?.values ?? [])) {
      if (value.kind !== 'name') continue;
      put(w, { name: value.text, span: value.span }, 'read', { kind: 'language', what: 'module' });
    }
    for (const value of row.cells[0]?.values ?? []) {
      if (value.kind !== 'name' && value.kind !== 'string') continue;
      const words = patternWords(value);
      const texts = words.map((word) => word.name);
      for (const [index, word] of words.entries()) {
        put(w, word, 'read', { kind: 'module-path', model, words: texts, index });
      }
    }
  }
}

/** Where a weight map's column has its weights from. */
function walkSource(w: Walk, model: string, { column, name, args, variants }: SourceConventionNode): void {
  const convention: NameTarget = { kind: 'language', what: 'convention' };
  put(w, column, 'read', { kind: 'language', what: 'column' });
  put(w, name, 'read', convention);
  walkArgs(w, { bound: new Map() }, args, [convention]);
  for (const variant of variants) {
    const callee: NameTarget = { kind: 'free', name: model };
    put(w, variant, 'read', {
      kind: 'chosen',
      callee,
      name: variant.name,
      otherwise: { kind: 'language', what: 'value' },
    });
  }
}
