import type { ActivationName } from '../../../ops/activations.ts';
import type { TensorName } from '../node-def/node-def.ts';
import { add, first, type NodeContext, two, type WriteStep } from './context.ts';

/** Activations and their gradients: few passes over memory, nothing kept between the two but what the program keeps. */

type Forward = (c: NodeContext, x: TensorName) => TensorName;

const forward: { readonly [A in ActivationName]: Forward } = {
  identity: (_, x) => x,
  relu: (c, x) => add(c, 'Relu', [x]),
  relu6: (c, x) => add(c, 'Relu6', [x]),
  silu: (c, x) => add(c, 'Mul', [x, add(c, 'Sigmoid', [x])]),
  sigmoid: (c, x) => add(c, 'Sigmoid', [x]),
  hardsigmoid: (c, x) => hardGate(c, x),
  hardswish: (c, x) => add(c, 'Mul', [x, hardGate(c, x)]),
  // TensorFlow joins Tanh to the batch norm before it, for which oneDNN has no kernel; tanh is odd, so that negations keep the two apart.
  tanh: (c, x) => add(c, 'Neg', [add(c, 'Tanh', [add(c, 'Neg', [x])])]),
};

/** From dy, and the input or output that `gradientReads` names. */
type Backward = (c: NodeContext, dy: TensorName, read: TensorName) => TensorName;

const backward: { readonly [A in ActivationName]: Backward } = {
  identity: (_, dy) => dy,
  relu: (c, dy, y) => add(c, 'ReluGrad', [dy, y]),
  relu6: (c, dy, y) => add(c, 'Relu6Grad', [dy, y]),
  // With s = sigmoid(x): (x s)' = s + x s (1 - s), the last being the sigmoid's own gradient.
  silu: (c, dy, x) => {
    const gate = add(c, 'Sigmoid', [x]);
    const throughGate = add(c, 'SigmoidGrad', [gate, add(c, 'Mul', [dy, x])]);
    return add(c, 'AddV2', [add(c, 'Mul', [dy, gate]), throughGate]);
  },
  sigmoid: (c, dy, y) => add(c, 'SigmoidGrad', [y, dy]),
  // Six times the output is a relu6.
  hardsigmoid: (c, dy, y) => {
    const inside = add(c, 'Relu6Grad', [dy, add(c, 'Mul', [y, c.b.number(6)])]);
    return add(c, 'Mul', [inside, c.b.number(1 / 6)]);
  },
  // With g = relu6(x + 3): x g / 6, so (g + x [0 < g < 6]) / 6.
  hardswish: (c, dy, x) => {
    const gate = add(c, 'Relu6', [add(c, 'AddV2', [x, c.b.number(3)])]);
    const throughGate = add(c, 'Relu6Grad', [add(c, 'Mul', [dy, x]), gate]);
    const sum = add(c, 'AddV2', [add(c, 'Mul', [dy, gate]), throughGate]);
    return add(c, 'Mul', [sum, c.b.number(1 / 6)]);
  },
  tanh: (c, dy, y) => add(c, 'TanhGrad', [y, dy]),
};

export const activation: WriteStep<'activation'> = (c) => [forward[c.op.fn](c, first(c))];
export const activationGrad: WriteStep<'activationGrad'> = (c) => [backward[c.op.fn](c, ...two(c))];

/** relu6(x + 3) / 6 (Howard et al. 2019). */
function hardGate(c: NodeContext, x: TensorName): TensorName {
  const shifted = add(c, 'Relu6', [add(c, 'AddV2', [x, c.b.number(3)])]);
  return add(c, 'Mul', [shifted, c.b.number(1 / 6)]);
}
