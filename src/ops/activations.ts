interface ActivationFacts {
  /** How reports call it. */
  readonly label: string;
  /** One line of Markdown. */
  readonly doc: string;
  /** What its gradient is computed from. An identity is never in a step. */
  readonly gradientReads: 'input' | 'output';
}

/** The functions of one tensor that a step names by a word: all but softmax go element by element. */
export const activationFacts = {
  identity: { label: 'Identity', doc: 'Nothing at all: `x`.', gradientReads: 'output' },
  relu: { label: 'ReLU', doc: '`max(x, 0)`', gradientReads: 'output' },
  relu6: { label: 'ReLU6', doc: '`min(max(x, 0), 6)`', gradientReads: 'output' },
  elu: { label: 'ELU', doc: '`x` above 0, else `exp(x) - 1` (Clevert et al. 2015)', gradientReads: 'output' },
  silu: { label: 'SiLU', doc: '`x * sigmoid(x)`, also called swish', gradientReads: 'input' },
  gelu: {
    label: 'GELU',
    doc: '`x (1 + erf(x / sqrt(2))) / 2`: the exact form, the default of PyTorch and Keras, not the approximation by tanh (Hendrycks & Gimpel 2016)',
    gradientReads: 'input',
  },
  mish: { label: 'Mish', doc: '`x * tanh(log(1 + exp(x)))` (Misra 2019)', gradientReads: 'input' },
  sigmoid: { label: 'Sigmoid', doc: '`1 / (1 + exp(-x))`', gradientReads: 'output' },
  hardsigmoid: { label: 'Hard sigmoid', doc: '`relu6(x + 3) / 6`', gradientReads: 'output' },
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
