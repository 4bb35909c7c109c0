import type { ActivationName, Pads, Window } from '../../src/5-graph/ops.ts';
import type { StepRef } from '../../src/5-graph/training/program.ts';
import { gradientReads, type StepOp } from '../../src/5-graph/training/step-ops.ts';
import type { HostTensor } from '../../src/backends/runner.ts';
import { batched, type OpCase, opCase, plain, scalar } from './op-case.ts';
import { updateCases } from './update-cases.ts';

export type { OpCase };

function window(kernel: number, stride: number, pads: number | readonly number[], dilation = 1): Window {
  const [top = 0, left = 0, bottom = 0, right = 0] = typeof pads === 'number' ? [pads, pads, pads, pads] : pads;
  return { kernel, stride, dilation, pads: { top, left, bottom, right } };
}

/** `[C, H, W]` behind a window. */
function outDims(filters: number, [, height = 1, width = 1]: readonly number[], w: Window): readonly number[] {
  const extent = (w.kernel - 1) * w.dilation + 1;
  const size = (n: number, pads: number) => Math.floor((n + pads - extent) / w.stride) + 1;
  return [filters, size(height, w.pads.top + w.pads.bottom), size(width, w.pads.left + w.pads.right)];
}

interface ConvCase {
  readonly name: string;
  readonly input: readonly number[];
  readonly filters: number;
  readonly window: Window;
  readonly groups?: number;
}

const convCases: readonly ConvCase[] = [
  { name: 'pointwise', input: [4, 5, 6], filters: 3, window: window(1, 1, 0) },
  { name: 'same, stride 1', input: [3, 6, 5], filters: 4, window: window(3, 1, 1) },
  { name: 'same, stride 2, odd pad behind', input: [3, 8, 8], filters: 4, window: window(3, 2, [0, 0, 1, 1]) },
  { name: 'symmetric, stride 2', input: [3, 8, 7], filters: 4, window: window(3, 2, 1) },
  { name: 'four other pads', input: [2, 7, 6], filters: 3, window: window(3, 1, [2, 0, 1, 2]) },
  { name: 'no pads, rows that no window reads', input: [2, 8, 8], filters: 3, window: window(3, 2, 0) },
  { name: 'stride over kernel', input: [3, 7, 7], filters: 2, window: window(1, 2, 0) },
  { name: 'dilation', input: [2, 9, 8], filters: 3, window: window(3, 1, 2, 2) },
  { name: 'dilation, stride 2', input: [2, 9, 8], filters: 3, window: window(3, 2, [1, 2, 2, 1], 2) },
  { name: 'groups', input: [6, 6, 5], filters: 9, groups: 3, window: window(3, 1, 1) },
  { name: 'groups, stride 2, dilation', input: [4, 9, 9], filters: 6, groups: 2, window: window(3, 2, 2, 2) },
  { name: 'depthwise', input: [5, 6, 7], filters: 5, groups: 5, window: window(3, 1, 1) },
  { name: 'depthwise, same, stride 2', input: [4, 8, 6], filters: 4, groups: 4, window: window(5, 2, [1, 1, 2, 2]) },
  { name: 'depthwise, symmetric, stride 2', input: [4, 8, 7], filters: 4, groups: 4, window: window(3, 2, 1) },
  { name: 'depthwise, dilation', input: [4, 9, 8], filters: 4, groups: 4, window: window(3, 1, 2, 2) },
  { name: 'two filters a channel', input: [3, 6, 6], filters: 6, groups: 3, window: window(3, 2, 1) },
  { name: 'two filters a channel, dilation', input: [3, 8, 8], filters: 6, groups: 3, window: window(3, 1, 2, 2) },
];

function convolution({ name, input, filters, window: w, groups = 1 }: ConvCase): OpCase {
  return opCase(`convolution: ${name}`, (c) => {
    const shape = [filters, (input[0] ?? 1) / groups, w.kernel, w.kernel];
    const layout = groups > 1 && groups === filters && shape[1] === 1 ? 'depthwise' : 'conv';
    const out = batched(outDims(filters, input, w));
    const [x, weight, dy] = [c.sample(input), c.held(shape, layout), c.sample(out.dims)];
    const op = { window: w, groups };
    c.result(c.b.one({ kind: 'conv', ...op }, [x, weight], out));
    c.result(c.b.one({ kind: 'convGradInput', ...op, shape: input }, [dy, weight], batched(input)));
    c.result(c.b.one({ kind: 'convGradWeight', ...op, shape }, [x, dy], plain(shape)), layout);
  });
}

