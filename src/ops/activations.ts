interface ActivationFacts {
  /** How reports call it. */
  readonly label: string;
  /** One line of Markdown. */
  readonly doc: string;
  /** What its gradient is computed from. An identity is never in a step. */
  readonly gradientReads: 'input' | 'output';
}

/** The pointwise functions. */
export const activationFacts = {
  identity: { label: 'Identity', doc: 'Nothing at all: `x`.', gradientReads: 'output' },
  relu: { label: 'ReLU', doc: '`max(x, 0)`', gradientReads: 'output' },
  relu6: { label: 'ReLU6', doc: '`min(max(x, 0), 6)`', gradientReads: 'output' },
  silu: { label: 'SiLU', doc: '`x * sigmoid(x)`, also called swish', gradientReads: 'input' },
  sigmoid: { label: 'Sigmoid', doc: '`1 / (1 + exp(-x))`', gradientReads: 'output' },
  hardsigmoid: { label: 'Hard sigmoid', doc: '`relu6(x + 3) / 6`', gradientReads: 'output' },
  hardswish: { label: 'Hard swish', doc: '`x * relu6(x + 3) / 6`', gradientReads: 'input' },
  tanh: { label: 'Tanh', doc: '`(exp(x) - exp(-x)) / (exp(x) + exp(-x))`', gradientReads: 'output' },
} as const satisfies Readonly<Record<string, ActivationFacts>>;

export type ActivationName = keyof typeof activationFacts;

export const activationNames = Object.keys(activationFacts) as readonly ActivationName[];
