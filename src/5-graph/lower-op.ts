import type { BuiltinOp } from '../2-resolve/builtins.ts';
import { wrongChoice } from '../3-check/bind-arguments.ts';
import { checkScalar } from '../4-scale/check-value.ts';
import { fail } from '../4-scale/evaluation.ts';
import { type Binding, describeValue, type Env, type Flow, tensorsOf, type Value } from '../4-scale/values.ts';
import { type Pair, pairOf } from '../ops/pair.ts';
import type { Shape } from '../ops/shape.ts';
import type { Param } from '../ops/signature.ts';
import type { Span } from '../source.ts';
import { addNode, type Builder, type NodeOrigin } from './builder.ts';

/**
 * Adds the node of an op, with what its arguments leave open taken from the convention. An op over many tensors takes a
 * list of one as well, and leaves it as it is.
 */
export function lowerOp(
  b: Builder,
  builtin: BuiltinOp,
  bindings: ReadonlyMap<string, Binding>,
  { tensors: inputs, list }: Flow,
  env: Env,
  origin: NodeOrigin,
): Flow {
  const { span } = origin;
  if (builtin.tensors === 'many' && inputs.length < 2) {
    if (inputs.length === 1 && list) return { tensors: inputs };
    fail('missing-tensor', span, { callee: builtin.name, name: inputs.length === 0 ? 'x' : 'y' });
  }
  const problem = wrongChoice(builtin, (name) => bindings.has(name));
  if (problem) fail('one-argument-of', span, problem);
  const args = builtin.params.map((param) => {
    const { name, otherwise } = param;
    const given = bindings.get(name)?.value;
    if (given === undefined && !otherwise) fail('missing-argument', span, { callee: builtin.name, name });
    const open = otherwise && ('convention' in otherwise ? env.convention[otherwise.convention] : otherwise.value);
    const value = given ?? (typeof open === 'number' ? open : undefined);
    return [name, value === undefined ? open : checkedArgument(builtin.name, param, value, span)];
  });
  const op = builtin.create(Object.fromEntries(args), inputs[0]?.shape ?? []);
  const tensors = op ? addNode(b, op, inputs, origin) : inputs;
  return builtin.givesList ? { tensors, list: true } : { tensors };
}

/** The value of an argument, if its parameter takes it. */
export function checkedArgument(
  callee: string,
  { name, type, range: [least, most], insteadOfZero }: Param<unknown> & { readonly name: string },
  value: Value,
  span: Span,
): number | boolean | string | Shape | Pair {
  if (type === 'tensor') return mapShape(name, value, span);
  if (type === 'interpolation') {
    if (typeof value === 'object' && 'kind' in value && value.kind === 'interpolation') return value.name;
    const expected = 'nearest or bilinear';
    return fail('wrong-type', span, { what: `'${name}'`, expected, found: describeValue(value) });
  }
  if (type === 'padding' && typeof value === 'object' && 'kind' in value && value.kind === 'padding') return value.name;
  if (type === 'bool' && typeof value === 'boolean') return value;
  const what = `'${name}' of '${callee}'`;
  checkScalar(what, type, value, span);
  const given = type === 'size' || type === 'padding' ? pairOf(value as number | Pair) : (value as number);
  for (const number of typeof given === 'number' ? [given] : given) {
    if (number >= least && number <= most) continue;
    const limit = number === 0 && insteadOfZero ? `at least ${least}; ${insteadOfZero}` : `from ${least} to ${most}`;
    fail('bad-size', span, { what, value: number, limit });
  }
  return given;
}

/** The shape of a tensor that lends it. */
function mapShape(name: string, value: Value, span: Span): Shape {
  const [tensor, ...others] = tensorsOf(value) ?? [];
  if (!tensor || others.length > 0) {
    return fail('wrong-type', span, { what: `'${name}'`, expected: 'a tensor', found: describeValue(value) });
  }
  const { shape } = tensor;
  return shape.length === 3 ? shape : fail('needs-space', span, { op: `'${name}'`, shape: `[${shape.join(', ')}]` });
}