const images = [5, 3, 4] as const;
const vectors = [6] as const;
const named = (dims: readonly number[]) => (dims.length === 3 ? 'images' : 'vectors');

const bias = [images, vectors].map((dims) =>
  opCase(`bias: ${named(dims)}`, (c) => {
    const x = c.sample(dims);
    const b = c.held([dims[0]], 'vector');
    c.result(c.b.one({ kind: 'addBias' }, [x, b], batched(dims)));
    c.result(c.b.one({ kind: 'biasGrad' }, [x], plain([dims[0]])));
  }),
);

const norms = [images, vectors].flatMap((dims) => {
  const vector = plain([dims[0]]);
  const epsilon = 1e-3;
  return [
    opCase(`batch norm: ${named(dims)}`, (c) => {
      const x = c.sample(dims, -1, 3);
      const [gamma, beta] = [c.held(vector.dims, 'vector'), c.held(vector.dims, 'vector')];
      const shapes = [batched(dims), vector, vector, scalar];
      const [y, mean, variance, kept] = c.b.add({ kind: 'batchNorm', epsilon }, [x, gamma, beta], shapes);
      for (const value of [y, mean, variance]) c.result(value as StepRef);
      const inputs = [c.sample(dims), x, gamma, kept as StepRef];
      for (const value of c.b.add({ kind: 'batchNormGrad', epsilon }, inputs, shapes.slice(0, 3))) c.result(value);
    }),
    opCase(`fixed norm: ${named(dims)}`, (c) => {
      const [gamma, beta, mean] = [0, 1, 2].map(() => c.held(vector.dims, 'vector')) as [StepRef, StepRef, StepRef];
      const variance = c.held(vector.dims, 'vector', 0.1, 2);
      const [x, dy] = [c.sample(dims), c.sample(dims)];
      c.result(c.b.one({ kind: 'normalise', epsilon }, [x, gamma, beta, mean, variance], batched(dims)));
      c.result(c.b.one({ kind: 'normaliseGrad', epsilon }, [dy, gamma, variance], batched(dims)));
    }),
  ];
});

const activationNames = Object.keys(gradientReads).filter((fn) => fn !== 'identity') as ActivationName[];
const activations = activationNames.map((fn) =>
  opCase(`activation: ${fn}`, (c) => {
    const x = c.sample(images, -8, 8);
    const y = c.b.one({ kind: 'activation', fn }, [x], batched(images));
    c.result(y);
    const read = gradientReads[fn] === 'input' ? x : y;
    c.result(c.b.one({ kind: 'activationGrad', fn }, [c.sample(images), read], batched(images)));
  }),
);

interface PoolCase {
  readonly name: string;
  readonly input: readonly number[];
  readonly window: Window;
}

const poolCases: readonly PoolCase[] = [
  { name: 'no pads', input: [3, 6, 6], window: window(2, 2, 0) },
  { name: 'symmetric, stride 2', input: [3, 7, 8], window: window(3, 2, 1) },
  { name: 'same, stride 2', input: [2, 8, 8], window: window(3, 2, [0, 0, 1, 1]) },
  { name: 'same, stride 1', input: [2, 5, 4], window: window(3, 1, 1) },
  { name: 'four other pads', input: [2, 6, 5], window: window(3, 1, [1, 0, 2, 1]) },
  { name: 'rows that no window reads', input: [2, 8, 7], window: window(3, 3, 0) },
];

