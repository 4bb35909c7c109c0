import type { Graph, ValueRef } from '../../src/5-graph/graph.ts';
import { activations } from '../../src/6-emit/onnx/activations.ts';
import type { ActivationName } from '../../src/ops/activations.ts';
import type { Op } from '../../src/ops/ops.ts';
import { graphBuilder, window } from './graph-builder.ts';

const uneven = { top: 0, left: 1, bottom: 1, right: 2 };

/** A graph an op, each form that a target writes. */
export const opCases: Record<string, () => Graph> = {
  'conv 3x3, uneven pads, stride 2': () => {
    const g = graphBuilder();
    return g.build({ y: g.conv(g.input([3, 9, 8]), 'stem', 5, window(3, 2, uneven)) });
  },
  'conv with bias, groups and dilation': () => {
    const g = graphBuilder();
    return g.build({ y: g.conv(g.input([4, 9, 9]), 'stem', 6, window(3, 1, uneven, 2), { groups: 2, bias: true }) });
  },
  'depthwise conv': () => {
    const g = graphBuilder();
    return g.build({ y: g.conv(g.input([4, 7, 7]), 'dw', 4, window(5, 2, uneven), { groups: 4 }) });
  },
  'depthwise conv with two strides and a bias': () => {
    const g = graphBuilder();
    const moves = { ...window(3, 1, uneven), stride: [2, 1] as const };
    return g.build({ y: g.conv(g.input([4, 8, 7]), 'dw', 8, moves, { groups: 4, bias: true }) });
  },
  'conv that crops': () => {
    const g = graphBuilder();
    const pads = { top: -1, left: 1, bottom: 0, right: -2 };
    return g.build({ y: g.conv(g.input([3, 8, 8]), 'stem', 2, window(3, 2, pads)) });
  },
  'batch norm': () => {
    const g = graphBuilder();
    return g.build({ y: g.batchNorm(g.input([4, 5, 5]), 'bn') });
  },
  'max pool': () => {
    const g = graphBuilder();
    return g.build({ y: g.maxPool(g.input([2, 8, 8]), 'stem', window(3, 2, uneven)) });
  },
  'max pool with dilation': () => {
    const g = graphBuilder();
    return g.build({ y: g.maxPool(g.input([2, 8, 8]), 'stem', window(3, 1, uneven, 2)) });
  },
  'average pool that counts padding': () => {
    const g = graphBuilder();
    return g.build({ y: g.avgPool(g.input([2, 8, 8]), 'stem', window(3, 2, uneven), true) });
  },
  'average pool that does not': () => {
    const g = graphBuilder();
    return g.build({ y: g.avgPool(g.input([2, 8, 8]), 'stem', window(3, 2, uneven), false) });
  },
  'global pool and linear': () => {
    const g = graphBuilder();
    return g.build({ y: g.linear(g.globalPool(g.input([6, 5, 4]), 'head'), 'classifier', 3) });
  },
  'linear of a feature map, then of a vector': () => {
    const g = graphBuilder();
    return g.build({ y: g.linear(g.linear(g.input([2, 3, 4]), 'a', 5, false), 'b', 3) });
  },
  'add and gate': () => {
    const g = graphBuilder();
    const x = g.input([4, 5, 5]);
    const gate = g.act(g.globalPool(x, 'se'), 'se', 'sigmoid');
    return g.build({ y: g.add(g.mul(x, gate, 'se'), x, 'block') });
  },
  'add of three and of four': () => {
    const g = graphBuilder();
    const x = g.input([3, 4, 5]);
    const three = g.sum([x, g.act(x, 'a', 'relu'), g.act(x, 'b', 'sigmoid')], 'three');
    return g.build({ y: g.sum([three, x, three, g.act(x, 'c', 'tanh')], 'four') });
  },
  'mul of three and of four': () => {
    const g = graphBuilder();
    const x = g.input([3, 4, 5]);
    const three = g.product([x, g.act(x, 'a', 'relu'), g.act(x, 'b', 'sigmoid')], 'three');
    return g.build({ y: g.product([three, x, three, g.act(x, 'c', 'tanh')], 'four') });
  },
  'add and mul of three vectors': () => {
    const g = graphBuilder();
    const x = g.input([7]);
    const others = [g.act(x, 'a', 'sigmoid'), g.act(x, 'b', 'tanh')];
    return g.build({ y: g.product([g.sum([x, ...others], 'add'), ...others], 'mul') });
  },
  'gates before, between and after maps': () => {
    const g = graphBuilder();
    const x = g.input([4, 5, 5]);
    const gate = g.act(g.globalPool(x, 'se'), 'se', 'sigmoid');
    const other = g.act(g.globalPool(x, 'other'), 'other', 'hardsigmoid');
    const map = g.act(x, 'map', 'tanh');
    const products = [
      g.product([gate, other, x], 'before'),
      g.product([x, gate, map, other], 'after'),
      g.product([other, x, gate], 'around'),
      g.product([other, gate, other], 'alone'),
    ];
    return g.build(products.map((value, i): [string, typeof value] => [`y${i}`, value]));
  },
  'hardsigmoid gates, and what looks like one': () => {
    const g = graphBuilder();
    const x = g.input([16, 6, 6]);
    const pooled = g.conv(g.globalPool(x, 'se'), 'se.fc', 16, window(1), { bias: true });
    const gated = g.mul(g.act(x, 'a', 'relu'), g.act(pooled, 'se', 'hardsigmoid'), 'gated');
    const swish = g.mul(gated, g.act(gated, 'own', 'hardsigmoid'), 'swish');
    const dropped = g.dropout(g.act(x, 'full', 'hardsigmoid'), 'drop');
    return g.build({ y: g.mul(dropped, swish, 'first') });
  },
  'pad before a max pool, and before it a crop': () => {
    const g = graphBuilder();
    const x = g.input([2, 8, 8]);
    const edge = g.pad(x, 'edge', { top: 1, left: 1, bottom: 1, right: 1 });
    const pooled = g.maxPool(g.act(edge, 'same', 'identity'), 'pool', window(3, 2, uneven));
    const crop = g.pad(x, 'crop', { top: -1, left: 2, bottom: 0, right: -1 });
    return g.build({ y: pooled, z: g.maxPool(crop, 'cropped', window(2, 2)) });
  },
  'pad wider than the window before pools': () => {
    const g = graphBuilder();
    const wide = g.pad(g.input([2, 5, 5]), 'edge', { top: 3, left: 3, bottom: 3, right: 3 });
    return g.build({
      y: g.maxPool(wide, 'max', window(2, 2)),
      z: g.avgPool(wide, 'average', window(2, 2), false),
    });
  },
  'pad before a pool alone': () => {
    const g = graphBuilder();
    const wide = g.pad(g.input([2, 5, 5]), 'edge', { top: 3, left: 3, bottom: 3, right: 3 });
    return g.build({ y: g.avgPool(wide, 'average', window(2, 2), true) });
  },
  'pad before the mean of a large map': () => {
    const g = graphBuilder();
    const x = g.input([2, 24, 24]);
    return g.build({ y: g.globalPool(g.pad(x, 'edge', { top: 2, left: 2, bottom: 2, right: 2 }), 'head') });
  },
  'pad before a conv': () => {
    const g = graphBuilder();
    const x = g.pad(g.input([2, 6, 6]), 'edge', { top: 2, left: 2, bottom: 2, right: 2 });
    return g.build({ y: g.conv(x, 'stem', 3, window(3, 2)) });
  },
  'batch norm and concat of a vector': () => {
    const g = graphBuilder();
    const x = g.batchNorm(g.input([6]), 'bn');
    return g.build({ y: g.linear(g.concat([x, g.act(x, 'a', 'relu'), x], 'unit'), 'fc', 4) });
  },
  'split, concat and shuffle': () => {
    const g = graphBuilder();
    const [a, b, c] = g.split(g.input([6, 3, 4]), 'unit', 3);
    const swapped = g.concat([c!, g.act(a!, 'unit', 'relu'), b!], 'unit');
    return g.build({ y: g.shuffle(swapped, 'unit', 2) });
  },
  'pad and crop': () => {
    const g = graphBuilder();
    return g.build({ y: g.pad(g.input([2, 4, 4]), 'edge', { top: 1, left: -1, bottom: 2, right: 0 }) });
  },
  'arithmetic along repeated axes': () => {
    const g = graphBuilder();
    const x = g.input([4, 3, 5]);
    const pixels = g.conv(x, 'pixels', 1, window(1));
    const channels = g.act(g.globalPool(x, 'channels'), 'channels', 'sigmoid');
    const one = g.act(g.globalPool(pixels, 'one'), 'one', 'sigmoid');
    const others = { pixels: g.act(pixels, 'pixels', 'sigmoid'), channels, one };
    const kinds = ['add', 'sub', 'mul', 'div'] as const;
    return g.build(
      Object.entries(others).flatMap(([name, other]) =>
        kinds.map((kind): [string, ValueRef] => [
          `${kind}_${name}`,
          g.elementwise(kind, [x, other], `${kind}_${name}`),
        ]),
      ),
    );
  },
  'arithmetic whose first is repeated, and of both': () => {
    const g = graphBuilder();
    const x = g.input([4, 3, 5]);
    const pixels = g.conv(x, 'pixels', 1, window(1));
    const channels = g.act(g.globalPool(x, 'channels'), 'channels', 'sigmoid');
    const gate = g.act(x, 'gate', 'sigmoid');
    return g.build({
      both: g.elementwise('div', [pixels, channels], 'both'),
      over: g.elementwise('div', [channels, gate], 'over'),
      minus: g.elementwise('sub', [pixels, x], 'minus'),
      three: g.elementwise('add', [channels, pixels, x], 'three'),
      product: g.elementwise('mul', [pixels, channels, gate], 'product'),
      same: g.elementwise('sub', [x, x], 'same'),
      one: g.elementwise('div', [gate, gate], 'one'),
    });
  },
  'arithmetic with numbers, and of vectors': () => {
    const g = graphBuilder();
    const x = g.input([3, 2, 2]);
    const v = g.linear(x, 'fc', 5);
    const w = g.act(g.linear(x, 'one', 1), 'one', 'sigmoid');
    return g.build({
      half: g.rescale(x, 'half', 0.5, 0),
      more: g.rescale(x, 'more', 1, 3),
      rest: g.rescale(v, 'rest', -1, 1),
      both: g.rescale(v, 'both', 2.5, -0.25),
      over: g.elementwise('div', [v, w], 'over'),
      minus: g.elementwise('sub', [w, v], 'minus'),
    });
  },
  'powers, of what is positive and of both signs': () => {
    const g = graphBuilder();
    const x = g.input([4, 3, 5]);
    const some = g.act(x, 'some', 'sigmoid');
    const powers = [0.5, 2, -1, 1.7, 0].map((exponent, i): [string, ValueRef] => [
      `y${i}`,
      g.op(some, `y${i}`, { kind: 'power', exponent }),
    ]);
    return g.build([
      ...powers,
      ['square', g.op(x, 'square', { kind: 'power', exponent: 2 })],
      ['cube', g.op(g.linear(x, 'fc', 6), 'cube', { kind: 'power', exponent: 3 })],
      ['root', g.op(g.act(x, 'zeros', 'relu'), 'root', { kind: 'power', exponent: 0.5 })],
    ]);
  },
  'transposed convolutions of each padding, with and without bias': () => {
    const g = graphBuilder();
    const x = g.input([3, 5, 4]);
    const windows = [
      window(2, 2),
      window(3, 2, { top: 1, left: 1, bottom: 0, right: 0 }),
      window(3, 2, { top: 0, left: 0, bottom: 1, right: 1 }),
      window(4, 2, { top: 1, left: 1, bottom: 1, right: 1 }),
      window(2, 3, { top: 0, left: 0, bottom: -1, right: -1 }),
      window([2, 3], [3, 1], { top: 0, left: 1, bottom: -2, right: 1 }),
      window(1, 3),
      window(3, 1, { top: 2, left: 1, bottom: 2, right: 0 }),
    ];
    return g.build(
      windows.flatMap((win, i) =>
        [false, true].map((bias): [string, ValueRef] => [
          `y${i}${bias}`,
          g.convTranspose(x, `y${i}${bias}`, 2, win, { bias }),
        ]),
      ),
    );
  },
  'transposed convolutions with groups and dilation': () => {
    const g = graphBuilder();
    const x = g.input([4, 5, 4]);
    const bias = true;
    return g.build({
      two: g.convTranspose(x, 'two', 6, window(3, 2, { top: 1, left: 1, bottom: 0, right: 0 }), { groups: 2, bias }),
      depthwise: g.act(g.convTranspose(x, 'depthwise', 4, window(3, 2), { groups: 4, bias }), 'depthwise', 'relu'),
      several: g.convTranspose(x, 'several', 8, window(2, 2), { groups: 4 }),
      dilated: g.convTranspose(x, 'dilated', 3, window(3, 1, uneven, 2), { bias }),
      both: g.convTranspose(x, 'both', 6, window([2, 3], 2, { top: 1, left: 0, bottom: -1, right: 1 }, [3, 2]), {
        groups: 2,
      }),
      each: g.convTranspose(x, 'each', 4, window(3, 1, uneven, 2), { groups: 4 }),
    });
  },
  'attention within a map, to another, and of learned queries': () => {
    const g = graphBuilder();
    const x = g.input([6, 3, 4]);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => g.conv(x, name, 6, window(1))) as [ValueRef, ValueRef, ValueRef];
    const low = g.avgPool(x, 'low', window(2, 2), true);
    return g.build({
      own: g.attend([x, x, x], 'own', 1),
      heads: g.attend([a, b, c], 'heads', 3),
      other: g.attend([a, low, g.conv(low, 'values', 4, window(1))], 'other', 2),
      pixel: g.attend([g.globalPool(a, 'pool'), b, c], 'pixel', 2),
      learned: g.attend([g.weight('queries', [6, 2, 1], 0.5), b, c], 'learned', 2),
    });
  },
  'convolutions along channels': () => {
    const g = graphBuilder();
    const x = g.input([5, 3, 4]);
    const along = (of: ValueRef, kernel: number) => g.op(of, `along${kernel}`, { kind: 'channelConv', kernel });
    return g.build({
      gate: g.mul(x, g.act(along(g.globalPool(x, 'pool'), 3), 'gate', 'sigmoid'), 'gated'),
      map: along(x, 5),
      vector: along(g.linear(x, 'fc', 6), 7),
      one: along(x, 1),
    });
  },
  'flattened maps, joined, read by a linear layer': () => {
    const g = graphBuilder();
    const x = g.input([4, 3, 5]);
    const flat = (of: ValueRef, path: string) =>
      g.op(of, path, { kind: 'flatten' }, [g.shape(of).reduce((a, b) => a * b, 1)]);
    const joined = g.concat([flat(x, 'map'), flat(g.globalPool(x, 'pool'), 'pixel')], 'joined');
    return g.build({ y: g.linear(g.batchNorm(joined, 'bn'), 'fc', 3), flat: flat(x, 'alone') });
  },
  'learned tensors': () => {
    const g = graphBuilder();
    const x = g.input([4, 3, 5]);
    const scale = g.weight('scale', [4, 1, 1]);
    const places = g.weight('places', [4, 3, 5]);
    const share = g.act(g.weight('share', [1, 1, 1]), 'share', 'sigmoid');
    return g.build({
      scaled: g.elementwise('mul', [x, scale], 'scaled'),
      placed: g.elementwise('add', [places, x], 'placed'),
      shared: g.elementwise('div', [x, g.elementwise('add', [share, scale], 'sum')], 'shared'),
      joined: g.elementwise(
        'mul',
        [g.concat([g.weight('a', [1, 3, 5]), g.weight('b', [3, 3, 5])], 'both'), x],
        'joined',
      ),
      vector: g.elementwise('add', [g.linear(x, 'fc', 6), g.weight('v', [6], 0.1)], 'vector'),
    });
  },
  'nearest pixels, once, twice and three times': () => {
    const g = graphBuilder();
    const x = g.input([2, 3, 5]);
    const sizes: [number, number][] = [
      [3, 10],
      [6, 10],
      [9, 15],
    ];
    return g.build(sizes.map((size, i): [string, ValueRef] => [`y${i}`, g.upsample(x, `u${i}`, 'nearest', size)]));
  },
  'nearest pixels at other ratios': () => {
    const g = graphBuilder();
    const x = g.input([2, 6, 41]);
    const sizes: [number, number][] = [
      [14, 82],
      [7, 41],
      [4, 20],
      [6, 9],
    ];
    return g.build(sizes.map((size, i): [string, ValueRef] => [`y${i}`, g.upsample(x, `u${i}`, 'nearest', size)]));
  },
  'means of parts of all ratios': () => {
    const g = graphBuilder();
    const x = g.input([2, 5, 9]);
    const sizes: [number, number][] = [
      [3, 4],
      [1, 2],
      [7, 9],
    ];
    return g.build(sizes.map((size, i): [string, ValueRef] => [`y${i}`, g.upsample(x, `u${i}`, 'area', size)]));
  },
  'bilinear pixels at all ratios': () => {
    const g = graphBuilder();
    const x = g.input([2, 5, 9]);
    const sizes: [number, number][] = [
      [10, 18],
      [5, 27],
      [39, 71],
      [3, 4],
      [1, 1],
    ];
    const ys = sizes.map((size, i): [string, ValueRef] => [`y${i}`, g.upsample(x, `u${i}`, 'bilinear', size)]);
    return g.build([...ys, ['pixel', g.upsample(g.globalPool(x, 'p'), 'pixel', 'bilinear', [4, 3])]]);
  },
  'dropout and stochastic depth': () => {
    const g = graphBuilder();
    const x = g.act(g.dropout(g.input([2, 3, 3]), 'a'), 'a', 'relu');
    return g.build({ y: g.dropPath(g.act(x, 'b', 'identity'), 'b') });
  },
};
for (const fn of Object.keys(activations) as ActivationName[]) {
  opCases[`activation ${fn}`] = () => {
    const g = graphBuilder();
    return g.build({ y: g.act(g.act(g.input([2, 5, 5]), 'a', 'tanh'), 'b', fn) });
  };
}
for (const [fn, slope] of [
  ['leaky_relu', 0.3],
  ['hardsigmoid', 0.2],
  ['hardsigmoid', 0.7],
] as const) {
  opCases[`activation ${fn} ${slope}`] = () => {
    const g = graphBuilder();
    return g.build({ y: g.act(g.act(g.input([2, 5, 5]), 'a', 'tanh'), 'b', fn, slope) });
  };
}
const kept = { normalise: [6, 5, 4], globalMaxPool: [6, 1, 1], channelMean: [1, 5, 4], channelMax: [1, 5, 4] };
for (const [kind, outShape] of Object.entries(kept)) {
  opCases[`over channels or space: ${kind}`] = () => {
    const g = graphBuilder();
    const op = (kind === 'normalise' ? { kind, epsilon: 1e-12 } : { kind }) as Op;
    return g.build({ y: g.op(g.input([6, 5, 4]), 'a', op, outShape) });
  };
}
opCases['unit length where nothing is, and of a vector'] = () => {
  const g = graphBuilder();
  const op: Op = { kind: 'normalise', epsilon: 1e-12 };
  const framed = g.pad(g.input([6, 5, 4]), 'frame', { top: 1, left: 1, bottom: 1, right: 1 });
  const flat = g.linear(framed, 'dense', 5);
  return g.build({ y: g.op(framed, 'a', op), z: g.op(flat, 'b', op) });
};
const sampleNorms: readonly Op[] = [
  { kind: 'layerNorm', epsilon: 1e-3 },
  { kind: 'groupNorm', groups: 1, epsilon: 1e-3 },
  { kind: 'groupNorm', groups: 3, epsilon: 1e-5 },
  { kind: 'groupNorm', groups: 6, epsilon: 1e-3 },
  { kind: 'localResponseNorm', size: 5, alpha: 5e-4, beta: 0.75, k: 2 },
  { kind: 'localResponseNorm', size: 3, alpha: 2, beta: 0.5, k: 0.1 },
];
for (const [i, op] of sampleNorms.entries()) {
  opCases[`norm of one sample ${i}: ${op.kind}`] = () => {
    const g = graphBuilder();
    return g.build({ y: g.op(g.input([6, 5, 4]), 'stem.norm', op) });
  };
  if (op.kind === 'localResponseNorm') continue;
  opCases[`norm of a vector ${i}: ${op.kind}`] = () => {
    const g = graphBuilder();
    return g.build({ y: g.op(g.linear(g.input([4]), 'dense', 6), 'dense.norm', op) });
  };
}
