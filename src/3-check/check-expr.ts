import type { CallNode, Expr, NameNode } from '../1-parse/ast.ts';
import { builtinFunctions } from '../2-resolve/builtins.ts';
import { roundFilters } from '../2-resolve/rounding.ts';
import { replaceFix } from '../diagnostics/diagnostic.ts';
import { didYouMean, nearestNames } from '../diagnostics/nearest.ts';
import { type Span, spanText } from '../source.ts';
import { callSignature, checkStep } from './check-step.ts';
import { type Checker, lookup, type Meaning, report, type Scope, visibleNames } from './scope.ts';
import { actsAsTensor, describeType, isAssignable, isTensors, oneTensor, type Type } from './types.ts';

/** Where an expression stands: choices only in cells, strings only in weight maps. */
export interface Place {
  readonly cell?: boolean;
}

/** Checks an expression and gives its type; `unknown` where something is wrong, so that one mistake is said once. */
export function checkExpr(c: Checker, scope: Scope, expr: Expr, place: Place = {}): Type {
  switch (expr.kind) {
    case 'number':
      return 'number';
    case 'bool':
      return 'bool';
    case 'string':
      report(c, 'string-outside-weights', expr.span, {});
      return 'unknown';
    case 'error':
      return 'unknown';
    case 'name':
      return checkName(c, scope, expr);
    case 'call':
      return checkCall(c, scope, expr, place);
    case 'list': {
      const types = expr.items.map((item) => checkExpr(c, scope, item, place));
      return { list: types.find((t) => t !== 'unknown') ?? 'unknown' };
    }
    case 'comprehension': {
      const inner: Scope = { locals: new Map(), parent: scope, inModel: scope.inModel };
      if (expr.names.length !== expr.sources.length) {
        report(c, 'tuple-size', expr.span, { names: expr.names.length, values: expr.sources.length });
      }
      expr.names.forEach((name, i) => {
        const source = expr.sources[i];
        const type = source ? checkExpr(c, scope, source, place) : 'unknown';
        const item = typeof type === 'object' && 'list' in type ? type.list : isTensors(type) ? oneTensor : 'unknown';
        if (source && item === 'unknown' && type !== 'unknown' && !(typeof type === 'object')) {
          report(c, 'wrong-type', source.span, {
            what: 'what a comprehension runs over',
            expected: 'a list',
            found: describeType(type),
          });
        }
        if (name.name !== '_') inner.locals.set(name.name, { kind: 'value', type: item, span: name.span, used: true });
      });
      return { list: checkExpr(c, inner, expr.item, place) };
    }
    case 'choice': {
      if (!place.cell) report(c, 'choice-outside-cell', expr.span, {});
      const types = expr.options.map((option) => checkExpr(c, scope, option, {}));
      return types.find((t) => t !== 'unknown') ?? 'unknown';
    }
    case 'unary':
      expectType(
        c,
        checkExpr(c, scope, expr.operand, place),
        expr.operator === 'not' ? 'bool' : 'number',
        expr.operand.span,
      );
      return expr.operator === 'not' ? 'bool' : 'number';
    case 'binary':
      return checkBinary(c, scope, expr, place);
    case 'index': {
      const object = checkExpr(c, scope, expr.object, place);
      expectType(c, checkExpr(c, scope, expr.index, place), 'number', expr.index.span, 'an index');
      if (typeof object === 'object') return 'list' in object ? object.list : oneTensor;
      if (object !== 'unknown') {
        report(c, 'wrong-type', expr.object.span, {
          what: 'what is indexed',
          expected: 'a list',
          found: describeType(object),
        });
      }
      return 'unknown';
    }
    case 'property': {
      const object = checkExpr(c, scope, expr.object, place);
      return tensorProperty(c, object, spanText(expr.object.span), [expr.name.name], expr.name.span);
    }
    case 'chain': {
      let tensors = countOf(checkHead(c, scope, expr.first, undefined));
      for (const step of expr.steps) tensors = checkStep(c, scope, step, tensors);
      return { tensors };
    }
  }
}

/**
 * The first element of a chain: a value, or, where something comes before (a section, rows), a step without an arrow.
 * @param chained how many tensors come before; undefined where none can
 */
