/** The operators of ONNX that this target writes. The tests hold every use of one against ONNX's own schemas. */
export const operators = [
  'Add',
  'AveragePool',
  'BatchNormalization',
  'Cast',
  'Clip',
  'Concat',
  'Conv',
  'Flatten',
  'Gemm',
  'GlobalAveragePool',
  'HardSigmoid',
  'HardSwish',
  'Identity',
  'MaxPool',
  'Mul',
  'Pad',
  'Relu',
  'Reshape',
  'Resize',
  'Sigmoid',
  'Split',
  'Tanh',
  'Transpose',
] as const;

export type Operator = (typeof operators)[number];
