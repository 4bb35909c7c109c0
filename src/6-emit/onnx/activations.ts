import type { Shape } from '../../5-graph/graph.ts';
import type { ActivationName } from '../../5-graph/ops.ts';
import { float } from './attributes.ts';
import type { Builder } from './builder.ts';

/** Writes an activation of the value `x`; the name of the result. `name` is the node's. */
type WriteActivation = (b: Builder, x: string, name: string, shape: Shape) => string;

/** Pointwise functions as ONNX's operators. */
export const activations: Readonly<Record<ActivationName, WriteActivation>> = {
  identity: (_b, x) => x,
  relu: pointwise('Relu'),
  // Shared bounds: Clip takes them as inputs.
  relu6: (b, x, name, shape) => one(b, 'Clip', [x, b.scalar(0), b.scalar(6)], name, shape),
  silu: (b, x, name, shape) => {
    const gate = one(b, 'Sigmoid', [x], `${name}/sigmoid`, shape);
    return one(b, 'Mul', [x, gate], name, shape);
  },
  sigmoid: pointwise('Sigmoid'),
  hardsigmoid: hardSigmoid,
  // HardSwish came with opset 14.
  hardswish: (b, x, name, shape) => {
    if (b.options.opset >= 14) return one(b, 'HardSwish', [x], name, shape);
    return one(b, 'Mul', [x, hardSigmoid(b, x, `${name}/hardsigmoid`, shape)], name, shape);
  },
  tanh: pointwise('Tanh'),
};

function one(b: Builder, type: string, inputs: readonly string[], name: string, shape: Shape): string {
  return b.node({ type, inputs, name, shapes: [shape] })[0] as string;
}

function pointwise(type: string): WriteActivation {
  return (b, x, name, shape) => one(b, type, [x], name, shape);
}

/** ONNX's default alpha is 0.2; relu6(x + 3) / 6 has 1/6. */
function hardSigmoid(b: Builder, x: string, name: string, shape: Shape): string {
  const attributes = { alpha: float(1 / 6), beta: float(0.5) };
  return b.node({ type: 'HardSigmoid', inputs: [x], name, shapes: [shape], attributes })[0] as string;
}