const pools = poolCases.flatMap(({ name, input, window: w }) => {
  const out = batched(outDims(input[0] as number, input, w));
  return [
    opCase(`max pool: ${name}`, (c) => {
      const x = c.sample(input);
      const y = c.b.one({ kind: 'maxPool', window: w }, [x], out);
      c.result(y);
      c.result(c.b.one({ kind: 'maxPoolGrad', window: w }, [c.sample(out.dims), x, y], batched(input)));
    }),
    ...[true, false].map((countPad) =>
      opCase(`average pool: ${name}, pads ${countPad ? 'counted' : 'not counted'}`, (c) => {
        const op = { window: w, countPad };
        c.result(c.b.one({ kind: 'avgPool', ...op }, [c.sample(input)], out));
        c.result(c.b.one({ kind: 'avgPoolGrad', ...op, shape: input }, [c.sample(out.dims)], batched(input)));
      }),
    ),
  ];
});

/** An op of values with a batch alone. */
function simple(
  name: string,
  op: StepOp,
  inputs: readonly (readonly number[])[],
  out: readonly number[],
  [low, high]: readonly [number, number] = [-1, 1],
): OpCase {
  return opCase(name, (c) => {
    const values = inputs.map((dims) => c.sample(dims, low, high));
    c.result(c.b.one(op, values, batched(out)));
  });
}

const pads = (top: number, left: number, bottom: number, right: number): Pads => ({ top, left, bottom, right });

const others: readonly OpCase[] = [
  simple('global average', { kind: 'globalAvgPool' }, [images], [5, 1, 1]),
  simple('global average: gradient', { kind: 'globalAvgPoolGrad', shape: images }, [[5, 1, 1]], images),
  simple('sum over space', { kind: 'sumSpace' }, [images], [5, 1, 1]),
  simple('flatten', { kind: 'flatten' }, [images], [60]),
  simple('flatten: one pixel', { kind: 'flatten' }, [[5, 1, 1]], [5]),
  simple('flatten: one channel', { kind: 'flatten' }, [[1, 3, 4]], [12]),
  simple('unflatten', { kind: 'unflatten', shape: images }, [[60]], images),
  simple('unflatten: one pixel', { kind: 'unflatten', shape: [5, 1, 1] }, [[5]], [5, 1, 1]),
  simple('mask: elements', { kind: 'mask', rate: 0.3, offset: 2, shape: images }, [[64]], images, [0, 1]),
  simple('mask: vectors', { kind: 'mask', rate: 0.3, offset: 1, shape: vectors }, [[8]], vectors, [0, 1]),
  simple('mask: samples', { kind: 'mask', rate: 0.5, offset: 3, shape: [1, 1, 1] }, [[4]], [1, 1, 1], [0, 1]),
  simple('mask: all', { kind: 'mask', rate: 1, offset: 0, shape: [1] }, [[4]], [1], [0, 1]),
  simple('product', { kind: 'mul' }, [images, images], images),
  simple('product: a gate', { kind: 'mul' }, [images, [5, 1, 1]], images),
  simple('product: a gate first', { kind: 'mul' }, [[5, 1, 1], images], images),
  simple('product: a sample', { kind: 'mul' }, [images, [1, 1, 1]], images),
  simple('sum of two', { kind: 'add' }, [images, images], images),
  simple('sum of three', { kind: 'add' }, [images, images, images], images),
  simple('concat', { kind: 'concat' }, [images, [2, 3, 4], [1, 3, 4]], [8, 3, 4]),
  simple('concat: vectors', { kind: 'concat' }, [[2], [3]], [5]),
  simple('slice', { kind: 'slice', from: 1, to: 4 }, [images], [3, 3, 4]),
  simple('slice: vectors', { kind: 'slice', from: 2, to: 3 }, [vectors], [1]),
  simple('zeros', { kind: 'zeros', shape: images }, [vectors], images),
  simple('channel shuffle', { kind: 'channelShuffle', groups: 2 }, [[6, 3, 4]], [6, 3, 4]),
  simple('pad', { kind: 'pad', pads: pads(1, 2, 0, 3) }, [images], [5, 4, 9]),
  simple('pad: less', { kind: 'pad', pads: pads(-1, 0, -1, -2) }, [images], [5, 1, 2]),
  simple('pad: more and less', { kind: 'pad', pads: pads(-1, 2, 3, -1) }, [images], [5, 5, 5]),
  opCase('linear', (c) => {
    const [x, dy, weight] = [c.sample([4]), c.sample([3]), c.held([3, 4], 'linear')];
    c.result(c.b.one({ kind: 'linear' }, [x, weight], batched([3])));
    c.result(c.b.one({ kind: 'linearGradInput' }, [dy, weight], batched([4])));
    c.result(c.b.one({ kind: 'linearGradWeight' }, [x, dy], plain([3, 4])), 'linear');
  }),
  opCase('mean of samples', (c) => {
    const [losses, weights, x] = [c.sample([]), c.sample([], 0, 2), c.sample([5])];
    c.result(c.b.one({ kind: 'weightedMean' }, [losses, weights], scalar));
    c.result(c.b.one({ kind: 'scaleSamples' }, [x, weights], batched([5])));
  }),
  ...[0, 0.5].map((limit) =>
    opCase(`gradient norm: limit ${limit}`, (c) => {
      const parts = [c.held([3, 2, 3, 3], 'conv'), c.held([4, 2], 'linear'), c.held([5], 'vector')];
      const norm = c.b.one({ kind: 'globalNorm' }, parts, scalar);
      c.result(norm);
      const factor = c.b.one({ kind: 'clipFactor' }, [norm, c.number(limit)], scalar);
      c.result(factor);
      const [shape, other] = [plain([4, 2]), parts[1] as StepRef];
      c.result(c.b.one({ kind: 'scale' }, [other, factor], shape), 'linear');
      c.result(c.b.one({ kind: 'addScaled' }, [other, c.held([4, 2], 'linear'), factor], shape), 'linear');
    }),
  ),
  ...[0, Number.NaN, Number.POSITIVE_INFINITY].map((odd) =>
    opCase(`is finite: with ${odd}`, (c) => {
      const shape = plain([3, 3]);
      const value = c.b.one({ kind: 'scale' }, [c.held([3, 3], 'linear'), c.number(odd)], shape);
      c.result(c.b.one({ kind: 'isFinite' }, [value], scalar));
      c.result(c.b.one({ kind: 'isFinite' }, [c.sample(images)], scalar));
    }),
  ),
];

