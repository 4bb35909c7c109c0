import { fail } from '../unsayable.ts';
import { activation, arithmetic, functionOf, prelu } from './arithmetic.ts';
import { clip, extreme } from './bounds.ts';
import { integer, liveAt, made, numberOf, type OperatorContext, real, refAt } from './context.ts';
import { batchNorm, groupNorm, instanceNorm, layerNorm, localResponseNorm } from './norms.ts';
import * as shapes from './shapes.ts';
import { type FileValue, knownIntegers, type LiveValue } from './values.ts';
import { convolution, globalMean, pad, pool, reduction, resize, transposedConvolution } from './windows.ts';

/** Reads an operator: returns its outputs, or its one output. @throws Unsayable */
type ReadOperator = (c: OperatorContext) => FileValue | readonly FileValue[];

/** ONNX's operators in the language. */
export const operators: Readonly<Record<string, ReadOperator>> = {
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  BatchNormalization: batchNorm,
  LayerNormalization: layerNorm,
  GroupNormalization: groupNorm,
  InstanceNormalization: instanceNorm,
  LRN: localResponseNorm,
  Gemm: shapes.gemm,
  MatMul: shapes.matMul,

  Relu: (c) => activation(c, { kind: 'activation', fn: 'relu' }),
  PRelu: prelu,
  LeakyRelu: (c) => sloped(c, 'leaky_relu', real(c, 'alpha', 0.01), 0.01),
  Elu: (c) =>
    real(c, 'alpha', 1) === 1
      ? activation(c, { kind: 'activation', fn: 'elu' })
      : fail('only alpha 1 can be expressed'),
  Sigmoid: (c) => activation(c, { kind: 'activation', fn: 'sigmoid' }, 'sigmoid'),
  HardSigmoid: hardSigmoid,
  HardSwish: (c) => activation(c, { kind: 'activation', fn: 'hardswish' }),
  Tanh: (c) =>
    c.value(0)?.kind === 'formula' ? functionOf(c, 'tanh') : activation(c, { kind: 'activation', fn: 'tanh' }),
  Gelu: (c) =>
    c.attribute('approximate').text === 'tanh'
      ? fail('only the exact GELU can be expressed')
      : activation(c, { kind: 'activation', fn: 'gelu' }),
  Mish: (c) => activation(c, { kind: 'activation', fn: 'mish' }),
  Swish: (c) =>
    real(c, 'alpha', 1) === 1
      ? activation(c, { kind: 'activation', fn: 'silu' })
      : fail('only alpha 1 can be expressed'),
  Softmax: softmax,
  Clip: (c) =>
    shapes.sizeArithmetic(c, ([n = 0, low = -Infinity, high = Infinity]) => Math.min(Math.max(n, low), high)) ??
    clip(c),
  Erf: (c) => functionOf(c, 'erf'),
  Softplus: (c) => functionOf(c, 'softplus'),

  Sqrt: (c) => power(c, 0.5),
  Pow: (c) => power(c, numberOf(c.value(1)) ?? fail('its exponent is not a number of the file')),
  Expand: part,
  ReduceL2: part,

  Add: (c) => shapes.sizeArithmetic(c, ([a = 0, b = 0]) => a + b) ?? shapes.biasOfProduct(c) ?? arithmetic(c, 'add'),
  Sub: (c) => shapes.sizeArithmetic(c, ([a = 0, b = 0]) => a - b) ?? arithmetic(c, 'sub'),
  Mul: (c) => shapes.sizeArithmetic(c, ([a = 0, b = 0]) => a * b) ?? arithmetic(c, 'mul'),
  Div: (c) =>
    shapes.sizeArithmetic(c, ([a = 0, b = 1], isReal) => (isReal ? a / b : Math.trunc(a / b))) ?? arithmetic(c, 'div'),

  Max: (c) => extreme(c, Math.max),
  Min: (c) => extreme(c, Math.min),
  Ceil: (c) => shapes.sizeArithmetic(c, ([n = 0]) => Math.ceil(n)) ?? part(),
  Floor: (c) => shapes.sizeArithmetic(c, ([n = 0]) => Math.floor(n)) ?? part(),
  Neg: (c) => shapes.sizeArithmetic(c, ([n = 0]) => -n) ?? part(),
  Mod: (c) => shapes.sizeArithmetic(c, ([a = 0, b = 1]) => a - b * Math.floor(a / b)) ?? part(),

  GlobalAveragePool: globalMean,
  GlobalMaxPool: (c) => made(c, { kind: 'globalMaxPool' }, [refAt(c, 0)]),
  AveragePool: (c) => pool(c, 'avgPool'),
  MaxPool: (c) => pool(c, 'maxPool'),
  ReduceMean: (c) =>
    c.value(0)?.kind === 'part' ? part() : reduction(c, { map: 'globalAvgPool', channels: 'channelMean' }),
  ReduceMax: (c) => reduction(c, { map: 'globalMaxPool', channels: 'channelMax' }),
  Pad: pad,
  Resize: resize,
  Upsample: resize,

  Concat: shapes.concat,
  Split: shapes.split,
  Slice: shapes.slice,
  Gather: shapes.gather,
  Reshape: shapes.reshape,
  Flatten: shapes.flatten,
  Squeeze: shapes.squeeze,
  Unsqueeze: shapes.unsqueeze,
  Transpose: shapes.transpose,
  Shape: shapes.shapeOfInput,
  ConstantOfShape: shapes.constantOfShape,

  Constant: constant,
  Identity: passed,
  Dropout: passed,
  Cast: cast,
};

