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
    text: "import { layerNorm } from './kinds/layer-norm.ts';\n",
  },
  { file: 'src/ops/ops.ts', at: '  linear,\n', text: '  layerNorm,\n' },
  {
    file: 'src/ops/step-ops.ts',
    at: "  /** x, weight. */\n  | { readonly kind: 'conv';",
    text: "  | { readonly kind: 'layerNorm' | 'layerNormGrad'; readonly epsilon: number }\n",
  },
];

const kernels = `  layerNorm: ({ tf }, { epsilon }, [x, gamma, beta]) => {
    const centred = tf.sub(x!, tf.mean(x!, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    return tf.add(tf.mul(tf.mul(centred, inverse), gamma!), beta!);
  },
  layerNormGrad: ({ tf }, { epsilon }, [dy, x, gamma]) => {
    const centred = tf.sub(x!, tf.mean(x!, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const normal = tf.mul(centred, inverse);
    const g = tf.mul(dy!, gamma!);
    const leaning = tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true));
    const dx = tf.mul(inverse, tf.sub(tf.sub(g, tf.mean(g, -1, true)), leaning));
    const overPixels = (t: typeof dx) => tf.sum(tf.reshape(t, [-1, t.shape.at(-1)!]), 0);
    return [dx, overPixels(tf.mul(dy!, normal)), overPixels(dy!)];
  },
`;

/** What nobody runs here. */
const unused = (name: string) => `  ${name}: () => {\n    throw new Error('not written in this test');\n  },\n`;
const firstEntry = '  input: (';

/** What the compiler asks for once the op is stated: a line in the table of each target, and of each runtime of steps. */
export const asked: readonly (Edit & { readonly names: readonly string[] })[] = [
  ...['src/6-emit/onnx', 'src/6-emit/tfjs/graph-model', 'src/6-emit/tfjs/layers'].map((folder) => ({
    file: `${folder}/op-table.ts`,
    names: ['layerNorm'],
    at: firstEntry,
    text: unused('layerNorm'),
  })),
  {
    file: 'src/6-emit/tfjs/saved-model/op-table.ts',
    names: ['layerNorm', 'layerNormGrad'],
    at: firstEntry,
    text: unused('layerNorm') + unused('layerNormGrad'),
  },
  { file: 'src/backends/eager/op-table.ts', names: ['layerNorm', 'layerNormGrad'], at: firstEntry, text: kernels },
];

/** The op in double precision, for the finite differences. */
export const reference: Edit = {
  file: 'test/training/reference/forward.ts',
  at: '  normalise: (op, x = none,',
  text: `  layerNorm(op, x = none, gamma = none, beta = none) {
    const { c, h, w } = dimsOf(x);
    return mapped(x, (v, i) => {
      const k = channelAt(x, i);
      const pixel = Array.from({ length: c }, (_, of) => num(x, i + (of - k) * h * w));
      const mean = pixel.reduce((sum, u) => sum + u, 0) / c;
      const variance = pixel.reduce((sum, u) => sum + (u - mean) ** 2, 0) / c;
      return ((v - mean) / Math.sqrt(variance + op.epsilon)) * num(gamma, k) + num(beta, k);
    });
  },
`,
};
