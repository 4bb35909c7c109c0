import type { Shape } from '../../5-graph/graph.ts';
import type { ActivationName } from '../../ops/activations.ts';
import { addNode } from './add-node.ts';
import { float } from './attributes.ts';
import type { Builder } from './builder.ts';
import type { Operator } from './operators.ts';

/** Writes an activation of the value `x`; the name of the result. `name` is the node's. */
type WriteActivation = (b: Builder, x: string, name: string, shape: Shape) => string;

/** Pointwise functions as ONNX's operators. */
export const activations: Readonly<Record<ActivationName, WriteActivation>> = {
  identity: (_b, x) => x,
  relu: pointwise('Relu'),
  // Shared bounds: Clip takes them as inputs.
  relu6: (b, x, name, shape) => addNode(b, 'Clip', [x, b.scalar(0, x), b.scalar(6, x)], name, shape),
  silu: (b, x, name, shape) => {
    const gate = addNode(b, 'Sigmoid', [x], `${name}/sigmoid`, shape);
    return addNode(b, 'Mul', [x, gate], name, shape);
  },
  sigmoid: pointwise('Sigmoid'),
  hardsigmoid: hardSigmoid,
  // HardSwish came with opset 14.
  hardswish: (b, x, name, shape) => {
    if (b.options.opset >= 14) return addNode(b, 'HardSwish', [x], name, shape);
    return addNode(b, 'Mul', [x, hardSigmoid(b, x, `${name}/hardsigmoid`, shape)], name, shape);
  },
  tanh: pointwise('Tanh'),
};

function pointwise(type: Operator): WriteActivation {
  return (b, x, name, shape) => addNode(b, type, [x], name, shape);
}

/**
 * ONNX's default alpha is 0.2; relu6(x + 3) / 6 has 1/6. The default beta, 0.5, is the right one and is left out: where
 * it is written, OpenCV 4 and 5 take any product with the result for a HardSwish.
 */
function hardSigmoid(b: Builder, x: string, name: string, shape: Shape): string {
  return addNode(b, 'HardSigmoid', [x], name, shape, { alpha: float(1 / 6) });
}
