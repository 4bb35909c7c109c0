import { type ActivationName, slopeOf, usualSlope } from '../../../ops/activations.ts';
import type { TensorName } from '../node-def/node-def.ts';
import { add, first, type NodeContext, reduce, two, type WriteStep } from './context.ts';

/** Activations and their gradients: few passes over memory, nothing kept between the two but what the program keeps. */

type Forward = (c: NodeContext, x: TensorName, slope: number) => TensorName;

const forward: { readonly [A in ActivationName]: Forward } = {
  identity: (_, x) => x,
  relu: (c, x) => add(c, 'Relu', [x]),
  relu6: (c, x) => add(c, 'Relu6', [x]),
  leaky_relu: (c, x, slope) => add(c, 'LeakyRelu', [x], { alpha: { float: slope } }),
  elu: (c, x) => add(c, 'Elu', [x]),
  silu: (c, x) => add(c, 'Mul', [x, add(c, 'Sigmoid', [x])]),
  gelu: (c, x) => add(c, 'Mul', [x, normalCumulative(c, x)]),
  mish: (c, x) => add(c, 'Mul', [x, mishGate(c, x)]),
  sigmoid: (c, x) => add(c, 'Sigmoid', [x]),
  hardsigmoid: hardSigmoid,
  hardswish: (c, x) => add(c, 'Mul', [x, hardSigmoid(c, x, usualSlope('hardsigmoid'))]),
  tanh: apartTanh,
  softmax: (c, x) => add(c, 'Softmax', [x]),
};

/** From dy, and the input or output that `gradientReads` names. */
type Backward = (c: NodeContext, dy: TensorName, read: TensorName, slope: number) => TensorName;

const backward: { readonly [A in ActivationName]: Backward } = {
  identity: (_, dy) => dy,
  relu: (c, dy, y) => add(c, 'ReluGrad', [dy, y]),
  relu6: (c, dy, y) => add(c, 'Relu6Grad', [dy, y]),
  // the output has the sign of the input
  leaky_relu: (c, dy, y, slope) => add(c, 'LeakyReluGrad', [dy, y], { alpha: { float: slope } }),
  elu: (c, dy, y) => add(c, 'EluGrad', [dy, y]),
  // With s = sigmoid(x): (x s)' = s + x s (1 - s), the last being the sigmoid's own gradient.
  silu: (c, dy, x) => {
    const gate = add(c, 'Sigmoid', [x]);
    const throughGate = add(c, 'SigmoidGrad', [gate, add(c, 'Mul', [dy, x])]);
    return add(c, 'AddV2', [add(c, 'Mul', [dy, gate]), throughGate]);
  },
  // With P the normal distribution's cumulative function and p its density: (x P)' = P + x p.
  gelu: (c, dy, x) => {
    const exponent = add(c, 'Mul', [add(c, 'Square', [x]), c.b.number(-0.5)]);
    const density = add(c, 'Mul', [add(c, 'Exp', [exponent]), c.b.number(1 / Math.sqrt(2 * Math.PI))]);
    const slope = add(c, 'AddV2', [normalCumulative(c, x), add(c, 'Mul', [x, density])]);
    return add(c, 'Mul', [dy, slope]);
  },
  // With t = tanh(softplus(x)): (x t)' = t + x (1 - t^2) sigmoid(x), for the softplus' own derivative is the sigmoid.
  mish: (c, dy, x) => {
    const gate = mishGate(c, x);
    const inner = add(c, 'Mul', [add(c, 'Mul', [dy, x]), add(c, 'Sigmoid', [x])]);
    return add(c, 'AddV2', [add(c, 'Mul', [dy, gate]), add(c, 'TanhGrad', [gate, inner])]);
  },
  sigmoid: (c, dy, y) => add(c, 'SigmoidGrad', [y, dy]),
  // Six times the output is a relu6.
  hardsigmoid: (c, dy, y, slope) => {
    const inside = add(c, 'Relu6Grad', [dy, add(c, 'Mul', [y, c.b.number(6)])]);
    return add(c, 'Mul', [inside, c.b.number(slope)]);
  },
  // With g = relu6(x + 3): x g / 6, so (g + x [0 < g < 6]) / 6.
  hardswish: (c, dy, x) => {
    const gate = add(c, 'Relu6', [add(c, 'AddV2', [x, c.b.number(3)])]);
    const throughGate = add(c, 'Relu6Grad', [add(c, 'Mul', [dy, x]), gate]);
    const sum = add(c, 'AddV2', [add(c, 'Mul', [dy, gate]), throughGate]);
    return add(c, 'Mul', [sum, c.b.number(1 / 6)]);
  },
  tanh: (c, dy, y) => add(c, 'TanhGrad', [y, dy]),
  // y (dy - sum(dy y)), the sum over the channels, which are last.
  softmax: (c, dy, y) => {
    const sum = reduce(c, 'Sum', add(c, 'Mul', [dy, y]), [-1], true);
    return add(c, 'Mul', [y, add(c, 'Sub', [dy, sum])]);
  },
};

export const activation: WriteStep<'activation'> = (c) => [forward[c.op.fn](c, first(c), slopeOf(c.op))];
export const activationGrad: WriteStep<'activationGrad'> = (c) => [backward[c.op.fn](c, ...two(c), slopeOf(c.op))];

/**
 * TensorFlow joins Tanh, and Mish by its parts, to the batch norm before it, for which oneDNN has no kernel; tanh is odd, so
 * that negations keep them apart.
 */
function apartTanh(c: NodeContext, x: TensorName): TensorName {
  return add(c, 'Neg', [add(c, 'Tanh', [add(c, 'Neg', [x])])]);
}

function mishGate(c: NodeContext, x: TensorName): TensorName {
  return apartTanh(c, add(c, 'Softplus', [x]));
}

/** The share of the standard normal distribution below x: (1 + erf(x / sqrt(2))) / 2. */
function normalCumulative(c: NodeContext, x: TensorName): TensorName {
  const erf = add(c, 'Erf', [add(c, 'Mul', [x, c.b.number(Math.SQRT1_2)])]);
  return add(c, 'Mul', [add(c, 'AddV2', [erf, c.b.number(1)]), c.b.number(0.5)]);
}

/** min(max(slope x + 0.5, 0), 1), as relu6(6 slope x + 3) / 6. */
function hardSigmoid(c: NodeContext, x: TensorName, slope: number): TensorName {
  const scaled = slope * 6 === 1 ? x : add(c, 'Mul', [x, c.b.number(slope * 6)]);
  const shifted = add(c, 'Relu6', [add(c, 'AddV2', [scaled, c.b.number(3)])]);
  return add(c, 'Mul', [shifted, c.b.number(1 / 6)]);
}
