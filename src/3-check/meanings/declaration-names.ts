import type {
  BlockNode,
  Declaration,
  Ident,
  ModelNode,
  NameNode,
  ParamNode,
  ScalingNode,
  SectionNode,
  SourceConventionNode,
  Statement,
  WeightsNode,
} from '../../1-parse/ast.ts';
import { objectiveNames } from '../../2-resolve/builtins.ts';
import type { LocalName, Occurrence, Target } from './occurrence.ts';
import { patternWords } from './pattern-words.ts';
import {
  bindName,
  blocksBuilt,
  innerNames,
  type Names,
  type NamesAt,
  put,
  tableNames,
  type Walk,
  walkArgs,
  walkCells,
  walkExpr,
  walkName,
  walkStageRows,
  walkStep,
  walkTail,
} from './walk-expr.ts';

/** What the names of a declaration mean, as far as the declaration tells. */
export interface Meanings {
  /** All names that stand in it, in the order of the text. */
  readonly names: readonly Occurrence[];
  /** What the first word of each name that stands for a value or a callee means. */
  readonly targets: ReadonlyMap<NameNode, Target>;
  /** What each place that binds a name binds. */
  readonly locals: ReadonlyMap<Ident, LocalName>;
  /** The parameters that columns of `variants` give values to. */
  readonly columns: ReadonlyMap<Ident, LocalName>;
  /** Places that bind a name which is bound there already, by the first. */
  readonly repeated: ReadonlyMap<Ident, LocalName>;
  /** What is seen where a name stands that the declaration does not bind. */
  readonly places: ReadonlyMap<NameNode, NamesAt>;
}

const known = new WeakMap<Declaration, Meanings>();

/** What the names of a declaration mean. Found once for each declaration. */
export function meaningsOf(declaration: Declaration): Meanings {
  let meanings = known.get(declaration);
  if (!meanings) {
    const w: Walk = {
      owner: declaration,
      depth: 0,
      found: [],
      targets: new Map(),
      locals: new Map(),
      columns: new Map(),
      repeated: new Map(),
      places: new Map(),
      tableUses: [],
    };
    if (declaration.kind === 'block') walkBlock(w, declaration);
    else if (declaration.kind === 'model') walkModel(w, declaration);
    else walkWeights(w, declaration);
    const { found, targets, locals, columns, repeated, places } = w;
    found.sort((a, b) => a.span.start - b.span.start);
    meanings = { names: found, targets, locals, columns, repeated, places };
    known.set(declaration, meanings);
  }
  return meanings;
}

/** All names that stand in a declaration, in the order of the text, each with what it means. */
export function namesOf(declaration: Declaration): readonly Occurrence[] {
  return meaningsOf(declaration).names;
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
  // brackets of a list are not of its name
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

/** What the parts of a model see: `facts` are its parameters and tables, `all` is that and what stands above. */
interface ModelNames {
  readonly facts: Names;
  readonly all: Names;
}

function walkModel(w: Walk, model: ModelNode): void {
  put(w, model.name, 'write', { kind: 'declared', node: model });
  const names: ModelNames = { facts: { bound: new Map() }, all: { bound: new Map() } };
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
  if (name !== '' && !facts.bound.has(name)) facts.bound.set(name, local);
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
    case 'maximize':
      walkExpr(w, innerNames(all, 'objective', [...objectiveNames]), member.objective);
      return;
    case 'scaling':
      walkScaling(w, facts, member);
      return;
    case 'section': {
      const { label, tail, steps } = member;
      if (label) put(w, label, 'write', { kind: 'label', ident: label });
      const callee = walkFirst(w, all, member);
      walkTail(w, all, tail, callee);
      for (const step of steps) walkStep(w, all, step);
      bindName(w, all, member.name, 'section', { binder: member });
      return;
    }
    case 'table':
    case 'variants':
      return; // when all names are known
    default:
      walkStatement(w, all, member);
  }
}

/** The first element of a section, which may be a step as well as a value. */
function walkFirst(w: Walk, names: Names, { first, tail }: SectionNode): Target {
  if (first.kind === 'name') return walkName(w, names, first);
  if (first.kind === 'call') {
    const callee = walkName(w, names, first.callee);
    walkArgs(w, tail.rows ? tableNames(names) : names, first.args, [callee, ...blocksBuilt(w, names, tail)]);
    return callee;
  }
  walkExpr(w, names, first);
  return { kind: 'language', what: 'value' };
}

/** Factors see phi and the model's parameters, roundings their number and the factors besides. */
function walkScaling(w: Walk, facts: Names, scaling: ScalingNode): void {
  const { variable, entries } = scaling;
  const outer = innerNames(facts);
  if (variable) bindName(w, outer, variable, 'number', { binder: scaling });
  for (const entry of entries) {
    const { name, parameter, value } = entry;
    put(w, name, 'write', { kind: 'language', what: 'entry' });
    const names = parameter ? innerNames(facts, 'factor', ['d', 'w', 'r']) : outer;
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
    walkStageRows(w, names, member.rows, byName.length > 0 ? [...byName, ...throughParams] : throughParams);
  }
}

const pointColumns: ReadonlySet<string> = new Set(['name', 'phi', 'd', 'w', 'r']);

function walkVariants(w: Walk, facts: Names, rows: Parameters<typeof walkCells>[2]): void {
  for (const column of rows.header) {
    const local = facts.bound.get(column.name);
    if (local?.kind === 'parameter') {
      w.columns.set(column, local);
      put(w, column, 'write', { kind: 'local', local });
    } else if (pointColumns.has(column.name)) put(w, column, 'write', { kind: 'language', what: 'column' });
  }
  walkCells(w, facts, rows, 'variant');
}

function walkWeights(w: Walk, weights: WeightsNode): void {
  const model = weights.name.name;
  put(w, weights.name, 'read', { kind: 'free', name: model });
  for (const convention of weights.conventions) walkSource(w, model, convention);
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

/** What a weight map says of where a column's weights come from. */
function walkSource(w: Walk, model: string, { column, name, args, variants }: SourceConventionNode): void {
  const convention: Target = { kind: 'language', what: 'convention' };
  put(w, column, 'read', { kind: 'language', what: 'column' });
  put(w, name, 'read', convention);
  walkArgs(w, { bound: new Map() }, args, [convention]);
  for (const variant of variants) {
    const callee: Target = { kind: 'free', name: model };
    put(w, variant, 'read', {
      kind: 'chosen',
      callee,
      name: variant.name,
      otherwise: { kind: 'language', what: 'value' },
    });
  }
}
