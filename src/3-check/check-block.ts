import type { AssignNode, BlockNode, Expr, Ident, ParamNode, ReturnNode, Statement, StepNode } from '../1-parse/ast.ts';
import { replaceFix } from '../diagnostics/diagnostic.ts';
import { didYouMean, nearestNames } from '../diagnostics/nearest.ts';
import { checkExpr, checkHead, expectType } from './check-expr.ts';
import { bind, type Checker, report, type Scope } from './scope.ts';
import { actsAsTensor, declaredType, describeType, isTensors, type Type, typeNames } from './types.ts';

/** Checks a block: its parameters, its statements in order, its labels and what it returns. */
export function checkBlock(c: Checker, block: BlockNode): void {
  const scope: Scope = { locals: new Map(), inModel: false };
  for (const param of block.params) checkParam(c, scope, param);
  const labels = new Map<string, Ident>();
  let returned: ReturnNode | undefined;
  for (const statement of block.body) {
    if (returned) report(c, 'return-not-last', returned.span, {});
    returned = statement.kind === 'return' ? statement : undefined;
    checkStatement(c, scope, statement);
    collectLabels(c, statement, labels);
    if (statement.kind === 'return') {
      for (const { label } of statement.outputs) if (label) report(c, 'named-block-output', label.span, {});
    }
  }
  if (!block.body.some((s) => s.kind === 'return'))
    report(c, 'return-missing', block.name.span, { name: block.name.name });
  reportUnused(c, scope);
}

/** Checks a parameter and binds its name; its default sees the parameters before it. */
export function checkParam(c: Checker, scope: Scope, param: ParamNode): void {
  const { type } = param;
  if (type && !(typeNames as readonly string[]).includes(type.name)) {
    const fixes = nearestNames(type.name, typeNames).map((n) =>
      replaceFix(`Write '${n}'`, type.span, type.list ? `${n}[]` : n),
    );
    report(c, 'unknown-type', type.span, { name: type.name, hint: didYouMean(type.name, typeNames) }, { fixes });
  }
  const declared = declaredType(param);
  if (param.default) {
    const found = checkExpr(c, scope, param.default);
    expectType(c, found, declared, param.default.span, `the default of '${param.name.name}'`);
    if (type?.name === 'int' && param.default.kind === 'number' && !Number.isInteger(param.default.value)) {
      report(c, 'not-whole', param.default.span, {
        what: `the default of '${param.name.name}'`,
        value: param.default.value,
      });
    }
  }
  bind(c, scope, param.name.name, { kind: 'parameter', type: declared, span: param.name.span, used: false });
}

export function checkStatement(c: Checker, scope: Scope, statement: Statement): void {
  if (statement.kind === 'require') {
    expectType(c, checkExpr(c, scope, statement.condition), 'bool', statement.condition.span);
  } else if (statement.kind === 'assign') checkAssign(c, scope, statement);
  else {
    for (const { value } of statement.outputs) {
      const type = value.kind === 'name' ? checkHead(c, scope, value, undefined) : checkExpr(c, scope, value);
      if (type !== 'unknown' && !actsAsTensor(type)) {
        report(c, 'wrong-type', value.span, {
          what: 'what is returned',
          expected: 'a tensor',
          found: describeType(type),
        });
      }
    }
  }
}

function checkAssign(c: Checker, scope: Scope, { targets, value }: AssignNode): void {
  const type = checkExpr(c, scope, value);
  if (targets.length === 1) {
    const [target] = targets;
    if (target) bind(c, scope, target.name, { kind: 'value', type, span: target.span, used: false });
    return;
  }
  const known = isTensors(type) ? type.tensors : undefined;
  if (known !== undefined && known !== targets.length) {
    report(c, 'tuple-size', value.span, { names: targets.length, values: known });
  } else if (type !== 'unknown' && typeof type !== 'object') {
    report(c, 'tuple-size', value.span, { names: targets.length, values: 1 });
  }
  const item: Type =
    typeof type === 'object' && 'list' in type ? type.list : isTensors(type) ? { tensors: 1 } : 'unknown';
  for (const target of targets) {
    bind(c, scope, target.name, { kind: 'value', type: item, span: target.span, used: false });
  }
}

/** Labels of a statement, through all chains in it; each stands once in a block or section. */
export function collectLabels(c: Checker, node: unknown, labels: Map<string, Ident>): void {
  if (Array.isArray(node)) {
    for (const item of node) collectLabels(c, item, labels);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const step = node as StepNode | Expr;
  if (step.kind === 'step' && step.label) {
    const { name, span } = step.label;
    const other = labels.get(name);
    if (other) {
      const related = [{ span: other.span, message: `the first '${name}'` }];
      report(c, 'duplicate-label', span, { name }, { related });
    } else labels.set(name, step.label);
  }
  for (const key in node) if (key !== 'span') collectLabels(c, (node as Record<string, unknown>)[key], labels);
}

/** Warns of what is bound and never read. */
export function reportUnused(c: Checker, scope: Scope): void {
  for (const [name, local] of scope.locals) {
    if (local.used || name.startsWith('_')) continue;
    if (local.kind === 'parameter') report(c, 'unused-parameter', local.span, { name });
    else if (local.kind === 'value') report(c, 'unused-value', local.span, { name });
  }
}
