import { isQuantised } from '../../5-graph/value-type.ts';
import { type ActivationName, usualSlope } from '../../ops/activations.ts';
import { optionFields } from '../../weights/readers/tflite/schema.ts';
import { add, arithmetic, type LiteNode } from './add.ts';
import type { OperatorRequest } from './builder.ts';
import { type FlatTable, float32 } from './flat-tables.ts';
import { shareType } from './integer-ops.ts';

/** Writes an activation of the value `x`; the result. @param shape as it is stored, without the batch */
type WriteActivation = (c: LiteNode, x: string, name: string, shape: readonly number[], slope: number) => string;

/** Activations as TensorFlow Lite's operators. */
export const activations: Readonly<Record<ActivationName, WriteActivation>> = {
  identity: (_c, x) => x,
  relu: pointwise('relu'),
  relu6: pointwise('relu6'),
  leaky_relu: (c, x, name, shape, slope) =>
    add(c, 'leakyRelu', [x], name, shape, [[optionFields.leakyRelu.alpha, float32(slope)]]),
  elu: pointwise('elu'),
  silu: (c, x, name, shape) => {
    const type = isQuantised(c.node.type) && { type: shareType };
    const request = { operator: 'logistic', inputs: [x], name: `${name}/sigmoid`, shapes: [shape], ...type } as const;
    const [gate] = c.b.operator(request) as [string];
    return add(c, 'mul', [x, gate], name, shape, arithmetic());
  },
  // the exact form is the default of its options
  gelu: pointwise('gelu'),
  mish,
  sigmoid: pointwise('logistic'),
  hardsigmoid: (c, x, name, shape, slope) => hardSigmoid(c, x, name, shape, slope),
  hardswish: pointwise('hardSwish'),
  tanh: pointwise('tanh'),
  // over the last axis, which has the channels
  softmax: pointwise('softmax', [[optionFields.softmax.beta, float32(1)]]),
};

function pointwise(operator: OperatorRequest['operator'], options?: FlatTable): WriteActivation {
  return (c, x, name, shape) => add(c, operator, [x], name, shape, options);
}

/** min(max(slope x + 0.5, 0), 1), as relu6(6 slope x + 3) / 6. */
function hardSigmoid(c: LiteNode, x: string, name: string, shape: readonly number[], slope: number): string {
  const isUsual = slope === usualSlope('hardsigmoid');
  const scaled = isUsual ? x : add(c, 'mul', [x, c.b.number(slope * 6)], `${name}/scale`, shape, arithmetic());
  const clipped = add(c, 'add', [scaled, c.b.number(3)], `${name}/clip`, shape, arithmetic('relu6'));
  return add(c, 'mul', [clipped, c.b.number(1 / 6)], name, shape, arithmetic());
}

/** Beyond this, tanh(log(1 + exp(x))) is 1 in single precision; and the square of its exponential is a number there. */
const mishIsLinear = 20;

/**
 * x tanh(log(1 + exp(x))): with e = exp(x) and n = e (e + 2), the factor is n / (n + 2), since tanh(log(y)) is
 * (y^2 - 1) / (y^2 + 1).
 */
function mish(c: LiteNode, x: string, name: string, shape: readonly number[]): string {
  const step = (operator: OperatorRequest['operator'], inputs: readonly string[], what: string, options?: FlatTable) =>
    add(c, operator, inputs, what === '' ? name : `${name}/${what}`, shape, options);
  const bounded = step('minimum', [x, c.b.number(mishIsLinear)], 'bounded');
  const e = step('exp', [bounded], 'exp');
  const n = step('mul', [e, step('add', [e, c.b.number(2)], 'sum', arithmetic())], 'product', arithmetic());
  const share = step('div', [n, step('add', [n, c.b.number(2)], 'divisor', arithmetic())], 'share', arithmetic());
  return step('mul', [x, share], '', arithmetic());
}
