import { type Activation, activationFacts, activationNames } from '../../src/ops/activations.ts';
import type { GroupStatistics, LocalResponse } from '../../src/ops/sample-norms.ts';
import type { StepRef } from '../../src/ops/steps.ts';
import { noPads } from '../../src/ops/window.ts';
import { buildCase, type Case, type Fill, hidden, inner, positive, signed, whole } from './case-builder.ts';

const names = activationNames;
/** Reaches past the bounds of relu6 and the hard functions. */
const wide: Fill = (unit) => 16 * unit - 8;

const sloped: readonly Activation[] = [
  { fn: 'leaky_relu', slope: 0.3 },
  { fn: 'leaky_relu', slope: 0 },
  { fn: 'hardsigmoid', slope: 0.2 },
];

export const activationCases: readonly Case[] = [...names.map((fn): Activation => ({ fn })), ...sloped].map((act) =>
  buildCase(`activation ${act.fn} ${act.slope ?? ''}`.trim(), (c) => {
    const { fn } = act;
    const x = c.fed('x', [4, 3, 2], fn === 'tanh' || fn === 'sigmoid' ? signed : wide);
    const [y] = c.op({ kind: 'activation', ...act }, [x], [4, 3, 2]);
    const read = activationFacts[fn].gradientReads === 'input' ? x : y;
    if (read) c.op({ kind: 'activationGrad', ...act }, [c.fed('dy', [4, 3, 2]), read], [4, 3, 2]);
  }),
);

/** TensorFlow joins a convolution, a bias or norm, and an activation where nothing else reads them, and lacks some joined kernels. */
export const joinedCases: readonly Case[] = names.map((fn) =>
  buildCase(`${fn} behind a convolution with a norm, and with a bias`, (c) => {
    const window = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pads: noPads } as const;
    const x = c.fed('x', [4, 3, 2]);
    const [gamma, beta, mean] = [c.variable('gamma', [4]), c.variable('beta', [4]), c.variable('mean', [4])];
    const variance = c.variable('variance', [4], positive);
    const convolved = (name: string) =>
      c.op({ kind: 'conv', window, groups: 1 }, [x, c.variable(name, [4, 4, 1, 1])], inner(4, 3, 2))[0] as StepRef;
    const statistics = [gamma, beta, mean, variance];
    const [normal] = c.op({ kind: 'normalise', epsilon: 1e-3 }, [convolved('one'), ...statistics], inner(4, 3, 2));
    c.op({ kind: 'activation', fn }, [normal as StepRef], [4, 3, 2]);
    const [biased] = c.op({ kind: 'addBias' }, [convolved('other'), beta], inner(4, 3, 2));
    c.op({ kind: 'activation', fn }, [biased as StepRef], [4, 3, 2]);
  }),
);

/** Shape behind the batch, and the batch's size. */
const normRows: readonly (readonly [string, readonly number[], number])[] = [
  ['of maps', [4, 3, 2], 2],
  ['of vectors', [5], 3],
  ['of one number a channel', [3], 1],
  ['of one pixel', [3, 1, 1], 4],
];

export const normCases: readonly Case[] = normRows.map(([name, shape, batch]) =>
  buildCase(
    `batch norm ${name}`,
    (c) => {
      const channels = [shape[0] as number];
      const epsilon = 1e-3;
      const x = c.fed('x', shape, (unit) => 3 + 2 * unit);
      const dy = c.fed('dy', shape);
      const [gamma, beta] = [c.variable('gamma', channels), c.variable('beta', channels)];
      const [mean, variance] = [c.variable('mean', channels), c.variable('variance', channels, positive)];
      c.op({ kind: 'normalise', epsilon }, [x, gamma, beta, mean, variance], shape);
      c.op({ kind: 'normaliseGrad', epsilon }, [dy, gamma, variance], shape);
      c.op({ kind: 'addBias' }, [x, beta], shape);
      c.op({ kind: 'biasGrad' }, [dy], whole(...channels));
      const [, batchMean, batchVariance, kept] = c.op(
        { kind: 'batchNorm', epsilon },
        [x, gamma, beta],
        shape,
        whole(...channels),
        whole(...channels),
        hidden,
      );
      if (!batchMean || !batchVariance || !kept) return;
      c.op({ kind: 'batchNormAgain', epsilon }, [x, gamma, beta, batchMean, batchVariance], shape);
      c.op({ kind: 'batchNormGrad', epsilon }, [dy, x, gamma, kept], shape, whole(...channels), whole(...channels));
    },
    batch,
  ),
);

