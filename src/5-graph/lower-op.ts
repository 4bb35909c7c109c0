import type { BuiltinOp } from '../2-resolve/builtins.ts';
import { wrongChoice } from '../3-check/bind-arguments.ts';
import { checkScalar } from '../4-scale/check-value.ts';
import { fail } from '../4-scale/evaluation.ts';
import {
  type Binding,
  describeValue,
  type Env,
  type Flow,
  isList,
  type TensorValue,
  tensorsOf,
  type Value,
} from '../4-scale/values.ts';
import { interpolationNames } from '../ops/interpolation.ts';
import type { Op } from '../ops/ops.ts';
import { type Pair, pairOf } from '../ops/pair.ts';
import type { Shape } from '../ops/shape.ts';
import type { Param } from '../ops/signature.ts';
import type { Span } from '../source.ts';
import { addNode, type Builder, failShape, type NodeOrigin } from './builder.ts';

/**
 * Adds the node of an op, taking open arguments from the convention. An op over many tensors also takes a list of one,
 * and returns it unchanged.
 */
export function lowerOp(
  b: Builder,
  builtin: BuiltinOp,
  bindings: ReadonlyMap<string, Binding>,
  flow: Flow,
  env: Env,
  origin: NodeOrigin,
): Flow {
  const { span } = origin;
  const { tensors: inputs } = flow;
  if (builtin.tensors === 'many') {
    const taken = lowerOperands(b, builtin, flow, origin);
    if (taken) return { tensors: taken };
  }
  const problem = wrongChoice(builtin, (name) => bindings.has(name));
  if (problem) fail('one-argument-of', span, problem);
  const args: Record<string, unknown> = {};
  for (const param of builtin.params) {
    const { name, otherwise } = param;
    const given = bindings.get(name)?.value;
    if (given === undefined && !otherwise) fail('missing-argument', span, { callee: builtin.name, name });
    const open = otherwise && ('convention' in otherwise ? env.convention[otherwise.convention] : otherwise.value);
    const isOpen = given === undefined || isDefaultPadding(given);
    const value = isOpen ? (typeof open === 'number' ? open : undefined) : given;
    args[name] = value === undefined ? open : checkedArgument(builtin.name, param, value, span);
  }
  const op = createOp(builtin, args, inputs[0]?.shape ?? [], span);
  const tensors = op ? addNode(b, op, inputs, origin) : inputs;
  return builtin.givesList ? { tensors, list: true } : { tensors };
}

/** The result of a call for its arguments; ends the build where the op is not possible with them. */
function createOp(
  { name, create }: BuiltinOp,
  args: Readonly<Record<string, unknown>>,
  input: Shape,
  span: Span,
): Op | undefined {
  const op = create(args, input);
  return op && 'error' in op ? failShape(`'${name}'`, op, span) : op;
}

/**
 * The result of an op over many tensors whose operands include numbers, or are a single one: undefined where the op
 * itself is to be added.
 */
function lowerOperands(
  b: Builder,
  builtin: BuiltinOp,
  { tensors, list, numbers }: Flow,
  origin: NodeOrigin,
): readonly TensorValue[] | undefined {
  const { span } = origin;
  const { name: callee, most, numbers: among } = builtin;
  const count = (numbers ?? tensors).length;
  if (tensors.length === 0) fail('missing-tensor', span, { callee, name: 'x' });
  if (most !== undefined && count > most)
    fail('too-many-tensors', span, { callee, takes: most, given: 0, arguments: count });
  if (!numbers) {
    if (tensors.length > 1) return undefined;
    return list ? tensors : fail('missing-tensor', span, { callee, name: 'y' });
  }
  const rescaling = among?.(numbers);
  const isSingle = (n: number) => Number.isFinite(Math.fround(n));
  if (!rescaling || !isSingle(rescaling.scale) || !isSingle(rescaling.offset)) {
    return fail('number-operand', span, { callee, numbers: numbers.flatMap((n) => n ?? []).join(' and ') });
  }
  const op = tensors.length > 1 ? createOp(builtin, {}, tensors[0]?.shape ?? [], span) : undefined;
  const whole = op ? addNode(b, op, tensors, origin) : tensors;
  if (rescaling.scale === 1 && rescaling.offset === 0) return whole;
  return addNode(b, { kind: 'rescale', ...rescaling }, whole, origin);
}

/** Whether a value leaves the padding to the convention. */
function isDefaultPadding(value: Value): boolean {
  return typeof value === 'object' && 'kind' in value && value.kind === 'padding' && value.name === 'default';
}

/** The value of an argument, if its parameter takes it. */
export function checkedArgument(
  callee: string,
  { name, type, range: [least, most], odd, insteadOfZero }: Param<unknown> & { readonly name: string },
  value: Value,
  span: Span,
): number | boolean | string | Shape | Pair {
  if (type === 'tensor') return mapShape(name, value, span);
  if (type === 'int[]') return writtenShape(`'${name}' of '${callee}'`, value, [least, most], span);
  if (type === 'interpolation') {
    const word =
      typeof value === 'object' && 'kind' in value && value.kind === 'interpolation' ? value.name : undefined;
    if (interpolationNames.some((known) => known === word)) return word as string;
    const expected = interpolationNames.join(' or ');
    return fail('wrong-type', span, { what: `'${name}'`, expected, found: describeValue(value) });
  }
  if (type === 'padding' && typeof value === 'object' && 'kind' in value && value.kind === 'padding') return value.name;
  if (type === 'bool' && typeof value === 'boolean') return value;
  const what = `'${name}' of '${callee}'`;
  checkScalar(what, type, value, span);
  const given = type === 'size' || type === 'padding' ? pairOf(value as number | Pair) : (value as number);
  const checkRange = (number: number) => {
    if (odd && number % 2 === 0) fail('bad-size', span, { what, value: number, limit: 'odd' });
    if (number >= least && number <= most) return;
    const limit = number === 0 && insteadOfZero ? `at least ${least}; ${insteadOfZero}` : `from ${least} to ${most}`;
    fail('bad-size', span, { what, value: number, limit });
  };
  if (typeof given === 'number') checkRange(given);
  else given.forEach(checkRange);
  return given;
}

/** The shape of a tensor that an argument refers to. */
function mapShape(name: string, value: Value, span: Span): Shape {
  const [tensor, ...others] = tensorsOf(value) ?? [];
  if (!tensor || others.length > 0) {
    return fail('wrong-type', span, { what: `'${name}'`, expected: 'a tensor', found: describeValue(value) });
  }
  const { shape } = tensor;
  return shape.length === 3 ? shape : fail('needs-space', span, { op: `'${name}'`, shape: `[${shape.join(', ')}]` });
}

/** A shape that is written as a list. */
function writtenShape(
  what: string,
  value: Value,
  [least, most]: readonly [least: number, most: number],
  span: Span,
): Shape {
  const sizes = isList(value) ? value.filter((n): n is number => typeof n === 'number') : [];
  if (!isList(value) || sizes.length !== value.length || (sizes.length !== 1 && sizes.length !== 3)) {
    return fail('wrong-type', span, {
      what,
      expected: '[channels, height, width] or [channels]',
      found: describeValue(value),
    });
  }
  for (const value of sizes) {
    if (!Number.isInteger(value)) fail('not-whole', span, { what, value });
    if (value < least || value > most) fail('bad-size', span, { what, value, limit: `from ${least} to ${most}` });
  }
  return sizes;
}
