import type { BinaryOperator, CallNode, ChoiceNode, Expr, NameNode } from '../1-parse/ast.ts';
import { activations, builtinOps, paddings, scalingFunctions } from '../2-resolve/builtins.ts';
import { signatureOf } from '../3-check/signature.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { type Span, spanText } from '../source.ts';
import { applyScaling, type FactorName } from './apply-scaling.ts';
import { type Env, innerEnv, lookupVar } from './env.ts';
import { type Evaluation, fail } from './evaluation.ts';
import { buildLimits } from './limits.ts';
import { roundFilters, roundTo } from '../2-resolve/rounding.ts';
import {
  type ActivationValue,
  describeValue,
  isList,
  type PaddingValue,
  sameValue,
  tensorsOf,
  type Value,
  valueText,
} from './values.ts';

/** Evaluates an expression. Ends for any input: steps are counted. What is wrong ends the build with a diagnostic. */
export function evaluate(ev: Evaluation, env: Env, expr: Expr): Value {
  if (--ev.fuel < 0) fail('too-much-work', expr.span, {});
  switch (expr.kind) {
    case 'number':
      return expr.value;
    case 'bool':
      return expr.value;
    case 'name':
      return evaluateName(ev, env, expr);
    case 'call':
      return evaluateCall(ev, env, expr);
    case 'chain':
      return ev.chain(expr, env);
    case 'list':
      return expr.items.map((item) => evaluate(ev, env, item));
    case 'comprehension': {
      const sources = expr.sources.map((s) => listOf(evaluate(ev, env, s), s.span));
      const length = sources[0]?.length ?? 0;
      const uneven = sources.find((s) => s.length !== length);
      if (uneven) fail('tuple-size', expr.span, { names: length, values: uneven.length });
      return Array.from({ length }, (_, i) => {
        const vars = expr.names.map((name, k) => [name.name, { value: sources[k]?.[i] as Value }] as const);
        return evaluate(ev, innerEnv(env, vars, `.${i}`), expr.item);
      });
    }
    case 'choice':
      return evaluateChoice(ev, env, expr);
    case 'unary':
      if (expr.operator === 'not') return !boolean(evaluate(ev, env, expr.operand), expr.operand.span);
      return -evaluateNumber(ev, env, expr.operand);
    case 'binary':
      return evaluateBinary(ev, env, expr.operator, expr.left, expr.right, expr.span);
    case 'index': {
      const object = evaluate(ev, env, expr.object);
      const list = tensorsOf(object) ?? listOf(object, expr.object.span);
      const index = evaluateNumber(ev, env, expr.index);
      const item = list[index];
      if (item === undefined) fail('index-range', expr.index.span, { index, length: list.length });
      return item;
    }
    case 'property':
      return property(evaluate(ev, env, expr.object), [expr.name.name], expr.span);
    case 'string':
      return fail('string-outside-weights', expr.span, {});
    case 'error':
      return fail('syntax', expr.span, { expected: 'a value', found: `'${spanText(expr.span)}'` });
  }
}

/** Evaluates what must be a finite number. */
export function evaluateNumber(ev: Evaluation, env: Env, expr: Expr): number {
  return number(evaluate(ev, env, expr), expr.span);
}

function number(value: Value, span: Span): number {
  if (typeof value === 'number') return value;
  return fail('wrong-type', span, { what: `'${spanText(span)}'`, expected: 'a number', found: describeValue(value) });
}

function boolean(value: Value, span: Span): boolean {
  if (typeof value === 'boolean') return value;
  return fail('wrong-type', span, { what: `'${spanText(span)}'`, expected: 'a bool', found: describeValue(value) });
}

/** Evaluates a condition. */
export function evaluateBool(ev: Evaluation, env: Env, expr: Expr): boolean {
  return boolean(evaluate(ev, env, expr), expr.span);
}

function listOf(value: Value, span: Span): readonly Value[] {
  const list = typeof value === 'object' && isList(value) ? value : tensorsOf(value);
  if (!list)
    return fail('wrong-type', span, { what: `'${spanText(span)}'`, expected: 'a list', found: describeValue(value) });
  if (list.length > buildLimits.list)
    fail('network-too-large', span, { what: 'elements in a list', limit: buildLimits.list });
  return list;
}

function evaluateName(ev: Evaluation, env: Env, name: NameNode): Value {
  const [head = '', ...rest] = name.parts;
  const binding = lookupVar(env, head);
  if (binding) {
    if (binding.traces) ev.traces.push(...binding.traces);
    return rest.length === 0 ? binding.value : property(binding.value, rest, name.span);
  }
  const value = globalValue(env, head);
  if (value === undefined) {
    const names = [...env.module.scope.keys(), ...envNames(env), ...activations, ...builtinOps.keys()];
    return fail('unknown-name', name.span, { name: head, hint: didYouMean(head, names) });
  }
  return rest.length === 0 ? value : property(value, rest, name.span);
}

function envNames(env: Env): string[] {
  const names: string[] = [];
  for (let e: Env | undefined = env; e; e = e.parent) names.push(...e.vars.keys());
  return names;
}

const activationValues = new Map<string, ActivationValue>(
  [...activations].map((name) => [name, { kind: 'activation', name: name as ActivationValue['name'] }]),
);

