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

/** The arguments of an op as they were bound, read with their types and bounds. */
interface Arguments {
  readonly int: (name: string, min: number, max: number, otherwise?: number) => number;
  readonly real: (name: string, min: number, max: number, otherwise: number) => number;
  readonly bool: (name: string, otherwise: boolean) => boolean;
  readonly value: (name: string) => Value | undefined;
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
  const op = make(readArguments(builtin, bindings, origin.span), inputs, env, origin.span);
  if (!op) return inputs;
  return addNode(b, op, inputs, origin);
}

function readArguments(builtin: BuiltinOp, bindings: ReadonlyMap<string, Binding>, span: Span): Arguments {
  const what = (name: string) => `'${name}' of '${builtin.name}'`;
  const number = (name: string, type: 'int' | 'real', min: number, max: number, otherwise?: number): number => {
    const value = bindings.get(name)?.value ?? otherwise;
    if (value === undefined) return fail('missing-argument', span, { callee: builtin.name, name });
    checkScalar(what(name), type, value, span);
    if ((value as number) < min || (value as number) > max) {
      fail('bad-size', span, { what: what(name), value: value as number, limit: `from ${min} to ${max}` });
    }
    return value as number;
  };
  return {
    int: (name, min, max, otherwise) => number(name, 'int', min, max, otherwise),
    real: (name, min, max, otherwise) => number(name, 'real', min, max, otherwise),
    bool: (name, otherwise) => {
      const value = bindings.get(name)?.value ?? otherwise;
      checkScalar(what(name), 'bool', value, span);
      return value as boolean;
    },
    value: (name) => bindings.get(name)?.value,
  };
}

type Maker = (a: Arguments, inputs: readonly TensorValue[], env: Env, span: Span) => Op | undefined;

const makers: Readonly<Record<string, Maker>> = {
  Conv: (a, inputs, env, span) => ({
    kind: 'conv',
    filters: a.int('channels', 1, buildLimits.channels),
    window: windowOf(a, inputs, env, span, 1),
    groups: a.int('groups', 1, buildLimits.channels, 1),
    bias: a.bool('bias', true),
  }),
  BatchNorm: (a, _inputs, env) => ({
    kind: 'batchNorm',
    epsilon: a.real('epsilon', 0, 1, env.convention.epsilon),
    momentum: a.real('momentum', 0, 1, env.convention.momentum),
  }),
  Linear: (a) => ({ kind: 'linear', units: a.int('units', 1, buildLimits.channels), bias: a.bool('bias', true) }),
  GlobalAvgPool: () => ({ kind: 'globalAvgPool' }),
  MaxPool: (a, inputs, env, span) => ({ kind: 'maxPool', window: windowOf(a, inputs, env, span) }),
  AvgPool: (a, inputs, env, span) => ({
    kind: 'avgPool',
    window: windowOf(a, inputs, env, span),
    countPad: a.bool('count_pad', env.convention.countPad),
  }),
  // a rate of 0 is no op at all
  Dropout: (a) => optional('dropout', a.real('rate', 0, 1, 0)),
  DropPath: (a) => optional('dropPath', a.real('rate', 0, 1, 0)),
  Add: () => ({ kind: 'add' }),
  Mul: () => ({ kind: 'mul' }),
  Concat: () => ({ kind: 'concat' }),
  Split: (a) => ({ kind: 'split', parts: a.int('parts', 1, buildLimits.list) }),
  ChannelShuffle: (a) => ({ kind: 'channelShuffle', groups: a.int('groups', 1, buildLimits.channels) }),
  Pad: (a) => {
    const before = a.int('before', -buildLimits.pixels, buildLimits.pixels);
    const after = a.int('after', -buildLimits.pixels, buildLimits.pixels);
    return { kind: 'pad', pads: { top: before, left: before, bottom: after, right: after } };
  },
};

function optional(kind: 'dropout' | 'dropPath', rate: number): Op | undefined {
  return rate === 0 ? undefined : { kind, rate };
}

/** A window with the pads of its input's size. The stride of a pool defaults to its kernel. */
function windowOf(a: Arguments, inputs: readonly TensorValue[], env: Env, span: Span, defaultStride?: number): Window {
  const kernel = a.int('kernel', 1, buildLimits.kernel);
  const stride = a.int('stride', 1, buildLimits.pixels, defaultStride ?? kernel);
  const dilation = a.int('dilation', 1, buildLimits.kernel, 1);
  const [, height = 1, width = 1] = inputs[0]?.shape ?? [];
  const padding = paddingOf(a.value('padding'), env, span);
  return { kernel, stride, dilation, pads: padsFor(padding, kernel, stride, dilation, height, width) };
}

function paddingOf(value: Value | undefined, env: Env, span: Span): Padding {
  if (value === undefined) return env.convention.padding;
  if (typeof value === 'object' && 'kind' in value && value.kind === 'padding') return value.name;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= buildLimits.kernel) return value;
  const expected = 'same, symmetric, valid or a number of pixels';
  return fail('wrong-type', span, { what: "'padding'", expected, found: describeValue(value) });
}
