import type { AssignNode, BlockNode, Expr, ParamNode, Statement, TypeNode } from '../1-parse/ast.ts';
import type { Fix } from '../diagnostics/diagnostic.ts';
import { nearestNames } from '../diagnostics/nearest.ts';
import { checkChoiceNames } from './check-choices.ts';
import { checkExpr, checkHead, checkWritten, countOf, expectType, wrongType } from './check-expr.ts';
import { bind, type Checker, report, suggestion } from './checker.ts';
import { collectLabels, type LabelScope, type Labels, reportSharedOnce } from './labels.ts';
import {
  actsAsTensor,
  declaredType,
  isListType,
  isTensors,
  oneTensor,
  type Type,
  takesTensors,
  typeNames,
} from './types.ts';

/** Checks a block: its parameters, its statements in order, its labels and what it returns. */
export function checkBlock(c: Checker, block: BlockNode): void {
  for (const param of block.params) checkParam(c, param);
  const labels: Labels = new Map();
  const scope: LabelScope = { own: labels, shared: labels };
  block.body.forEach((statement, i) => {
    if (statement.kind === 'return') {
      if (i < block.body.length - 1) report(c, 'return-not-last', statement.span, {});
      for (const { label } of statement.outputs) if (label) report(c, 'named-block-output', label.span, {});
    }
    checkStatement(c, statement);
    collectLabels(c, statement, scope);
  });
  if (!block.body.some((s) => s.kind === 'return')) {
    report(c, 'return-missing', block.name.span, { name: block.name.name });
  }
  reportSharedOnce(c, labels);
  checkChoiceNames(c);
  reportUnused(c);
}

/** Checks a parameter and binds its name; its default sees the parameters before it. */
export function checkParam(c: Checker, param: ParamNode): void {
  const { type, name } = param;
  if (type && !(typeNames as readonly string[]).includes(type.name)) {
    const at = { ...type.span, end: type.span.start + type.name.length };
    const { hint, fixes } = suggestion(nearestNames(type.name, typeNames)[0] ?? typesElsewhere.get(type.name), at);
    report(c, 'unknown-type', at, { name: type.name, hint }, { fixes });
  }
  if (type?.name === 'tensor') checkTensorType(c, param, type);
  const declared = declaredType(param);
  const { default: value } = param;
  if (value) {
    const what = `the default of '${name.name}'`;
    expectType(c, checkExpr(c, value), declared, value.span, what);
    checkWritten(c, value, { type: declared, whole: type?.name === 'int' }, what);
  }
  bind(c, name, { type: declared, used: false });
}

/** One tensor needs no type, and only a block's last tensor parameter may have the type for any number of them. */
function checkTensorType(c: Checker, { name }: ParamNode, type: TypeNode): void {
  if (!type.list) {
    const at = { ...type.span, start: name.span.end };
    const fix: Fix = { title: 'Leave the type out', edits: [{ span: at, newText: '' }], safe: true };
    report(c, 'tensor-type', type.span, { name: name.name }, { fixes: [fix] });
    return;
  }
  const owner = c.declaration;
  if (owner?.kind !== 'block') {
    report(c, 'tensor-list-place', type.span, { name: name.name });
    return;
  }
  const tensors = owner.params.filter(takesTensors);
  if (tensors.at(-1)?.name !== name) report(c, 'tensor-list-place', type.span, { name: name.name });
}

/** What other languages call a type. */
const typesElsewhere: ReadonlyMap<string, string> = new Map([
  ['float', 'real'],
  ['double', 'real'],
  ['number', 'real'],
  ['integer', 'int'],
  ['boolean', 'bool'],
  ['act', 'activation'],
  ['pad', 'padding'],
]);

export function checkStatement(c: Checker, statement: Statement): void {
  if (statement.kind === 'require') {
    expectType(c, checkExpr(c, statement.condition), 'bool', statement.condition.span);
  } else if (statement.kind === 'assign') checkAssign(c, statement);
  else {
    for (const { value } of statement.outputs) checkOutput(c, value);
  }
}

/** Checks what a block or a model gives out: tensors. */
export function checkOutput(c: Checker, value: Expr): void {
  if (value.kind === 'name') checkHead(c, value);
  else {
    const type = checkExpr(c, value);
    if (type !== 'unknown' && !actsAsTensor(type)) wrongType(c, value.span, 'what is returned', 'a tensor', type);
  }
}

function checkAssign(c: Checker, { targets, value }: AssignNode): void {
  const [target] = targets;
  c.isAssigned = targets.length === 1;
  const type = checkExpr(c, value);
  c.isAssigned = false;
  if (targets.length === 1 && target) {
    bind(c, target, { type, used: false });
    return;
  }
  const known = typeof type === 'object' ? countOf(type) : type === 'unknown' ? undefined : 1;
  if (known !== undefined && known !== targets.length) {
    report(c, 'tuple-size', value.span, { names: targets.length, values: known });
  }
  const item: Type = isListType(type) ? type.list : isTensors(type) ? oneTensor : 'unknown';
  for (const name of targets) bind(c, name, { type: item, used: false });
}

/** Warns of what is bound and never read. */
export function reportUnused(c: Checker): void {
  for (const [{ kind, ident }, { used }] of c.locals) {
    const { name, span } = ident;
    if (used || name.startsWith('_')) continue;
    if (kind === 'parameter') report(c, 'unused-parameter', span, { name });
    else if (kind === 'value' || kind === 'table') report(c, 'unused-value', span, { name });
  }
}
