/** A text that goes into a file, before the first place where `at` stands. */
export interface Edit {
  readonly file: string;
  readonly at: string;
  readonly text: string;
}

/** The op's line in the list (an import and a name), and two parts of a training step that it is made of. */
export const stated: readonly Edit[] = [
  {
    file: 'src/ops/ops.ts',
    at: "import { linear } from './kinds/linear.ts';\n",
    text: "import { rmsNorm } from './kinds/rms-norm.ts';\n",
  },
  { file: 'src/ops/ops.ts', at: '  linear,\n', text: '  rmsNorm,\n' },
  {
    file: 'src/ops/step-ops.ts',
    at: "  /** x, weight. */\n  | { readonly kind: 'conv';",
    text: "  | { readonly kind: 'rmsNorm' | 'rmsNormGrad'; readonly epsilon: number }\n",
  },
];

const kernels = `  rmsNorm: ({ tf }, { epsilon }, [x, gamma]) => {
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x!), -1, true), epsilon));
    return tf.mul(tf.mul(x!, inverse), gamma!);
  },
  rmsNormGrad: ({ tf }, { epsilon }, [dy, x, gamma]) => {
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x!), -1, true), epsilon));
    const normal = tf.mul(x!, inverse);
    const g = tf.mul(dy!, gamma!);
    const leaning = tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true));
    const dgamma = tf.sum(tf.reshape(tf.mul(dy!, normal), [-1, gamma!.size]), 0);
    return [tf.mul(inverse, tf.sub(g, leaning)), dgamma];
  },
`;

/** What nobody runs here. */
const unused = (name: string) => `  ${name}: () => {\n    throw new Error('not written in this test');\n  },\n`;
const firstEntry = '  input: (';

/** What the compiler asks for once the op is stated: a line in the table of each target, and of each runtime of steps. */
export const asked: readonly (Edit & { readonly names: readonly string[] })[] = [
  ...['onnx', 'pytorch', 'tfjs/graph-model', 'tfjs/layers', 'tflite'].map((target) => ({
    file: `src/6-emit/${target}/op-table.ts`,
    names: ['rmsNorm'],
    at: firstEntry,
    text: unused('rmsNorm'),
  })),
  {
    file: 'src/6-emit/tfjs/saved-model/op-table.ts',
    names: ['rmsNorm', 'rmsNormGrad'],
    at: firstEntry,
    text: unused('rmsNorm') + unused('rmsNormGrad'),
  },
  { file: 'src/backends/eager/op-table.ts', names: ['rmsNorm', 'rmsNormGrad'], at: firstEntry, text: kernels },
];

/** The op in double precision, for the finite differences. */
export const reference: Edit = {
  file: 'test/training/reference/forward.ts',
  at: '  normalise: (op, x = none,',
  text: `  rmsNorm(op, x = none, gamma = none) {
    const { c, h, w } = dimsOf(x);
    return mapped(x, (v, i) => {
      const k = channelAt(x, i);
      const pixel = Array.from({ length: c }, (_, of) => num(x, i + (of - k) * h * w));
      const square = pixel.reduce((sum, u) => sum + u * u, 0) / c;
      return (v / Math.sqrt(square + op.epsilon)) * num(gamma, k);
    });
  },
`,
};
