import { type Param, real } from './signature.ts';

interface ActivationFacts {
  /** How reports call it. */
  readonly label: string;
  /** One line of Markdown. */
  readonly doc: string;
  /** What its gradient is computed from. An identity is never in a step. */
  readonly gradientReads: 'input' | 'output';
  /** The number that a call may give, if any. */
  readonly slope?: Param<number>;
}

/** The functions of one tensor that a step names by a word: all but softmax go element by element. */
export const activationFacts = {
  identity: { label: 'Identity', doc: 'Nothing at all: `x`.', gradientReads: 'output' },
  relu: { label: 'ReLU', doc: '`max(x, 0)`', gradientReads: 'output' },
  relu6: { label: 'ReLU6', doc: '`min(max(x, 0), 6)`', gradientReads: 'output' },
  leaky_relu: {
    label: 'LeakyReLU',
    doc: '`x` above 0, else `slope * x`; `slope` is 0.01 if not given, as in PyTorch (Keras has 0.3, Darknet 0.1) (Maas et al. 2013)',
    gradientReads: 'output',
    slope: real('The slope below 0.', [0, 1], { value: 0.01 }),
  },
  elu: { label: 'ELU', doc: '`x` above 0, else `exp(x) - 1` (Clevert et al. 2015)', gradientReads: 'output' },
  silu: { label: 'SiLU', doc: '`x * sigmoid(x)`, also called swish', gradientReads: 'input' },
  gelu: {
    label: 'GELU',
    doc: '`x (1 + erf(x / sqrt(2))) / 2`: the exact form, the default of PyTorch and Keras, not the approximation by tanh (Hendrycks & Gimpel 2016)',
    gradientReads: 'input',
  },
  mish: { label: 'Mish', doc: '`x * tanh(log(1 + exp(x)))` (Misra 2019)', gradientReads: 'input' },
  sigmoid: { label: 'Sigmoid', doc: '`1 / (1 + exp(-x))`', gradientReads: 'output' },
  hardsigmoid: {
    label: 'Hard sigmoid',
    doc: '`min(max(slope * x + 0.5, 0), 1)`; `slope` is 1/6 if not given: `relu6(x + 3) / 6`, as in MobileNetV3 and PyTorch. With 0.2 it is the hard sigmoid of Keras 2',
    gradientReads: 'output',
    slope: real('The slope between the bounds.', [0, 1], { value: 1 / 6, text: '1/6' }),
  },
  hardswish: { label: 'Hard swish', doc: '`x * relu6(x + 3) / 6`', gradientReads: 'input' },
  tanh: { label: 'Tanh', doc: '`(exp(x) - exp(-x)) / (exp(x) + exp(-x))`', gradientReads: 'output' },
  softmax: {
    label: 'Softmax',
    doc: '`exp(x)` over its sum over the channels, at each pixel. Training reads scores before softmax: its loss applies it',
    gradientReads: 'output',
  },
} as const satisfies Readonly<Record<string, ActivationFacts>>;

export type ActivationName = keyof typeof activationFacts;

export const activationNames = Object.keys(activationFacts) as readonly ActivationName[];

/** An activation as ops hold it. */
export interface Activation {
  readonly fn: ActivationName;
  /** Absent where it is the default, or the activation has none. */
  readonly slope?: number;
}

/** What calls of an activation may give for its slope; undefined where it has none. */
export function slopeParam(fn: ActivationName): Param<number> | undefined {
  const facts: ActivationFacts = activationFacts[fn];
  return facts.slope;
}

/** The default slope; NaN where the activation has none. */
export function usualSlope(fn: ActivationName): number {
  const otherwise = slopeParam(fn)?.otherwise;
  return otherwise && 'value' in otherwise ? otherwise.value : Number.NaN;
}

/** The slope of an activation; not a number where it has none. */
export function slopeOf({ fn, slope }: Activation): number {
  return slope ?? usualSlope(fn);
}
