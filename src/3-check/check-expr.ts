import type { CallNode, ChainNode, ComprehensionNode, ConditionalNode, Expr, NameNode } from '../1-parse/ast.ts';
import { builtinFunctions } from '../2-resolve/builtins.ts';
import { roundFilters } from '../2-resolve/rounding.ts';
import { type Fix, replaceFix } from '../diagnostics/diagnostic.ts';
import type { ActivationName } from '../ops/activations.ts';
import type { Span } from '../source.ts';
import { checkName, checkNumber, checkProperty, quoted } from './check-name.ts';
import { callSignature, checkActivationCall, checkStep } from './check-step.ts';
import { bind, type Checker, lookup, type Meaning, report } from './checker.ts';
import { checkLimits } from './limits.ts';
import { signatureOf } from './signature.ts';
import {
  actsAsTensor,
  commonType,
  describeType,
  holdsTensors,
  isAssignable,
  isListType,
  isTensors,
  listType,
  oneTensor,
  type Type,
} from './types.ts';

/** The position of an expression: choices are allowed only in cells of stage tables. */
export interface ExprPosition {
  readonly cell?: boolean;
  /** In a value of a cell that holds on a condition. */
  readonly conditional?: boolean;
}

const insideOut = ' and in no conditional value; put the condition into its options: {(3 if condition else 5), 7}';

/** Checks an expression and gives its type; `unknown` where something is wrong, so that one mistake is reported once. */
export function checkExpr(c: Checker, expr: Expr, position: ExprPosition = {}): Type {
  if (c.depth === 0) c.tooDeep = false;
  if (c.depth >= checkLimits.depth) {
    if (!c.tooDeep) report(c, 'expression-too-deep', expr.span, { limit: checkLimits.depth });
    c.tooDeep = true;
    return 'unknown';
  }
  c.depth++;
  const type = typeOf(c, expr, position);
  c.depth--;
  return type;
}

function typeOf(c: Checker, expr: Expr, position: ExprPosition): Type {
  switch (expr.kind) {
    case 'number':
      return checkNumber(c, expr);
    case 'bool':
      return expr.kind;
    case 'string':
      report(c, 'string-outside-weights', expr.span, {});
      return 'unknown';
    case 'error':
      return 'unknown';
    case 'name':
      return checkName(c, expr);
    case 'call':
      return checkCall(c, expr, position);
    case 'list':
      return listType(checkSame(c, expr.items, 'an element of this list', position));
    case 'comprehension':
      return checkComprehension(c, expr, position);
    case 'choice':
      if (!position.cell) report(c, 'choice-outside-cell', expr.span, { hint: position.conditional ? insideOut : '' });
      return checkSame(c, expr.options, 'an option of this choice', {});
    case 'unary': {
      const type = expr.operator === 'not' ? 'bool' : 'number';
      expectType(c, checkExpr(c, expr.operand, position), type, expr.operand.span);
      return type;
    }
    case 'binary':
      return checkBinary(c, expr, position);
    case 'conditional':
      expectType(c, checkExpr(c, expr.condition), 'bool', expr.condition.span);
      return checkEither(c, expr, position);
    case 'index': {
      const object = checkExpr(c, expr.object, position);
      expectType(c, checkExpr(c, expr.index, position), 'number', expr.index.span, 'an index');
      if (isListType(object)) return object.list;
      if (isTensors(object)) return oneTensor;
      if (object !== 'unknown') wrongType(c, expr.object.span, 'what is indexed', 'a list', object);
      return 'unknown';
    }
    case 'property': {
      const object = checkExpr(c, expr.object, position);
      return checkProperty(c, object, quoted(expr.object.span), [expr.name.name], expr.name.span);
    }
    case 'chain': {
      reportOpenConditional(c, expr);
      let tensors = countOf(checkHead(c, expr.first));
      for (const step of expr.steps) tensors = checkStep(c, step, tensors);
      return { tensors };
    }
  }
}

/** `a if condition else b -> Step`: parentheses must state whether the step is for both values. */
function reportOpenConditional(c: Checker, { span, first }: ChainNode): void {
  if (first.kind !== 'conditional' || first.span.start !== span.start) return;
  let last: Expr = first;
  while (last.kind === 'conditional') last = last.otherwise;
  const bracketed = (title: string, { start, end }: Span): Fix => {
    const edits = [
      { span: { ...span, start, end: start }, newText: '(' },
      { span: { ...span, start: end, end }, newText: ')' },
    ];
    return { title, edits, safe: false };
  };
  const fixes = [
    bracketed('Apply the steps to both values', first.span),
    bracketed("Apply the steps to the value after 'else'", { ...span, start: last.span.start }),
  ];
  report(c, 'conditional-chain', first.span, {}, { fixes });
}

