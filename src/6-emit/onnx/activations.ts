import type { Shape } from '../../5-graph/graph.ts';
import { type ActivationName, usualSlope } from '../../ops/activations.ts';
import { addNode } from './add-node.ts';
import { float, int, text } from './attributes.ts';
import type { OnnxBuilder } from './builder.ts';
import type { Operator } from './operators.ts';

/** Writes an activation of the value `x`; the name of the result. `name` is the node's. */
type WriteActivation = (b: OnnxBuilder, x: string, name: string, shape: Shape, slope: number) => string;

/** Activations as ONNX's operators. */
export const activations: Readonly<Record<ActivationName, WriteActivation>> = {
  identity: (_b, x) => x,
  relu: pointwise('Relu'),
  // Shared bounds: Clip takes them as inputs.
  relu6: (b, x, name, shape) => addNode(b, 'Clip', [x, b.scalar(0, x), b.scalar(6, x)], name, shape),
  leaky_relu: (b, x, name, shape, slope) => addNode(b, 'LeakyRelu', [x], name, shape, { alpha: float(slope) }),
  elu: (b, x, name, shape) => addNode(b, 'Elu', [x], name, shape, { alpha: float(1) }),
  silu: (b, x, name, shape) => {
    const gate = addNode(b, 'Sigmoid', [x], `${name}/sigmoid`, shape);
    return addNode(b, 'Mul', [x, gate], name, shape);
  },
  // Gelu came with opset 20.
  gelu: (b, x, name, shape) => {
    if (b.options.opset >= 20) return addNode(b, 'Gelu', [x], name, shape, { approximate: text('none') });
    const scaled = addNode(b, 'Mul', [x, b.scalar(Math.SQRT1_2, x)], `${name}/scaled`, shape);
    const erf = addNode(b, 'Erf', [scaled], `${name}/erf`, shape);
    const share = addNode(b, 'Add', [erf, b.scalar(1, x)], `${name}/share`, shape);
    const product = addNode(b, 'Mul', [x, share], `${name}/product`, shape);
    return addNode(b, 'Mul', [product, b.scalar(0.5, x)], name, shape);
  },
  // Mish came with opset 18.
  mish: (b, x, name, shape) => {
    if (b.options.opset >= 18) return addNode(b, 'Mish', [x], name, shape);
    const softplus = addNode(b, 'Softplus', [x], `${name}/softplus`, shape);
    return addNode(b, 'Mul', [x, addNode(b, 'Tanh', [softplus], `${name}/tanh`, shape)], name, shape);
  },
  sigmoid: pointwise('Sigmoid'),
  hardsigmoid: hardSigmoid,
  // HardSwish came with opset 14.
  hardswish: (b, x, name, shape) => {
    if (b.options.opset >= 14) return addNode(b, 'HardSwish', [x], name, shape);
    return addNode(
      b,
      'Mul',
      [x, hardSigmoid(b, x, `${name}/hardsigmoid`, shape, usualSlope('hardsigmoid'))],
      name,
      shape,
    );
  },
  tanh: pointwise('Tanh'),
  softmax: (b, x, name, shape) => addNode(b, 'Softmax', [x], name, shape, { axis: int(1) }),
};

function pointwise(type: Operator): WriteActivation {
  return (b, x, name, shape) => addNode(b, type, [x], name, shape);
}

/**
 * ONNX's default alpha is 0.2. The default beta, 0.5, is the right one and is left out: where
 * it is written, OpenCV 4 and 5 take any product with the result for a HardSwish.
 */
function hardSigmoid(b: OnnxBuilder, x: string, name: string, shape: Shape, slope: number): string {
  return addNode(b, 'HardSigmoid', [x], name, shape, { alpha: float(slope) });
}
