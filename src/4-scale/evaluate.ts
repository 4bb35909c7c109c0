import type { BinaryNode, CallNode, ChoiceNode, ComprehensionNode, Expr, NameNode } from '../1-parse/ast.ts';
import { activations, builtinFunctions, builtinOps } from '../2-resolve/builtins.ts';
import { guessName } from '../2-resolve/names-elsewhere.ts';
import { roundFilters, roundTo } from '../2-resolve/rounding.ts';
import { quoted } from '../3-check/check-name.ts';
import { modelOfVariant } from '../3-check/meanings/called-blocks.ts';
import { type FreeMeaning, freeMeaning } from '../3-check/meanings/free-meaning.ts';
import { textOfName } from '../3-check/meanings/names-in.ts';
import { type BoundName, givenNames, type NameTarget, pointFactor } from '../3-check/meanings/occurrence.ts';
import { meaningsOfValue } from '../3-check/meanings/value-names.ts';
import { signatureOf } from '../3-check/signature.ts';
import { listNames } from '../diagnostics/diagnostic.ts';
import type { Span } from '../source.ts';
import { applyScaling, pointTrace, show } from './apply-scaling.ts';
import { arithmetic } from './arithmetic.ts';
import { bind, innerEnv, joinPath, lookupTarget, lookupVar, visibleVars } from './env.ts';
import { addTraces, type Cell, type Evaluator, fail, spend } from './evaluation.ts';
import { buildLimits } from './limits.ts';
import { atPath, isSection, property } from './path-value.ts';
import type { FactorName } from './scaling.ts';
import {
  type ActivationValue,
  type Binding,
  describeValue,
  type Env,
  type InterpolationValue,
  isList,
  itemsOf,
  type PaddingValue,
  sameValue,
  sizeOf,
  type Value,
  type VariantValue,
  valueText,
} from './values.ts';

/** Evaluates an expression. Ends for any input: steps are counted. What is wrong ends the build with a diagnostic. */
export function evaluate(ev: Evaluator, env: Env, expr: Expr): Value {
  spend(ev, 1, expr.span);
  if (ev.depth >= buildLimits.expressions) fail('blocks-too-deep', expr.span, { limit: buildLimits.depth });
  ev.depth++;
  const value = evaluateKind(ev, env, expr);
  ev.depth--;
  return value;
}

function evaluateKind(ev: Evaluator, env: Env, expr: Expr): Value {
  switch (expr.kind) {
    case 'number':
      return chosenVariant(env, env.meanings.targets.get(expr)) ?? finite(expr.value, expr.span);
    case 'bool':
      return expr.value;
    case 'name':
      return evaluateName(ev, env, expr);
    case 'call':
      return evaluateCall(ev, env, expr);
    case 'chain':
      return ev.chain(expr, env);
    case 'list':
      return boundedList(ev, expr.span, expr.items.length, (i) => evaluate(ev, env, expr.items[i] as Expr));
    case 'comprehension':
      return evaluateComprehension(ev, env, expr);
    case 'choice':
      return evaluateChoice(ev, env, expr);
    case 'unary':
      if (expr.operator === 'not') return !evaluateBool(ev, env, expr.operand);
      return -evaluateNumber(ev, env, expr.operand);
    case 'binary':
      return evaluateBinary(ev, env, expr);
    case 'conditional':
      return evaluate(ev, env, evaluateBool(ev, env, expr.condition) ? expr.value : expr.otherwise);
    case 'index': {
      const list = itemsIn(evaluate(ev, env, expr.object), expr.object.span);
      const index = evaluateNumber(ev, env, expr.index);
      return list[index] ?? fail('index-range', expr.index.span, { index, length: list.length });
    }
    case 'property':
      return property(evaluate(ev, env, expr.object), [expr.name.name], expr.span);
    case 'string':
      return fail('string-outside-weights', expr.span, {});
    case 'error':
      return fail('syntax', expr.span, { expected: 'a value', found: quoted(expr.span) });
  }
}

/** Makes a list; ends the build where it or its contents are too large. */
function boundedList(ev: Evaluator, span: Span, length: number, item: (i: number) => Value): readonly Value[] {
  const tooLong = () => fail('list-too-large', span, { what: 'elements', limit: buildLimits.list });
  if (length > buildLimits.list) tooLong();
  const list = Array.from({ length }, (_, i) => item(i));
  const { elements, depth } = sizeOf(list);
  spend(ev, length, span);
  if (elements > buildLimits.list) tooLong();
  if (depth > buildLimits.lists)
    fail('list-too-large', span, { what: 'levels of nested lists', limit: buildLimits.lists });
  return list;
}

function evaluateComprehension(ev: Evaluator, env: Env, { names, sources, item, span }: ComprehensionNode): Value {
  const lists = sources.map((source) => elementsOf(evaluate(ev, env, source), source.span));
  const length = lists[0]?.length ?? 0;
  const uneven = lists.find((list) => list.length !== length);
  if (uneven) fail('uneven-lists', span, { first: length, other: uneven.length });
  return boundedList(ev, span, length, (i) => {
    const vars = new Map<BoundName, Binding>();
    names.forEach((name, k) => {
      bind(env, vars, name, { value: lists[k]?.[i] as Value });
    });
    return evaluate(ev, innerEnv(env, vars, `.${i}`), item);
  });
}