/** Targets that are distributions: each sample's numbers over their sum. */
function distributions({ shape, data }: HostTensor): HostTensor {
  const classes = shape[1] as number;
  const sums = Array.from({ length: shape[0] as number }, (_, i) =>
    data.subarray(i * classes, (i + 1) * classes).reduce((sum, x) => sum + x, 0),
  );
  return { shape, data: data.map((x, i) => x / (sums[Math.floor(i / classes)] as number)) };
}

const losses = ([undefined, 0, 0.5, 2] as const).map((gamma): OpCase => {
  const name = gamma === undefined ? 'cross-entropy' : `focal loss: gamma ${gamma}`;
  const made = opCase(name, (c) => {
    const inputs = [c.sample([5], -6, 6), c.sample([5], 0, 1)];
    const op = { kind: gamma === undefined ? 'softmaxCrossEntropy' : 'focalLoss' } as const;
    if (gamma !== undefined) inputs.push(c.number(gamma));
    for (const value of c.b.add(op, inputs, [batched([]), batched([5])])) c.result(value);
  });
  return { ...made, inputs: { ...made.inputs, x1: distributions(made.inputs.x1 as HostTensor) } };
});

export const opCases: readonly OpCase[] = [
  ...convCases.map(convolution),
  ...bias,
  ...norms,
  ...activations,
  ...pools,
  ...others,
  ...losses,
  ...updateCases,
];

/** A step that a guard ends: its loss is infinite where the number `n0` is. */
export const guardedCase: OpCase = opCase('guard', (c) => {
  const scale = c.number(1);
  const weight = c.held([3, 4], 'linear');
  const norm = c.b.one({ kind: 'globalNorm' }, [weight], scalar);
  const loss = c.b.one({ kind: 'scale' }, [norm, scale], scalar);
  c.b.guard(loss);
  c.b.output('loss', loss);
  c.b.update({ kind: 'accumulate', variable: 'v1', value: weight });
});