/** Checks the first element of a chain, which must be a value: a step would lack what it works on. */
export function checkHead(c: Checker, expr: Expr): Type {
  const meaning = expr.kind === 'name' && expr.parts.length === 1 ? lookup(c, expr) : undefined;
  if (meaning && isStep(meaning)) {
    report(c, 'missing-tensor', expr.span, { callee: (expr as NameNode).text, name: firstTensor(meaning) });
    return 'unknown';
  }
  const type = checkExpr(c, expr);
  if (type === 'unknown' || actsAsTensor(type)) return type;
  wrongType(c, expr.span, 'what a chain starts with', 'a tensor', type);
  return 'unknown';
}

function isStep({ kind }: Meaning): boolean {
  return kind === 'op' || kind === 'declared' || kind === 'activation';
}

function firstTensor(meaning: Meaning): string {
  const callee = meaning.kind === 'op' ? meaning.op : meaning.kind === 'declared' ? meaning.declared : undefined;
  return (callee && signatureOf(callee).params.find((p) => p.tensor)?.name) ?? 'x';
}

/** How many tensors a type is, where it can be known. */
export function countOf(type: Type): number | undefined {
  return isTensors(type) ? type.tensors : undefined;
}

/** Reports a value that does not have the type wanted at its place. */
export function expectType(c: Checker, found: Type, expected: Type, span: Span, what?: string): void {
  if (!isAssignable(found, expected)) wrongType(c, span, what ?? quoted(span), describeType(expected), found);
}

/** Reports a written number that must be whole and is not, or a written list that is not `[high, wide]`. */
export function checkWritten(c: Checker, value: Expr, { type, whole }: Wanted, what: string): void {
  const isSize = type === 'size' || type === 'padding';
  if (value.kind === 'conditional') {
    checkWritten(c, value.value, { type, whole }, what);
    checkWritten(c, value.otherwise, { type, whole }, what);
  } else if (isSize && value.kind === 'list') {
    if (value.items.length !== 2) wrongType(c, value.span, what, describeType('size'), listType('number'));
    for (const item of value.items) checkWritten(c, item, { type: 'number', whole: true }, `each number of ${what}`);
  } else if (whole || isSize) checkWhole(c, value, what);
}

/** What is wanted at a place: a type, and whether numbers must be whole. */
interface Wanted {
  readonly type: Type;
  readonly whole: boolean;
}

export function wrongType(c: Checker, span: Span, what: string, expected: string, found: Type): void {
  report(c, 'wrong-type', span, { what, expected, found: describeType(found) });
}

/** Checks values that must have the type of the first one, and returns it. */
function checkSame(c: Checker, values: readonly Expr[], what: string, position: ExprPosition): Type {
  let common: Type = 'unknown';
  for (const value of values) {
    const type = checkExpr(c, value, position);
    if (common === 'unknown') common = type;
    else if (!isAssignable(type, common) && isAssignable(type, 'size') && isAssignable(common, 'size')) common = 'size';
    else if (!isAssignable(type, common)) wrongType(c, value.span, what, describeType(common), type);
  }
  return common;
}

/** The two values of `a if condition else b`, which must fit the same places; and their common type. */
function checkEither(c: Checker, { value, otherwise }: ConditionalNode, { cell, conditional }: ExprPosition): Type {
  const inside = { conditional: cell ?? conditional ?? false };
  const first = checkExpr(c, value, inside);
  const second = checkExpr(c, otherwise, inside);
  const common = commonType(first, second);
  if (common) return common;
  wrongType(
    c,
    otherwise.span,
    `${quoted(otherwise.span)}, in place of ${quoted(value.span)},`,
    describeType(first),
    second,
  );
  return 'unknown';
}

/** Reports a written number that is not whole. */
export function checkWhole(c: Checker, value: Expr, what: string): void {
  if (value.kind === 'number' && !Number.isInteger(value.value)) {
    report(c, 'not-whole', value.span, { what, value: value.value });
  }
}