export const channelCases: readonly Case[] = [
  buildCase('over channels', (c) => {
    const [x, dy] = [c.fed('x', [5, 3, 2]), c.fed('dy', [1, 3, 2])];
    c.op({ kind: 'channelMean' }, [x], [1, 3, 2]);
    c.op({ kind: 'channelMeanGrad', shape: [5, 3, 2] }, [dy], [5, 3, 2]);
    const [y] = c.op({ kind: 'max', over: 'channels' }, [x], [1, 3, 2]);
    if (y) c.op({ kind: 'maxGrad', over: 'channels' }, [dy, x, y], [5, 3, 2]);
  }),
  buildCase('maxima of maps', (c) => {
    const [x, dy] = [c.fed('x', [5, 3, 2]), c.fed('dy', [5, 1, 1])];
    const [y] = c.op({ kind: 'max', over: 'space' }, [x], [5, 1, 1]);
    if (y) c.op({ kind: 'maxGrad', over: 'space' }, [dy, x, y], [5, 3, 2]);
  }),
  // the greatest epsilon stands for some of the lengths
  ...[1e-12, 0.5].flatMap((epsilon) =>
    [[5, 3, 2], [4]].map((shape) =>
      buildCase(`unit length of [${shape}], ${epsilon} at least`, (c) => {
        const x = c.fed('x', shape, (unit, i) => (2 * unit - 1) * (i % 3 === 0 ? 0.1 : 1));
        c.op({ kind: 'unitLength', epsilon }, [x], shape);
        c.op({ kind: 'unitLengthGrad', epsilon }, [c.fed('dy', shape), x], shape);
      }),
    ),
  ),
];

const statistics: readonly GroupStatistics[] = [
  { over: 'pixel', groups: 1, epsilon: 1e-3 },
  { over: 'map', groups: 1, epsilon: 1e-5 },
  { over: 'map', groups: 2, epsilon: 1e-3 },
  { over: 'map', groups: 6, epsilon: 0.1 },
];

const responses: readonly LocalResponse[] = [
  { size: 5, alpha: 1e-4, beta: 0.75, k: 2 },
  { size: 3, alpha: 2, beta: 0.5, k: 0.1 },
  { size: 1, alpha: 0.3, beta: 1.5, k: 1 },
  { size: 15, alpha: 1, beta: 0.75, k: 1 },
];

export const sampleNormCases: readonly Case[] = [
  ...statistics.flatMap((of) =>
    [[6, 3, 2], [6]].map((shape) =>
      buildCase(`norm of [${shape}] over a ${of.over}, ${of.groups} groups`, (c) => {
        const [x, dy] = [c.fed('x', shape, (unit) => 3 + 2 * unit), c.fed('dy', shape)];
        const [gamma, beta] = [c.variable('gamma', [6]), c.variable('beta', [6])];
        c.op({ kind: 'groupNorm', ...of }, [x, gamma, beta], shape);
        c.op({ kind: 'groupNormGrad', ...of }, [dy, x, gamma], shape, whole(6), whole(6));
      }),
    ),
  ),
  ...responses.map((of) =>
    buildCase(`response over ${of.size} channels`, (c) => {
      const [x, dy] = [c.fed('x', [7, 3, 2]), c.fed('dy', [7, 3, 2])];
      const [y] = c.op({ kind: 'localResponseNorm', ...of }, [x], [7, 3, 2]);
      if (y) c.op({ kind: 'localResponseNormGrad', ...of }, [dy, x, y], [7, 3, 2]);
    }),
  ),
];

const gates: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ['alike', [3, 2, 2], [3, 2, 2]],
  ['gate first', [3, 1, 1], [3, 2, 4]],
  ['gate second', [3, 2, 4], [3, 1, 1]],
  ['mask of samples', [3, 2, 2], [1, 1, 1]],
  ['mask of vectors', [5], [1]],
  ['vectors', [5], [5]],
  ['a map of one channel', [3, 2, 4], [1, 2, 4]],
  ['rows and columns', [3, 2, 1], [1, 1, 4]],
  ['channels and pixels', [1, 2, 4], [3, 1, 1]],
];

