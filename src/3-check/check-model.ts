import type { Ident, Member, ModelNode, NameNode, RowsNode, SectionNode } from '../1-parse/ast.ts';
import { objectiveNames } from '../2-resolve/builtins.ts';
import type { DeclaredModel } from '../2-resolve/program.ts';
import { replaceFix } from '../diagnostics/diagnostic.ts';
import { didYouMean, nearestNames } from '../diagnostics/nearest.ts';
import { checkParam, checkStatement, collectLabels, reportUnused } from './check-block.ts';
import { checkExpr, checkHead, expectType } from './check-expr.ts';
import { checkStageRows, checkStageTable, checkVariantRows, isTableParam } from './check-rows.ts';
import { calleeSignature, callSignature, checkStep } from './check-step.ts';
import { bind, type Checker, lookup, report, type Scope } from './scope.ts';
import type { Signature } from './signature.ts';
import { declaredType, isTensors, type Type } from './types.ts';

/** Names that a model cannot bind: they choose a point of the family. */
const reserved = new Set(['d', 'w', 'r', 'phi', 'variant']);

/** Checks a model: parameters, tables, scaling, variants, sections in order, outputs. */
export function checkModel(c: Checker, model: ModelNode): void {
  const scope: Scope = { locals: new Map(), inModel: true };
  checkOnce(c, model);
  for (const member of model.members) {
    if (member.kind !== 'table') continue;
    // tables are seen everywhere, so that a parameter's default can name one that stands below
    bind(c, scope, member.name.name, { kind: 'table', type: 'table', span: member.name.span, used: false });
  }
  const uses: TableUse[] = [];
  for (const member of model.members) checkMember(c, scope, member, uses);
  checkTables(c, scope, model, uses);
  checkVariants(c, scope, model);
  const sections = model.members.filter((m) => m.kind === 'section');
  if (sections.length === 0 && !model.members.some((m) => m.kind === 'return')) {
    report(c, 'no-section', model.name.span, { name: model.name.name });
  }
  if (!model.members.some((m) => m.kind === 'input')) report(c, 'no-input', model.name.span, { name: model.name.name });
  reportUnused(c, scope);
}

/** A section that builds a table, by name, with the block before it: the table is checked against it. */
interface TableUse {
  readonly name: string;
  readonly byParam: boolean;
  readonly base: Signature | undefined;
  readonly section: SectionNode;
}

function checkOnce(c: Checker, model: ModelNode): void {
  const seen = new Map<string, Member>();
  for (const member of model.members) {
    if (!['convention', 'scaling', 'variants', 'maximize', 'return'].includes(member.kind)) continue;
    const other = seen.get(member.kind);
    if (!other) seen.set(member.kind, member);
    else {
      const related = [{ span: other.span, message: 'the first' }];
      if (member.kind === 'convention' && other.kind === 'convention' && member.name.name !== other.name.name) {
        report(c, 'mixed-conventions', member.span, { first: other.name.name, second: member.name.name }, { related });
      } else report(c, 'duplicate-member', member.span, { what: member.kind }, { related });
    }
  }
}

function checkMember(c: Checker, scope: Scope, member: Member, uses: TableUse[]): void {
  switch (member.kind) {
    case 'param':
      checkReserved(c, member.name);
      checkParam(c, scope, member);
      return;
    case 'convention': {
      const names = ['tf', 'torch'];
      const { name, span } = member.name;
      if (name !== '' && !names.includes(name)) {
        const fixes = nearestNames(name, names).map((n) => replaceFix(`Write '${n}'`, span, n));
        report(c, 'unknown-convention', span, { name, hint: didYouMean(name, names) }, { fixes });
      }
      checkConventionArguments(c, scope, member);
      return;
    }
    case 'input': {
      const type = checkExpr(c, scope, member.shape);
      expectType(c, type, { list: 'number' }, member.shape.span, `the shape of '${member.name.name}'`);
      for (const arg of member.args) {
        const given = checkExpr(c, scope, arg.value);
        const known = ['mean', 'std'];
        const name = arg.name?.name ?? '';
        if (known.includes(name)) expectType(c, given, { list: 'number' }, arg.value.span, `'${name}'`);
        else
          report(c, 'unknown-parameter', arg.name?.span ?? arg.span, {
            callee: 'input',
            name: name || 'without a name',
            hint: didYouMean(name, known),
          });
      }
      bind(c, scope, member.name.name, { kind: 'value', type: { tensors: 1 }, span: member.name.span, used: true });
      return;
    }
    case 'maximize': {
      const inner: Scope = { locals: new Map(), parent: scope, inModel: true };
      for (const name of objectiveNames) {
        inner.locals.set(name, { kind: 'value', type: 'number', span: member.span, used: true });
      }
      expectType(c, checkExpr(c, inner, member.objective), 'number', member.objective.span);
      return;
    }
    case 'scaling':
      checkScaling(c, scope, member);
      return;
    case 'section':
      checkReserved(c, member.name);
      checkSection(c, scope, member, uses);
      return;
    case 'table':
      checkReserved(c, member.name);
      return;
    case 'variants':
      return;
    default:
      if (member.kind === 'assign') for (const target of member.targets) checkReserved(c, target);
      checkStatement(c, scope, member);
      collectLabels(c, member, new Map());
  }
}

function checkReserved(c: Checker, { name, span }: Ident): void {
  if (reserved.has(name)) report(c, 'reserved-name', span, { name });
}

/** What a convention lets one override, and of which type. */
export const conventionSettings: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['padding', 'padding'],
  ['epsilon', 'number'],
  ['momentum', 'number'],
  ['count_pad', 'bool'],
]);