function checkComprehension(c: Checker, expr: ComprehensionNode, position: ExprPosition): Type {
  const { names, sources } = expr;
  if (names.length !== sources.length) {
    report(c, 'tuple-size', expr.span, { names: names.length, values: sources.length });
  }
  const types = sources.map((source) => {
    const type = checkExpr(c, source, position);
    if (isListType(type)) return type.list;
    if (isTensors(type)) return oneTensor;
    if (type === 'number') {
      checkWhole(c, source, 'the number that a comprehension counts to');
      return 'number';
    }
    if (type !== 'unknown') wrongType(c, source.span, 'what a comprehension runs over', 'a list or a number', type);
    return 'unknown';
  });
  for (const [i, name] of names.entries()) bind(c, name, { type: types[i] ?? 'unknown', used: true });
  return listType(checkExpr(c, expr.item, position));
}

function checkCall(c: Checker, call: CallNode, position: ExprPosition): Type {
  const { callee, args } = call;
  const name = callee.text;
  const meaning = name.includes('.') ? undefined : lookup(c, callee);
  if (meaning?.kind === 'function' || meaning?.kind === 'scaling') return checkFunction(c, call, meaning, position);
  if (meaning?.kind === 'activation') return checkActivationCall(c, call, name as ActivationName);
  if (meaning?.kind === 'local' && !isCallable(meaning.local.type)) {
    meaning.local.used = true;
    report(c, 'not-a-function', callee.span, { name, what: describeType(meaning.local.type) });
    for (const arg of args) checkExpr(c, arg.value, position);
    return 'unknown';
  }
  return { tensors: callSignature(c, call) };
}

function isCallable(type: Type): boolean {
  return type === 'block' || type === 'activation' || type === 'unknown';
}

/** A function of the language: `round(x, 8)`, `len(layers)`, and in models `d(n)`, `w(n)`, `r(n)`. */
function checkFunction(c: Checker, call: CallNode, { kind }: Meaning, position: ExprPosition): Type {
  const { callee, args } = call;
  const name = callee.text;
  if (kind === 'scaling' && !c.scaling) {
    report(c, 'scaling-outside-model', callee.span, { name });
    return 'unknown';
  }
  const { min, max, takes } = builtinFunctions.get(name) ?? scalingCall;
  if (args.length < min || args.length > max) {
    const number = min === max ? `${min} argument${min === 1 ? '' : 's'}` : `${min} to ${max} arguments`;
    report(c, 'wrong-argument-count', call.span, { name, takes: number, given: args.length });
  }
  for (const arg of args) {
    const type = checkExpr(c, arg.value, position);
    if (arg.name) report(c, 'unknown-parameter', arg.name.span, { callee: name, name: arg.name.name, hint: '' });
    else if (takes === 'numbers') expectType(c, type, 'number', arg.value.span, `an argument of '${name}'`);
    else if (type !== 'unknown' && !isListType(type) && !isTensors(type)) {
      wrongType(c, arg.value.span, `the argument of '${name}'`, 'a list', type);
    }
  }
  if (name === 'w' && !c.scaling?.ownWidths) checkRounded(c, call);
  return 'number';
}

/** `d(n)`, `w(n)`, `r(n)` take a number. */
const scalingCall = { takes: 'numbers', min: 1, max: 1 };

/** `w(116)` is 120 at width 1: the written number never appears. */
function checkRounded(c: Checker, call: CallNode): void {
  const value = call.args[0]?.value;
  if (value?.kind !== 'number' || !Number.isFinite(value.value)) return;
  const rounded = roundFilters(value.value, 8);
  if (rounded === value.value) return;
  const fixes = [replaceFix(`Write ${rounded}`, value.span, String(rounded))];
  report(c, 'rounded-filters', call.span, { written: value.value, rounded }, { fixes });
}

const comparisons = new Set(['<', '<=', '>', '>=']);

function checkBinary(c: Checker, expr: Extract<Expr, { kind: 'binary' }>, position: ExprPosition): Type {
  const left = checkExpr(c, expr.left, position);
  const right = checkExpr(c, expr.right, position);
  const { operator } = expr;
  if (operator === '==' || operator === '!=') {
    if (holdsTensors(left) || holdsTensors(right)) {
      const span = holdsTensors(left) ? expr.left.span : expr.right.span;
      report(c, 'wrong-type', span, {
        what: 'what is compared',
        expected: 'a number, a bool or a word',
        found: 'a tensor',
      });
    } else if (!isAssignable(left, right) && !isAssignable(right, left)) {
      wrongType(c, expr.right.span, 'what is compared', describeType(left), right);
    }
    return 'bool';
  }
  const operands: Type = operator === 'and' || operator === 'or' ? 'bool' : 'number';
  expectType(c, left, operands, expr.left.span);
  expectType(c, right, operands, expr.right.span);
  return operands === 'bool' || comparisons.has(operator) ? 'bool' : 'number';
}
