import { type ActivationName, usualSlope } from '../../../ops/activations.ts';
import type { TensorName } from '../node-def/node-def.ts';
import { add, type GraphModelNode } from './add.ts';

/** Writes an activation of the value `x`; the result. */
type WriteActivation = (c: GraphModelNode, x: TensorName, name: string, slope: number) => TensorName;

/** Activations as TensorFlow's operators. */
export const activations: Readonly<Record<ActivationName, WriteActivation>> = {
  identity: (_c, x) => x,
  relu: pointwise('Relu'),
  relu6: pointwise('Relu6'),
  leaky_relu: (c, x, name, slope) => add(c, 'LeakyRelu', name, [x], { alpha: { float: slope } }),
  elu: pointwise('Elu'),
  silu: (c, x, name) => add(c, 'Mul', name, [x, add(c, 'Sigmoid', `${name}/sigmoid`, [x])]),
  gelu: (c, x, name) => {
    const erf = add(c, 'Erf', `${name}/erf`, [add(c, 'Mul', `${name}/scaled`, [x, c.b.number(Math.SQRT1_2)])]);
    const share = add(c, 'Mul', `${name}/share`, [
      add(c, 'AddV2', `${name}/sum`, [erf, c.b.number(1)]),
      c.b.number(0.5),
    ]);
    return add(c, 'Mul', name, [x, share]);
  },
  mish: (c, x, name) => {
    const softplus = add(c, 'Softplus', `${name}/softplus`, [x]);
    return add(c, 'Mul', name, [x, add(c, 'Tanh', `${name}/tanh`, [softplus])]);
  },
  sigmoid: pointwise('Sigmoid'),
  hardsigmoid: hardSigmoid,
  hardswish: (c, x, name) =>
    add(c, 'Mul', name, [x, hardSigmoid(c, x, `${name}/hardsigmoid`, usualSlope('hardsigmoid'))]),
  tanh: pointwise('Tanh'),
  // over the last axis, which has the channels
  softmax: pointwise('Softmax'),
};

function pointwise(op: string): WriteActivation {
  return (c, x, name) => add(c, op, name, [x]);
}

/** min(max(slope x + 0.5, 0), 1), as relu6(6 slope x + 3) / 6. */
function hardSigmoid(c: GraphModelNode, x: TensorName, name: string, slope: number): TensorName {
  const scaled = slope * 6 === 1 ? x : add(c, 'Mul', `${name}/scale`, [x, c.b.number(slope * 6)]);
  const shifted = add(c, 'AddV2', `${name}/shift`, [scaled, c.b.number(3)]);
  return add(c, 'Mul', name, [add(c, 'Relu6', `${name}/clip`, [shifted]), c.b.number(1 / 6)]);
}