export function checkHead(
  c: Checker,
  scope: Scope,
  expr: Expr,
  chained: { tensors: number | undefined } | undefined,
): Type {
  const meaning = expr.kind === 'name' ? lookup(c, scope, expr.text) : undefined;
  if (meaning && !chained && (meaning.kind === 'op' || meaning.kind === 'declared' || meaning.kind === 'activation')) {
    report(c, 'missing-tensor', expr.span, { callee: (expr as NameNode).text, name: 'x' });
    return 'unknown';
  }
  const type = checkExpr(c, scope, expr);
  if (type === 'unknown' || actsAsTensor(type)) return type;
  report(c, 'wrong-type', expr.span, {
    what: 'what a chain starts with',
    expected: 'a tensor',
    found: describeType(type),
  });
  return 'unknown';
}

/** How many tensors a type is, where it can be known. */
export function countOf(type: Type): number | undefined {
  return isTensors(type) ? type.tensors : undefined;
}

export function expectType(
  c: Checker,
  found: Type,
  expected: Type,
  span: Span,
  what = `'${cut(spanText(span))}'`,
): void {
  if (isAssignable(found, expected)) return;
  report(c, 'wrong-type', span, { what, expected: describeType(expected), found: describeType(found) });
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 37)}...` : line;
}

function checkName(c: Checker, scope: Scope, name: NameNode): Type {
  const [head = '', ...rest] = name.parts;
  if (head === '') return 'unknown';
  const meaning = lookup(c, scope, head);
  if (!meaning || (meaning.kind === 'scaling' && !scope.inModel)) {
    unknownName(c, scope, head, name.span);
    return 'unknown';
  }
  if (meaning.kind === 'local') {
    const { local } = meaning;
    local.used = true;
    if (rest.length === 0) return local.type;
    if (local.kind === 'section') return checkPath(c, local, head, rest, name.span);
    return tensorProperty(c, local.type, head, rest, name.span);
  }
  if (rest.length > 0) {
    report(c, 'unknown-property', name.span, { name: rest.join('.'), of: describe(head, meaning), hint: '' });
    return 'unknown';
  }
  switch (meaning.kind) {
    case 'activation':
      return 'activation';
    case 'padding':
      return 'padding';
    case 'op':
    case 'declared':
      return 'block';
    default: {
      const expected = 'a value';
      report(c, 'wrong-type', name.span, {
        what: `'${head}'`,
        expected,
        found: 'a function; call it with parentheses',
      });
      return 'unknown';
    }
  }
}

function checkPath(
  c: Checker,
  section: { parts?: ReadonlySet<string>; type: Type },
  head: string,
  rest: readonly string[],
  span: Span,
): Type {
  const [part = ''] = rest;
  const last = rest.at(-1) as string;
  const isProperty = ['channels', 'height', 'width'].includes(last);
  if (section.parts && !section.parts.has(part) && !(isProperty && rest.length === 1)) {
    const of = `the section '${head}'`;
    report(c, 'unknown-property', span, { name: part, of, hint: didYouMean(part, section.parts) });
    return 'unknown';
  }
  return isProperty ? 'number' : { tensors: undefined };
}

function tensorProperty(c: Checker, type: Type, of: string, rest: readonly string[], span: Span): Type {
  if (type === 'unknown') return 'unknown';
  const known = ['channels', 'height', 'width'];
  const [property = ''] = rest;
  if (isTensors(type) && rest.length === 1 && known.includes(property)) return 'number';
  const what = isTensors(type) ? `the tensor '${cut(of)}'` : `'${cut(of)}', ${describeType(type)},`;
  const hint = isTensors(type) ? didYouMean(property, known) : '';
  const fixes = isTensors(type)
    ? nearestNames(property, known).map((n) =>
        replaceFix(`Rename to '${n}'`, { ...span, start: span.end - property.length }, n),
      )
    : [];
  report(c, 'unknown-property', span, { name: rest.join('.'), of: what, hint }, { fixes });
  return 'unknown';
}

function describe(name: string, meaning: Meaning): string {
  switch (meaning.kind) {
    case 'local':
      return `'${name}', ${describeType(meaning.local.type)},`;
    case 'declared':
      return `the ${meaning.declared.kind} '${name}'`;
    case 'op':
      return `the op '${name}'`;
    case 'function':
    case 'scaling':
      return `the function '${name}'`;
    default:
      return `the ${meaning.kind} '${name}'`;
  }
}

/** Names that other frameworks use, and what they are called here. */
const elsewhere: Readonly<Record<string, string>> = {
  swish: 'silu',
  hswish: 'hardswish',
  hsigmoid: 'hardsigmoid',
  hard_swish: 'hardswish',
  hard_sigmoid: 'hardsigmoid',
  Conv2d: 'Conv',
  Conv2D: 'Conv',
  BatchNorm2d: 'BatchNorm',
  BatchNormalization: 'BatchNorm',
  ReLU: 'relu',
  ReLU6: 'relu6',
  SiLU: 'silu',
  Dense: 'Linear',
  MaxPool2d: 'MaxPool',
  AvgPool2d: 'AvgPool',
  AdaptiveAvgPool2d: 'GlobalAvgPool',
  GlobalAveragePooling2D: 'GlobalAvgPool',
};

export function unknownName(c: Checker, scope: Scope, name: string, span: Span): void {
  const known = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
  const candidates = visibleNames(c, scope);
  const best = known ?? nearestNames(name, candidates)[0];
  const at = { ...span, end: span.start + name.length };
  const fixes = best ? [replaceFix(`Rename to '${best}'`, at, best)] : [];
  report(c, 'unknown-name', at, { name, hint: best ? `; did you mean '${best}'?` : '' }, { fixes });
}

function checkCall(c: Checker, scope: Scope, call: CallNode, place: Place): Type {
  const { callee, args } = call;
  const name = callee.text;
  const meaning = name.includes('.') ? undefined : lookup(c, scope, name);
  if (meaning?.kind === 'function' || meaning?.kind === 'scaling') {
    if (meaning.kind === 'scaling' && !scope.inModel) {
      report(c, 'scaling-outside-model', callee.span, { name });
      return 'unknown';
    }
    const arity = builtinFunctions.get(name) ?? { min: 1, max: 1 };
    if (args.length < arity.min || args.length > arity.max) {
      const takes =
        arity.min === arity.max
          ? `${arity.min} argument${arity.min === 1 ? '' : 's'}`
          : `${arity.min} to ${arity.max} arguments`;
      report(c, 'wrong-argument-count', call.span, { name, takes, given: args.length });
    }
    for (const arg of args) {
      if (arg.name) report(c, 'unknown-parameter', arg.name.span, { callee: name, name: arg.name.name, hint: '' });
      expectType(c, checkExpr(c, scope, arg.value, place), 'number', arg.value.span, `an argument of '${name}'`);
    }
    if (name === 'w') checkRounded(c, scope, call);
    return 'number';
  }
  if (
    meaning?.kind === 'local' &&
    meaning.local.type !== 'block' &&
    meaning.local.type !== 'unknown' &&
    meaning.local.type !== 'activation'
  ) {
    meaning.local.used = true;
    report(c, 'not-a-function', callee.span, { name, what: describeType(meaning.local.type) });
    for (const arg of args) checkExpr(c, scope, arg.value, place);
    return 'unknown';
  }
  return { tensors: callSignature(c, scope, call, undefined) };
}

/** `w(116)` is 120 at width 1: the written number never appears. */
function checkRounded(c: Checker, scope: Scope, call: CallNode): void {
  const value = call.args[0]?.value;
  if (value?.kind !== 'number' || hasOwnRounding(c, scope)) return;
  const rounded = roundFilters(value.value, 8);
  if (rounded === value.value) return;
  const fixes = [replaceFix(`Write ${rounded}`, value.span, String(rounded))];
  report(c, 'rounded-filters', call.span, { written: value.value, rounded }, { fixes });
}

function hasOwnRounding(c: Checker, scope: Scope): boolean {
  void scope;
  return c.module.ast.declarations.some(
    (d) =>
      d.kind === 'model' &&
      d.members.some((m) => m.kind === 'scaling' && m.entries.some((e) => e.name.name === 'w' && e.parameter)),
  );
}

const comparisons = new Set(['<', '<=', '>', '>=']);

function checkBinary(c: Checker, scope: Scope, expr: Extract<Expr, { kind: 'binary' }>, place: Place): Type {
  const left = checkExpr(c, scope, expr.left, place);
  const right = checkExpr(c, scope, expr.right, place);
  const { operator } = expr;
  if (operator === '==' || operator === '!=') {
    if (!isAssignable(left, right) && !isAssignable(right, left)) {
      const found = describeType(right);
      report(c, 'wrong-type', expr.right.span, { what: 'what is compared', expected: describeType(left), found });
    } else if (actsAsTensor(left)) {
      report(c, 'wrong-type', expr.span, {
        what: 'what is compared',
        expected: 'a number, a bool or a word',
        found: 'a tensor',
      });
    }
    return 'bool';
  }
  const operands: Type = operator === 'and' || operator === 'or' ? 'bool' : 'number';
  expectType(c, left, operands, expr.left.span);
  expectType(c, right, operands, expr.right.span);
  return operands === 'bool' || comparisons.has(operator) ? 'bool' : 'number';
}
