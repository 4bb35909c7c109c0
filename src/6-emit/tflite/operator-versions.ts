import type { OperatorName } from '../../weights/readers/tflite/schema.ts';
import type { LiteTensor } from './model.ts';

/** From which version on an operator takes int8 (tensorflow/compiler/mlir/lite/tools/versioning/op_version.cc). */
const versions: { readonly [Name in OperatorName]?: number } = {
  add: 2,
  averagePool: 2,
  concatenation: 2,
  conv: 3,
  depthwise: 3,
  dequantise: 2,
  elu: 1,
  gather: 2,
  gelu: 2,
  hardSwish: 1,
  leakyRelu: 1,
  logistic: 2,
  maxPool: 2,
  mean: 2,
  mul: 2,
  pad: 2,
  padV2: 2,
  quantise: 1,
  reduceMax: 2,
  relu: 2,
  relu6: 2,
  reshape: 1,
  resizeBilinear: 2,
  resizeNearest: 2,
  slice: 2,
  softmax: 2,
  split: 2,
  sub: 2,
  tanh: 2,
  transpose: 2,
  fullyConnected: 4,
};

/** The lowest version of an operator for its integer inputs and outputs; 1 where there are none. */
export function int8Version(
  operator: OperatorName,
  inputs: readonly LiteTensor[],
  outputs: readonly LiteTensor[],
): number {
  if (![...inputs, ...outputs].some(({ type }) => type === 'int8')) return 1;
  const version = versions[operator];
  if (version === undefined) throw new Error(`${operator} is not written on integers`);
  return operator === 'mul' && rescale(inputs, outputs) >= 1 ? 3 : version;
}

/** The factor of the product of two integers. */
function rescale([a, b]: readonly LiteTensor[], [result]: readonly LiteTensor[]): number {
  const scale = (tensor?: LiteTensor) => tensor?.quantisation?.scales[0] ?? 0;
  return (scale(a) * scale(b)) / scale(result);
}