/** A block, an op or a word of the language. */
export function globalValue(env: Env, name: string): Value | undefined {
  const declared = env.module.scope.get(name);
  if (declared) return { kind: 'block', signature: signatureOf(declared) };
  const op = builtinOps.get(name);
  if (op) return { kind: 'block', signature: signatureOf(op) };
  if (paddings.has(name)) return { kind: 'padding', name: name as PaddingValue['name'] };
  return activationValues.get(name);
}

function property(value: Value, rest: readonly string[], span: Span): Value {
  let current = value;
  for (const [i, part] of rest.entries()) {
    if (typeof current === 'object' && !isList(current) && current.kind === 'section') {
      const inner: Value | undefined = current.parts.get(part);
      if (inner) {
        current = inner;
        continue;
      }
      if (!['channels', 'height', 'width'].includes(part) || current.tensors.length !== 1) {
        const of = `'${spanText(span)
          .split('.')
          .slice(0, i + 1)
          .join('.')}'`;
        return fail('unknown-property', span, { name: part, of, hint: didYouMean(part, current.parts.keys()) });
      }
      current = current.tensors[0] as Value;
    }
    if (typeof current === 'object' && !isList(current) && current.kind === 'tensor') {
      const axis = part === 'channels' ? 0 : part === 'height' ? 1 : part === 'width' ? 2 : undefined;
      if (axis !== undefined) {
        const size: number | undefined = current.shape[axis];
        if (size === undefined) return fail('needs-space', span, { op: part, shape: `[${current.shape.join(', ')}]` });
        current = size;
        continue;
      }
    }
    return fail('unknown-property', span, { name: part, of: describeValue(current), hint: '' });
  }
  return current;
}

function evaluateCall(ev: Evaluation, env: Env, call: CallNode): Value {
  const name = call.callee.text;
  if (lookupVar(env, name) || env.module.scope.has(name)) return ev.call(call, env);
  const args = () => call.args.map((arg) => evaluateNumber(ev, env, arg.value));
  if (scalingFunctions.has(name)) {
    const [n = Number.NaN] = args();
    if (!env.scale) return fail('scaling-outside-model', call.callee.span, { name });
    return finite(applyScaling(ev, env, env.scale, name as FactorName, n, call.span), call.span);
  }
  const evaluateFunction = functions[name];
  if (!evaluateFunction) return ev.call(call, env);
  const values = args();
  const result = finite(evaluateFunction(values), call.span);
  if (name.startsWith('round') && result !== values[0]) {
    ev.traces.push({
      span: call.span,
      rule: name,
      argument: values[0] as number,
      result,
      text: roundText(name, values, result),
    });
  }
  return result;
}

const functions: Readonly<Record<string, (args: number[]) => number>> = {
  round: ([x = Number.NaN, m = 1]) => roundTo(x, m),
  round_filters: ([x = Number.NaN, m = 8]) => roundFilters(x, m),
  ceil: ([x = Number.NaN]) => Math.ceil(x),
  floor: ([x = Number.NaN]) => Math.floor(x),
  min: (args) => Math.min(...args),
  max: (args) => Math.max(...args),
};

function roundText(name: string, [x, m = name === 'round' ? 1 : 8]: number[], result: number): string {
  return `${x} rounded to a multiple of ${m}: ${result}`;
}

function finite(value: number, span: Span): number {
  return Number.isFinite(value) ? value : fail('not-finite', span, { value });
}

function evaluateBinary(
  ev: Evaluation,
  env: Env,
  operator: BinaryOperator,
  left: Expr,
  right: Expr,
  span: Span,
): Value {
  if (operator === 'and') return evaluateBool(ev, env, left) && evaluateBool(ev, env, right);
  if (operator === 'or') return evaluateBool(ev, env, left) || evaluateBool(ev, env, right);
  if (operator === '==' || operator === '!=') {
    const same = sameValue(evaluate(ev, env, left), evaluate(ev, env, right));
    return operator === '==' ? same : !same;
  }
  const a = evaluateNumber(ev, env, left);
  const b = evaluateNumber(ev, env, right);
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '+':
      return finite(a + b, span);
    case '-':
      return finite(a - b, span);
    case '*':
      return finite(a * b, span);
    case '^':
      return finite(a ** b, span);
    case '/':
      return b === 0 ? fail('division-by-zero', right.span, {}) : finite(a / b, span);
  }
}

/** A decision of the search space: settled on the command line, or open, which is said when all is built. */
function evaluateChoice(ev: Evaluation, env: Env, choice: ChoiceNode): Value {
  const { cell, choices } = ev;
  const options = choice.options.map((option) => evaluate(ev, env, option));
  const [first] = options;
  if (!cell || first === undefined) return fail('choice-outside-cell', choice.span, {});
  const key = cell.next === 0 ? cell.key : `${cell.key}.${cell.next}`;
  cell.next++;
  const given = choices.given.get(key);
  if (!given) {
    choices.open.set(key, { span: choice.span, options: options.map(valueText) });
    return first;
  }
  choices.used.add(key);
  const outer = ev.cell;
  const value = evaluate(ev, env, given);
  ev.cell = outer;
  if (!options.some((option) => sameValue(option, value))) {
    fail('not-a-choice', choice.span, {
      name: key,
      value: valueText(value),
      options: options.map(valueText).join(', '),
    });
  }
  return value;
}
