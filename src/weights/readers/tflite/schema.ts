/**
 * The parts of TensorFlow Lite's file format that are read and written here: field numbers, operators and types of
 * tensorflow/compiler/mlir/lite/schema/schema.fbs (version 3).
 */

/** What a file has from its fifth byte on. */
export const fileIdentifier = 'TFL3';

export const fields = {
  model: {
    version: 0,
    operatorCodes: 1,
    subgraphs: 2,
    description: 3,
    buffers: 4,
    metadata: 6,
    signatures: 7,
  },
  operatorCode: { deprecated: 0, version: 2, builtin: 3 },
  subgraph: { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 },
  tensor: { shape: 0, type: 1, buffer: 2, name: 3, quantisation: 4, sparsity: 6, shapeSignature: 7, hasRank: 8 },
  quantisation: { scale: 2, zeroPoint: 3, details: 4, axis: 6 },
  operator: { code: 0, inputs: 1, outputs: 2, optionsType: 3, options: 4 },
  buffer: { data: 0, offset: 1, size: 2 },
  metadata: { name: 0, buffer: 1 },
  signature: { inputs: 0, outputs: 1, key: 2 },
  tensorMap: { name: 0, tensor: 1 },
} as const;

/** The metadata entry that has an enet network's facts, as a JSON object of texts. */
export const factsEntry = 'enet';

/** `BuiltinOperator`, and the member of the union `BuiltinOptions` that belongs to it; 0 where there is none. */
export const operators = {
  add: { code: 0, options: 11 },
  averagePool: { code: 1, options: 5 },
  concatenation: { code: 2, options: 10 },
  conv: { code: 3, options: 1 },
  depthwise: { code: 4, options: 2 },
  dequantise: { code: 6, options: 38 },
  fullyConnected: { code: 9, options: 8 },
  localResponseNorm: { code: 13, options: 13 },
  logistic: { code: 14, options: 0 },
  maxPool: { code: 17, options: 5 },
  mul: { code: 18, options: 21 },
  relu: { code: 19, options: 0 },
  relu6: { code: 21, options: 0 },
  reshape: { code: 22, options: 17 },
  resizeBilinear: { code: 23, options: 15 },
  softmax: { code: 25, options: 9 },
  tanh: { code: 28, options: 0 },
  pad: { code: 34, options: 22 },
  gather: { code: 36, options: 23 },
  transpose: { code: 39, options: 26 },
  mean: { code: 40, options: 27 },
  sub: { code: 41, options: 28 },
  div: { code: 42, options: 29 },
  exp: { code: 47, options: 33 },
  split: { code: 49, options: 35 },
  maximum: { code: 55, options: 39 },
  minimum: { code: 57, options: 39 },
  padV2: { code: 60, options: 43 },
  slice: { code: 65, options: 48 },
  transposeConv: { code: 67, options: 49 },
  sum: { code: 74, options: 27 },
  sqrt: { code: 75, options: 0 },
  rsqrt: { code: 76, options: 0 },
  shape: { code: 77, options: 55 },
  pow: { code: 78, options: 56 },
  reduceMax: { code: 82, options: 27 },
  square: { code: 92, options: 66 },
  resizeNearest: { code: 97, options: 74 },
  leakyRelu: { code: 98, options: 75 },
  elu: { code: 111, options: 0 },
  quantise: { code: 114, options: 89 },
  hardSwish: { code: 117, options: 91 },
  batchMatMul: { code: 126, options: 101 },
  gelu: { code: 150, options: 116 },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly options: number }>>;

export type OperatorName = keyof typeof operators;

/** Field numbers of the tables of `BuiltinOptions`; those shared by operators are listed once. */
export const optionFields = {
  conv: { padding: 0, strideW: 1, strideH: 2, activation: 3, dilationW: 4, dilationH: 5 },
  depthwise: { padding: 0, strideW: 1, strideH: 2, multiplier: 3, activation: 4, dilationW: 5, dilationH: 6 },
  transposeConv: { padding: 0, strideW: 1, strideH: 2, activation: 3 },
  pool: { padding: 0, strideW: 1, strideH: 2, width: 3, height: 4, activation: 5 },
  fullyConnected: { activation: 0 },
  /** For sums, differences, products and quotients. */
  arithmetic: { activation: 0 },
  concatenation: { axis: 0 },
  split: { parts: 0 },
  reduction: { keepDims: 0 },
  softmax: { beta: 0 },
  localResponseNorm: { radius: 0, bias: 1, alpha: 2, beta: 3 },
  resizeBilinear: { halfPixelCentres: 3 },
  leakyRelu: { alpha: 0 },
  gather: { axis: 0 },
  batchMatMul: { adjointX: 0, adjointY: 1 },
  shape: { type: 0 },
} as const;

/** `Padding` */
export const paddings = { same: 0, valid: 1 } as const;

/** `ActivationFunctionType` */
export const fusedActivations = { none: 0, relu: 1, relu6: 3 } as const;

/** `TensorType`, in safetensors' names. */
export const tensorTypes: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'I32',
  3: 'U8',
  4: 'I64',
  5: 'STRING',
  6: 'BOOL',
  7: 'I16',
  9: 'I8',
  10: 'F64',
  15: 'U32',
  16: 'U16',
  18: 'BF16',
};

/** The numbers in `TensorType` of the types that are written. */
export const writtenTypes = { float32: 0, float16: 1, int32: 2, int8: 9 } as const;