/** What a comprehension iterates over: the elements of a list, or the whole numbers from 0 below a number. */
function elementsOf(value: Value, span: Span): readonly Value[] {
  if (typeof value !== 'number') return itemsIn(value, span);
  const what = 'the number that a comprehension counts to';
  if (!Number.isInteger(value)) fail('not-whole', span, { what, value });
  if (value < 0) fail('bad-size', span, { what, value, limit: 'at least 0' });
  if (value > buildLimits.list) fail('list-too-large', span, { what: 'elements', limit: buildLimits.list });
  return Array.from({ length: value }, (_, i) => i);
}

/** Evaluates what must be a finite number. */
export function evaluateNumber(ev: Evaluator, env: Env, expr: Expr): number {
  const value = evaluate(ev, env, expr);
  return typeof value === 'number' ? value : failType(expr.span, 'a number', value);
}

/** Evaluates a condition. */
export function evaluateBool(ev: Evaluator, env: Env, expr: Expr): boolean {
  const value = evaluate(ev, env, expr);
  return typeof value === 'boolean' ? value : failType(expr.span, 'a bool', value);
}

/** The elements of a list or a section; ends the build where a value has none. */
function itemsIn(value: Value, span: Span): readonly Value[] {
  return itemsOf(value) ?? failType(span, 'a list', value);
}

function failType(span: Span, expected: string, value: Value): never {
  return fail('wrong-type', span, { what: quoted(span), expected, found: describeValue(value) });
}

/** The row of a model's `variants` that a name or number refers to, where one is chosen. */
function chosenVariant(env: Env, target: NameTarget | undefined): VariantValue | undefined {
  const isRow = target?.kind === 'chosen' && modelOfVariant(env.module, target) !== undefined;
  return isRow ? { kind: 'variant', name: target.name } : undefined;
}

function evaluateName(ev: Evaluator, env: Env, name: NameNode): Value {
  const target = env.meanings.targets.get(name);
  const variant = chosenVariant(env, target);
  if (variant) return variant;
  const binding = lookupTarget(env, target);
  if (target === givenNames.phi && !binding) return fail('phi-unset', name.span, {});
  const factor = pointFactor(target);
  // what chooses the point comes before its factors
  if (factor && !binding) return fail('scaling-circle', name.span, { factor: 'phi', name: factor });
  if (factor) env.scale?.used.add(factor);
  if (factor || target === givenNames.phi) addTraces(ev, [pointTrace(env, name, binding?.value as number)]);
  if (binding?.traces) addTraces(ev, binding.traces);
  const value = binding ? binding.value : freeValue(env, name);
  if (value === undefined) return failUnknown(env, name);
  if (name.parts.length === 1) return value;
  const [, ...rest] = name.parts;
  return isSection(value) ? atPath(ev, value, rest, name.span) : property(value, rest, name.span);
}

function failUnknown(env: Env, { parts: [head = ''], span }: NameNode): never {
  const names = [
    ...[...visibleVars(env)].map(textOfName),
    ...env.module.scope.keys(),
    ...activations,
    ...builtinOps.keys(),
  ];
  return fail('unknown-name', span, { name: head, hint: guessName(head, () => names).hint });
}

/** The value of a name without dots that is a callee, or may be one. */
export function valueOfName(env: Env, name: NameNode): Value | undefined {
  return name.parts.length > 1 ? undefined : (lookupVar(env, name)?.value ?? freeValue(env, name));
}

/** The meaning of a name that has no value here. */
function freeMeaningOf(env: Env, name: NameNode): FreeMeaning | undefined {
  const target = env.meanings.targets.get(name);
  const free = target?.kind === 'chosen' ? target.otherwise : target;
  return free?.kind === 'free' ? freeMeaning(env.module, free.name) : undefined;
}

const activationValues = new Map<string, ActivationValue>(
  [...activations].map((name) => [name, { kind: 'activation', name: name as ActivationValue['name'] }]),
);

/** A block, an op or a word of the language. */
function freeValue(env: Env, name: NameNode): Value | undefined {
  const meaning = freeMeaningOf(env, name);
  switch (meaning?.kind) {
    case 'declared':
      return { kind: 'block', signature: signatureOf(meaning.declared) };
    case 'op':
      return { kind: 'block', signature: signatureOf(meaning.op) };
    case 'padding':
      return { kind: 'padding', name: name.parts[0] as PaddingValue['name'] };
    case 'interpolation':
      return { kind: 'interpolation', name: name.parts[0] as InterpolationValue['name'] };
    case 'activation':
      return activationValues.get(name.parts[0] as string);
    default:
      return undefined;
  }
}