function checkConventionArguments(c: Checker, scope: Scope, member: Extract<Member, { kind: 'convention' }>): void {
  for (const arg of member.args) {
    const type = checkExpr(c, scope, arg.value);
    const name = arg.name?.name ?? '';
    const expected = conventionSettings.get(name);
    const names = [...conventionSettings.keys()];
    if (!expected) {
      const span = arg.name?.span ?? arg.span;
      report(c, 'unknown-parameter', span, {
        callee: member.name.name,
        name: name || 'without a name',
        hint: didYouMean(name, names),
      });
    } else expectType(c, type, expected, arg.value.span, `'${name}'`);
  }
}

function checkScaling(c: Checker, scope: Scope, node: Extract<Member, { kind: 'scaling' }>): void {
  for (const entry of node.entries) {
    const { name, span } = entry.name;
    if (name !== '' && !['d', 'w', 'r'].includes(name)) report(c, 'unknown-scaling', span, { name });
    const inner: Scope = { locals: new Map(), parent: scope, inModel: false };
    const number = { kind: 'value' as const, type: 'number' as Type, span, used: true };
    if (node.variable && !entry.parameter) inner.locals.set(node.variable.name, number);
    if (entry.parameter) {
      inner.locals.set(entry.parameter.name, number);
      for (const factor of ['d', 'w', 'r']) inner.locals.set(factor, number);
    }
    expectType(c, checkExpr(c, inner, entry.value), 'number', entry.value.span);
  }
}

function checkSection(c: Checker, scope: Scope, section: SectionNode, uses: TableUse[]): void {
  const { first, tail } = section;
  const labels = new Map<string, Ident>();
  if (section.label) labels.set(section.label.name, section.label);
  collectLabels(c, [section.first, section.tail, section.steps], labels);
  let tensors: number | undefined;
  const base = first.kind === 'name' || first.kind === 'call' ? calleeOf(c, scope, first) : undefined;
  if (tail.condition) expectType(c, checkExpr(c, scope, tail.condition), 'bool', tail.condition.span);
  if (tail.rows) {
    const args = first.kind === 'call' ? first.args : [];
    if (!base && first.kind !== 'name' && first.kind !== 'call') checkExpr(c, scope, first);
    const signature = base ? calleeSignature(c, scope, base.text, base.span, args) : undefined;
    checkStageTable(c, scope, tail.rows, signature, args);
    if (tail.rows.kind === 'name') {
      const byParam = isTableParam(c, scope, tail.rows.text);
      uses.push({ name: tail.rows.text, byParam, base: signature, section });
    }
  } else if (first.kind === 'call' && base) tensors = callSignature(c, scope, first, { tensors: undefined });
  else if (base) calleeSignature(c, scope, base.text, base.span, []);
  else {
    const type = checkHead(c, scope, first, { tensors: undefined });
    tensors = isTensors(type) ? type.tensors : undefined;
  }
  for (const step of section.steps) tensors = checkStep(c, scope, step, tensors);
  bind(c, scope, section.name.name, {
    kind: 'section',
    type: { tensors },
    span: section.name.span,
    used: true,
    ...(tail.rows?.kind === 'rows' && section.steps.length === 0 && { parts: rowNames(tail.rows) }),
    ...modelParts(c, scope, section, base),
  });
}

/** The callee where the first element of a section is a step: a block, an op or an activation, not a value. */
function calleeOf(c: Checker, scope: Scope, first: SectionNode['first']): NameNode | undefined {
  const name = first.kind === 'call' ? first.callee : first.kind === 'name' ? first : undefined;
  if (!name) return undefined;
  const meaning = lookup(c, scope, name.parts[0] ?? '');
  if (!meaning) return first.kind === 'call' ? name : undefined;
  if (meaning.kind === 'local') {
    const { type } = meaning.local;
    return name.parts.length === 1 && (type === 'block' || type === 'activation' || type === 'unknown')
      ? name
      : undefined;
  }
  return meaning.kind === 'op' || meaning.kind === 'declared' || meaning.kind === 'activation' ? name : undefined;
}

/** The names of a table's rows as they stand in paths. */
export function rowNames(rows: RowsNode): Set<string> {
  const column = rows.header.findIndex((h) => h.name === 'name');
  return new Set(
    rows.rows.map((row, i) => {
      const value = row.cells[column]?.values[0];
      return value?.kind === 'name' ? value.text : String(i);
    }),
  );
}

function modelParts(
  c: Checker,
  scope: Scope,
  section: SectionNode,
  base: NameNode | undefined,
): { parts?: Set<string> } {
  if (!base || section.steps.length > 0 || section.tail.rows) return {};
  const meaning = lookup(c, scope, base.text);
  if (meaning?.kind !== 'declared' || meaning.declared.kind !== 'model') return {};
  return {
    parts: new Set(
      (meaning.declared as DeclaredModel).node.members.flatMap((m) => (m.kind === 'section' ? [m.name.name] : [])),
    ),
  };
}

function checkTables(c: Checker, scope: Scope, model: ModelNode, uses: readonly TableUse[]): void {
  for (const member of model.members) {
    if (member.kind !== 'table') continue;
    const use = uses.find((u) => !u.byParam && u.name === member.name.name) ?? uses.find((u) => u.byParam);
    const args = use?.section.first.kind === 'call' ? use.section.first.args : [];
    checkStageRows(c, scope, member.rows, use?.base, args);
  }
}

function checkVariants(c: Checker, scope: Scope, model: ModelNode): void {
  const params = new Map<string, Type>();
  for (const m of model.members) if (m.kind === 'param') params.set(m.name.name, declaredType(m));
  for (const member of model.members) {
    if (member.kind === 'variants') checkVariantRows(c, scope, member.rows, params);
  }
}