export const movingCases: readonly Case[] = [
  buildCase('a value after another is there', (c) => {
    const [x, other] = [c.fed('x', [2, 3, 2]), c.fed('other', [4])];
    c.op({ kind: 'after' }, [x, other], [2, 3, 2]);
  }),
  ...gates.map(([name, a, b]) =>
    buildCase(`product, quotient and sum, ${name}`, (c) => {
      const shape = a.map((n, axis) => Math.max(n, b[axis] as number));
      const [x, y] = [c.fed('a', a), c.fed('b', b, positive)];
      c.op({ kind: 'mul' }, [x, y], shape);
      c.op({ kind: 'div' }, [x, y], shape);
      c.op({ kind: 'add' }, [x, y], shape);
      c.op({ kind: 'add' }, [y, x, y], shape);
      c.op({ kind: 'sumTo', shape: a }, [c.fed('sum', shape)], a);
    }),
  ),
  ...[1, 2, 3].map((count) =>
    buildCase(`sums and rows of ${count}`, (c) => {
      const maps = Array.from({ length: count }, (_, i) => c.fed(`map${i}`, [2, 3, 2]));
      c.op({ kind: 'add' }, maps, [2, 3, 2]);
      c.op({ kind: 'concat' }, maps, [2 * count, 3, 2]);
      c.op(
        { kind: 'concat' },
        Array.from({ length: count }, (_, i) => c.fed(`v${i}`, [2 + i])),
        [(count * (count + 3)) / 2],
      );
    }),
  ),
  buildCase('learned tensors', (c) => {
    const x = c.fed('x', [2, 3, 4]);
    for (const shape of [[2, 3, 4], [3, 1, 1], [5]]) {
      c.op({ kind: 'toSamples', shape }, [c.variable(`w${shape}`, shape), x], shape);
      c.op({ kind: 'sumSamples', shape }, [c.fed(`dy${shape}`, shape)], whole(...shape));
    }
  }),
  ...[0.5, 2, -1, 1.7].map((exponent) =>
    buildCase(`powers of ${exponent}`, (c) => {
      const [x, dy] = [c.fed('x', [3, 2, 4], positive), c.fed('dy', [3, 2, 4])];
      const [y] = c.op({ kind: 'power', exponent }, [x], [3, 2, 4]);
      if (y) c.op({ kind: 'powerGrad', exponent }, [dy, x, y], [3, 2, 4]);
    }),
  ),
  buildCase('numbers', (c) => {
    const [x, v] = [c.fed('x', [2, 3, 2]), c.fed('v', [4])];
    c.op({ kind: 'rescale', scale: -0.5, offset: 0 }, [x], [2, 3, 2]);
    c.op({ kind: 'rescale', scale: 1, offset: 3 }, [v], [4]);
    c.op({ kind: 'rescale', scale: 2, offset: -1 }, [x], [2, 3, 2]);
  }),
  buildCase('channels', (c) => {
    const x = c.fed('x', [6, 2, 3]);
    c.op({ kind: 'slice', from: 0, to: 2 }, [x], [2, 2, 3]);
    c.op({ kind: 'slice', from: 2, to: 6 }, [x], [4, 2, 3]);
    c.op({ kind: 'slice', from: 1, to: 3 }, [c.fed('v', [4])], [2]);
    c.op({ kind: 'channelShuffle', groups: 2 }, [x], [6, 2, 3]);
    c.op({ kind: 'channelShuffle', groups: 3 }, [x], [6, 2, 3]);
    c.op({ kind: 'zeros', shape: [2, 3, 4] }, [x], [2, 3, 4]);
    c.op({ kind: 'zeros', shape: [3] }, [x], [3]);
  }),
  buildCase('masks', (c) => {
    const noise = c.fed('noise', [30], (unit) => unit);
    c.op({ kind: 'mask', rate: 0.3, offset: 2, shape: [4, 3, 2] }, [noise], [4, 3, 2]);
    c.op({ kind: 'mask', rate: 0.5, offset: 0, shape: [7] }, [noise], [7]);
    c.op({ kind: 'mask', rate: 0.5, offset: 29, shape: [1, 1, 1] }, [noise], [1, 1, 1]);
    c.op({ kind: 'mask', rate: 0, offset: 0, shape: [1] }, [noise], [1]);
    c.op({ kind: 'mask', rate: 1, offset: 0, shape: [2, 2, 2] }, [noise], [2, 2, 2]);
  }),
  buildCase('masks at the very rate', (c) => {
    const noise = c.fed('noise', [3], (_unit, i) => [0.25, 0.5, 0.75][i % 3] as number);
    c.op({ kind: 'mask', rate: 0.5, offset: 0, shape: [3] }, [noise], [3]);
  }),
  buildCase('linear', (c) => {
    const [x, dy] = [c.fed('x', [4]), c.fed('dy', [3])];
    const weight = c.variable('weight', [3, 4]);
    c.op({ kind: 'linear' }, [x, weight], [3]);
    c.op({ kind: 'linearGradInput' }, [dy, weight], [4]);
    c.op({ kind: 'linearGradWeight' }, [x, dy], whole(3, 4));
  }),
];