/**
 * Evaluates a value that is given from outside, with `--set`, in place of one in the text: it sees the names that have a value
 * there.
 */
export function evaluateGiven(ev: Evaluator, env: Env, given: Expr): Value {
  return evaluate(ev, { ...env, meanings: meaningsOfValue(env.meanings.owner, visibleVars(env), given) }, given);
}

function evaluateCall(ev: Evaluator, env: Env, call: CallNode): Value {
  const name = call.callee.text;
  const meaning = freeMeaningOf(env, call.callee)?.kind;
  if ((meaning !== 'function' && meaning !== 'scaling') || call.callee.parts.length > 1) return ev.call(call, env);
  if (builtinFunctions.get(name)?.takes === 'list') return lengthOf(ev, env, call);
  const values = call.args.map((arg) => evaluateNumber(ev, env, arg.value));
  const [x = Number.NaN] = values;
  if (meaning === 'scaling') {
    if (!env.scale) return fail('scaling-outside-model', call.callee.span, { name });
    return finite(applyScaling(ev, env.scale, name as FactorName, x, call.span), call.span);
  }
  const [, multiple] = call.args;
  if (multiple && name.startsWith('round') && (values[1] as number) <= 0) {
    fail('bad-size', multiple.span, {
      what: `the multiple that '${name}' rounds to`,
      value: values[1] as number,
      limit: 'above 0',
    });
  }
  const result = finite((functions.get(name) as (args: number[]) => number)(values), call.span);
  if (name.startsWith('round') && result !== x) {
    addTraces(ev, [{ span: call.span, rule: name, argument: x, result, text: roundText(name, values, result) }]);
  }
  return result;
}

/** `len(list)`. */
function lengthOf(ev: Evaluator, env: Env, { args: [list], span }: CallNode): number {
  return list
    ? itemsIn(evaluate(ev, env, list.value), list.value.span).length
    : fail('missing-argument', span, { callee: 'len', name: 'list' });
}

const functions: ReadonlyMap<string, (args: number[]) => number> = new Map([
  ['round', ([x = Number.NaN, m = 1]) => roundTo(x, m)],
  ['round_filters', ([x = Number.NaN, m = 8]) => roundFilters(x, m)],
  ['ceil', ([x = Number.NaN]) => Math.ceil(x)],
  ['floor', ([x = Number.NaN]) => Math.floor(x)],
  ['min', (args) => Math.min(...args)],
  ['max', (args) => Math.max(...args)],
]);

function roundText(name: string, [x = 0, m = name === 'round' ? 1 : 8]: number[], result: number): string {
  return `${show(x)} rounded to a multiple of ${show(m)}: ${show(result)}`;
}

function finite(value: number, span: Span): number {
  return Number.isFinite(value) ? value : fail('not-finite', span, { value });
}

function evaluateBinary(ev: Evaluator, env: Env, { operator, left, right, span }: BinaryNode): Value {
  if (operator === 'and') return evaluateBool(ev, env, left) && evaluateBool(ev, env, right);
  if (operator === 'or') return evaluateBool(ev, env, left) || evaluateBool(ev, env, right);
  if (operator === '==' || operator === '!=') {
    const [a, b] = [evaluate(ev, env, left), evaluate(ev, env, right)];
    if (isList(a)) spend(ev, sizeOf(a).elements, span);
    return sameValue(a, b) === (operator === '==');
  }
  const a = evaluateNumber(ev, env, left);
  const b = evaluateNumber(ev, env, right);
  const result = arithmetic(operator, a, b);
  if (result === undefined) return fail('division-by-zero', right.span, {});
  return typeof result === 'number' ? finite(result, span) : result;
}

/** The path of a cell's next choice without a name. */
function placeOf(cell: Cell): string {
  const place = cell.next === 0 ? cell.key : `${cell.key}.${cell.next}`;
  cell.next++;
  return place;
}

/** A decision of the search space: settled on the command line, or open, which is reported after the build. */
function evaluateChoice(ev: Evaluator, env: Env, choice: ChoiceNode): Value {
  const { cell, choices } = ev;
  const options = choice.options.map((option) => evaluate(ev, env, option));
  const [first] = options;
  if (!cell || first === undefined) return fail('choice-outside-cell', choice.span, { hint: '' });
  const key = choice.name ? joinPath(cell.owner, choice.name.name) : placeOf(cell);
  const place = choice.name ? cell.key : key;
  if (choice.name) choices.named.set(place, key);
  const given = choices.given.get(key);
  if (!given) {
    const { span } = choice;
    const open = choices.open.get(key) ?? { span, options: options.map(valueText), places: new Map() };
    choices.open.set(key, { ...open, places: open.places.set(place, span) });
    return first;
  }
  choices.used.add(key);
  const outer = ev.cell;
  const value = evaluateGiven(ev, env, given);
  ev.cell = outer;
  if (!options.some((option) => sameValue(option, value))) {
    const texts = listNames(options.map(valueText));
    fail('not-a-choice', choice.span, { name: key, value: valueText(value), options: texts });
  }
  return value;
}
