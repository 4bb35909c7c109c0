import type { Arg, ModelNode, NameNode, SectionNode } from '../1-parse/ast.ts';
import { headOf } from '../1-parse/section-head.ts';
import { excerpt } from '../source.ts';
import { checkExpr, checkHead, countOf, expectType } from './check-expr.ts';
import { checkStageRows, checkStageTable } from './check-rows.ts';
import { type Before, calleeSignature, checkSharing, checkStep, firstCallSignature } from './check-step.ts';
import { bind, type Checker, lookup, report } from './checker.ts';
import { addLabel, collectLabels, factsOf, type LabelScope, type Labels } from './labels.ts';
import type { Signature } from './signature.ts';

/** A section that builds a table by its name, with the block before it: the table is checked against that. */
export interface TableUse {
  readonly base: Signature | undefined;
  /** Without those that give tensors. */
  readonly args: readonly Arg[];
}

/** Which sections build which table: by the table's name, and through a parameter of type `table`. */
export interface TableUses {
  readonly byName: Map<string, TableUse>;
  byParam: TableUse | undefined;
}

/** Checks a section and binds its name. @param shared the labels of the model's shared steps */
export function checkSection(
  c: Checker,
  section: SectionNode,
  before: Before | undefined,
  uses: TableUses,
  shared: Labels,
): void {
  const { first, tail, steps, name, share, label } = section;
  const scope: LabelScope = { own: new Map(), shared };
  const facts = factsOf(tail.condition);
  addLabel(c, label, scope, { facts, shared: share !== undefined });
  collectLabels(c, [first, tail.rows], scope, facts);
  collectLabels(c, [tail.condition, steps], scope);
  if (share) checkSharing(c, share, label, excerpt(first.span));
  if (tail.condition) expectType(c, checkExpr(c, tail.condition), 'bool', tail.condition.span);
  const callee = calleeOf(c, section);
  const { args } = headOf(section);
  let tensors: number | undefined;
  if (tail.rows) {
    if (!callee && first.kind !== 'name' && first.kind !== 'call') checkExpr(c, first);
    const base = callee && calleeSignature(c, callee);
    const values = checkStageTable(c, tail.rows, base, args);
    if (tail.rows.kind === 'name') noteUse(c, tail.rows, { base, args: values }, uses);
  } else if (callee && first.kind === 'call') {
    const span = { ...first.span, start: section.label?.span.start ?? first.span.start };
    tensors = firstCallSignature(c, { callee, args, span, conditional: !!tail.condition }, before);
  } else if (callee) calleeSignature(c, callee);
  else {
    if (share) report(c, 'not-callable', first.span, { name: excerpt(first.span), what: 'a value' });
    tensors = countOf(checkHead(c, first));
  }
  for (const step of steps) tensors = checkStep(c, step, tensors);
  bind(c, name, { type: { tensors }, used: true });
}

/** The callee where the first element of a section is a step: a block, an op or an activation, not a value. */
function calleeOf(c: Checker, section: SectionNode): NameNode | undefined {
  const { callee: name } = headOf(section);
  if (!name) return undefined;
  const meaning = lookup(c, name);
  if (!meaning) return section.first.kind === 'call' ? name : undefined;
  if (meaning.kind === 'local') {
    const { type } = meaning.local;
    return name.parts.length === 1 && (type === 'block' || type === 'activation' || type === 'unknown')
      ? name
      : undefined;
  }
  return meaning.kind === 'op' || meaning.kind === 'declared' || meaning.kind === 'activation' ? name : undefined;
}

function noteUse(c: Checker, name: NameNode, use: TableUse, uses: TableUses): void {
  const meaning = lookup(c, name);
  if (meaning?.kind !== 'local' || name.parts.length > 1) return;
  if (meaning.name?.kind === 'parameter') uses.byParam ??= use;
  else if (!uses.byName.has(name.text)) uses.byName.set(name.text, use);
}

/** Checks the tables of a model, each against the block of the section that builds it. */
export function checkTables(c: Checker, model: ModelNode, uses: TableUses): void {
  for (const member of model.members) {
    if (member.kind !== 'table') continue;
    const use = uses.byName.get(member.name.name) ?? uses.byParam;
    checkStageRows(c, member.rows, use?.base, use?.args ?? []);
  }
}