function sloped(c: OperatorContext, fn: 'leaky_relu' | 'hardsigmoid', slope: number, usual: number): FileValue {
  return activation(c, { kind: 'activation', fn, ...(slope !== usual && { slope }) });
}

/** A sixth in single precision is that of the language. */
function hardSigmoid(c: OperatorContext): FileValue {
  const slope = real(c, 'alpha', 0.2);
  if (real(c, 'beta', 0.5) !== 0.5) fail('only a value of 0.5 at 0 (beta) can be expressed');
  if (Math.abs(slope - 1 / 6) > 1e-6) return sloped(c, 'hardsigmoid', slope, 1 / 6);
  return activation(c, { kind: 'activation', fn: 'hardsigmoid' }, 'hardsigmoid');
}

function softmax(c: OperatorContext): LiveValue {
  const ref = refAt(c, 0);
  const rank = c.b.shapeOf(ref).length + 1;
  const axis = integer(c, 'axis', c.opset >= 13 ? -1 : 1);
  if ((axis < 0 ? axis + rank : axis) !== 1) fail('only a softmax over the channels can be expressed');
  return made(c, { kind: 'activation', fn: 'softmax' }, [ref]);
}

function constant(c: OperatorContext): FileValue {
  const { numbers } = c.attribute('value');
  if (numbers) return { kind: 'known', numbers };
  const { integer: whole } = c.attribute('value_int');
  if (whole !== undefined) return knownIntegers([whole], []);
  const { integers } = c.attribute('value_ints');
  if (integers) return knownIntegers(integers);
  const { real: single } = c.attribute('value_float');
  const { reals = single === undefined ? undefined : [single] } = c.attribute('value_floats');
  if (!reals) return fail('it is not a number');
  const shape = single === undefined ? [reals.length] : [];
  return { kind: 'known', numbers: { shape, isReal: true, read: () => Float32Array.from(reals) } };
}

/** A power of each number; or a part of a norm. */
function power(c: OperatorContext, exponent: number): FileValue {
  if (c.value(0)?.kind === 'part') return part();
  const x = liveAt(c, 0);
  // Over channels that are last, it is part of a norm.
  return x.view ? part() : made(c, { kind: 'power', exponent }, [x.ref]);
}

/** Operators that norms are spelled with. */
function part(): FileValue {
  return { kind: 'part' };
}

/** Operators that do nothing at inference. */
function passed(c: OperatorContext): FileValue {
  return c.value(0) ?? fail('it has no input');
}

/** A cast between whole numbers of sizes, or one to the single precision that all values have. */
function cast(c: OperatorContext): FileValue {
  const value = c.value(0);
  const list = shapes.fewNumbers(value);
  if (value?.kind === 'known' && list) {
    const { shape } = value.numbers;
    // FLOAT, FLOAT16 and DOUBLE of onnx.proto3
    const isReal = [1, 10, 11].includes(integer(c, 'to', 1));
    const cast = isReal ? list : list.map(Math.trunc);
    return { kind: 'known', numbers: { shape, isReal, integers: cast, read: () => Float32Array.from(cast) } };
  }
  if (integer(c, 'to', 1) !== 1) fail('only single precision can be expressed');
  return value ?? liveAt(c, 0);
}
