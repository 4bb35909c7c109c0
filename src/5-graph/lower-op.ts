import type { BuiltinOp } from '../2-resolve/builtins.ts';
import { checkScalar } from '../4-scale/check-value.ts';
import type { Env } from '../4-scale/env.ts';
import { fail } from '../4-scale/evaluation.ts';
import { buildLimits } from '../4-scale/limits.ts';
import { type Binding, describeValue, type TensorValue, type Value } from '../4-scale/values.ts';
import type { Span } from '../source.ts';
import { addNode, type Builder, type NodeOrigin } from './builder.ts';
import { type Padding, padsFor } from './infer-shape.ts';
import type { Op, Window } from './ops.ts';

/** The arguments of an op as they were bound. */
interface Arguments {
  readonly builtin: BuiltinOp;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly span: Span;
}

/** Adds the node of an op, with what its arguments leave open taken from the convention. */
export function lowerOp(
  b: Builder,
  builtin: BuiltinOp,
  bindings: ReadonlyMap<string, Binding>,
  inputs: readonly TensorValue[],
  env: Env,
  origin: NodeOrigin,
): readonly TensorValue[] {
  if (builtin.tensors === 'many' && inputs.length < 2) {
    fail('missing-tensor', origin.span, { callee: builtin.name, name: inputs.length === 0 ? 'x' : 'y' });
  }
  const make = makers[builtin.name];
  if (!make) return fail('unknown-name', origin.span, { name: builtin.name, hint: '' });
  const op = make({ builtin, bindings, span: origin.span }, inputs, env);
  if (!op) return inputs;
  return addNode(b, op, inputs, origin);
}

/** A whole number within bounds. */
function int(a: Arguments, name: string, min: number, max: number, otherwise?: number): number {
  return numberOf(a, name, 'int', min, max, otherwise);
}

function real(a: Arguments, name: string, min: number, max: number, otherwise: number): number {
  return numberOf(a, name, 'real', min, max, otherwise);
}

function numberOf(
  { builtin, bindings, span }: Arguments,
  name: string,
  type: 'int' | 'real',
  min: number,
  max: number,
  otherwise: number | undefined,
): number {
  const value = bindings.get(name)?.value ?? otherwise;
  if (value === undefined) return fail('missing-argument', span, { callee: builtin.name, name });
  const fits = typeof value === 'number' && (type === 'real' || Number.isInteger(value));
  if (fits && value >= min && value <= max) return value;
  const what = `'${name}' of '${builtin.name}'`;
  checkScalar(what, type, value, span);
  return fail('bad-size', span, { what, value: value as number, limit: `from ${min} to ${max}` });
}

function bool({ builtin, bindings, span }: Arguments, name: string, otherwise: boolean): boolean {
  const value = bindings.get(name)?.value ?? otherwise;
  if (typeof value !== 'boolean') checkScalar(`'${name}' of '${builtin.name}'`, 'bool', value, span);
  return value as boolean;
}

type Maker = (a: Arguments, inputs: readonly TensorValue[], env: Env) => Op | undefined;

const makers: Readonly<Record<string, Maker>> = {
  Conv: (a, inputs, env) => ({
    kind: 'conv',
    filters: int(a, 'channels', 1, buildLimits.channels),
    window: windowOf(a, inputs, env, 1),
    groups: int(a, 'groups', 1, buildLimits.channels, 1),
    bias: bool(a, 'bias', true),
  }),
  BatchNorm: (a, _inputs, env) => ({
    kind: 'batchNorm',
    epsilon: real(a, 'epsilon', 0, 1, env.convention.epsilon),
    momentum: real(a, 'momentum', 0, 1, env.convention.momentum),
  }),
  Linear: (a) => ({ kind: 'linear', units: unitsOf(a), bias: bool(a, 'bias', true) }),
  GlobalAvgPool: () => ({ kind: 'globalAvgPool' }),
  MaxPool: (a, inputs, env) => ({ kind: 'maxPool', window: windowOf(a, inputs, env) }),
  AvgPool: (a, inputs, env) => ({
    kind: 'avgPool',
    window: windowOf(a, inputs, env),
    countPad: bool(a, 'count_pad', env.convention.countPad),
  }),
  // a rate of 0 is no op at all
  Dropout: (a) => optional('dropout', real(a, 'rate', 0, 1, 0)),
  DropPath: (a) => optional('dropPath', real(a, 'rate', 0, 1, 0)),
  Add: () => ({ kind: 'add' }),
  Mul: () => ({ kind: 'mul' }),
  Concat: () => ({ kind: 'concat' }),
  Split: (a) => ({ kind: 'split', parts: int(a, 'parts', 1, buildLimits.list) }),
  ChannelShuffle: (a) => ({ kind: 'channelShuffle', groups: int(a, 'groups', 1, buildLimits.channels) }),
  Pad: (a) => {
    const before = int(a, 'before', -buildLimits.pixels, buildLimits.pixels);
    const after = int(a, 'after', -buildLimits.pixels, buildLimits.pixels);
    return { kind: 'pad', pads: { top: before, left: before, bottom: after, right: after } };
  },
};

/** No units are how other libraries ask for a network without classifier. */
function unitsOf(a: Arguments): number {
  if (a.bindings.get('units')?.value === 0) {
    const limit = 'at least 1; a condition leaves the step out: Linear(classes) if classes != 0';
    fail('bad-size', a.span, { what: "'units' of 'Linear'", value: 0, limit });
  }
  return int(a, 'units', 1, buildLimits.channels);
}

function optional(kind: 'dropout' | 'dropPath', rate: number): Op | undefined {
  return rate === 0 ? undefined : { kind, rate };
}

/** A window with the pads of its input's size. The stride of a pool defaults to its kernel. */
function windowOf(a: Arguments, inputs: readonly TensorValue[], env: Env, defaultStride?: number): Window {
  const kernel = int(a, 'kernel', 1, buildLimits.kernel);
  const stride = int(a, 'stride', 1, buildLimits.pixels, defaultStride ?? kernel);
  const dilation = int(a, 'dilation', 1, buildLimits.kernel, 1);
  const [, height = 1, width = 1] = inputs[0]?.shape ?? [];
  const padding = paddingOf(a.bindings.get('padding')?.value, env, a.span);
  return { kernel, stride, dilation, pads: padsFor(padding, kernel, stride, dilation, height, width) };
}

function paddingOf(value: Value | undefined, env: Env, span: Span): Padding {
  if (value === undefined) return env.convention.padding;
  if (typeof value === 'object' && 'kind' in value && value.kind === 'padding') return value.name;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= buildLimits.kernel) return value;
  const expected = 'same, symmetric, valid or a number of pixels';
  return fail('wrong-type', span, { what: "'padding'", expected, found: describeValue(value) });
}
