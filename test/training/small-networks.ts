import type { Graph } from '../../src/5-graph/graph.ts';
import type { ActivationName } from '../../src/ops/activations.ts';
import type { Pads } from '../../src/ops/window.ts';
import { build } from '../language/build.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';

const around = (n: number): Pads => ({ top: n, left: n, bottom: n, right: n });
const after: Pads = { top: 0, left: 0, bottom: 1, right: 1 };

type Builder = ReturnType<typeof graphBuilder>;
type Value = ReturnType<Builder['input']>;

/** A convolution of a size that keeps the map's, its norm and activation. */
function unit(g: Builder, x: Value, path: string, filters: number, fn: ActivationName, kernel = 3, groups = 1): Value {
  const convolved = g.conv(x, `${path}.conv`, filters, window(kernel, 1, around(kernel >> 1)), { groups });
  return g.act(g.batchNorm(convolved, `${path}.bn`), path, fn);
}

/** An inverted bottleneck with excitation, stochastic depth and shortcut, dropout before the classifier. */
function bottleneck(): Graph {
  const g = graphBuilder('bottleneck');
  const stem = g.conv(g.input([3, 8, 8]), 'stem.conv', 4, window(3, 2, after));
  const x = g.act(g.batchNorm(stem, 'stem.bn'), 'stem', 'silu');
  const expanded = unit(g, x, 'block.expand', 8, 'relu6', 1);
  const depthwise = unit(g, expanded, 'block.depthwise', 8, 'hardswish', 3, 8);
  const reduced = g.conv(g.globalPool(depthwise, 'block.se'), 'block.se.reduce', 2, window(1), { bias: true });
  const gate = g.conv(g.act(reduced, 'block.se', 'silu'), 'block.se.expand', 8, window(1), { bias: true });
  const gated = g.mul(depthwise, g.act(gate, 'block.se', 'sigmoid'), 'block.se');
  const projected = g.batchNorm(g.conv(gated, 'block.project.conv', 4, window(1)), 'block.project.bn');
  const out = g.add(g.dropPath(projected, 'block'), x, 'block');
  return g.build({ logits: g.linear(g.dropout(g.globalPool(out, 'head'), 'head'), 'classifier', 3) });
}

/** Channels split, one half untouched, joined and shuffled; then in three, one part of which nobody reads. */
function shuffled(): Graph {
  const g = graphBuilder('shuffled');
  const x = unit(g, g.input([3, 5, 6]), 'stem', 6, 'relu');
  const [left, right] = g.split(x, 'unit', 2) as [Value, Value];
  const joined = g.concat([left, unit(g, right, 'unit.branch', 3, 'tanh', 3, 3)], 'unit');
  const mixed = g.shuffle(joined, 'unit', 2);
  const [first, , third] = g.split(mixed, 'thirds', 3) as [Value, Value, Value];
  const grouped = unit(g, g.concat([third, first], 'thirds'), 'grouped', 4, 'silu', 3, 2);
  return g.build({ logits: g.linear(g.globalPool(grouped, 'head'), 'classifier', 4) });
}

/** Pools of all kinds side by side, borders put on and taken off, and a classifier over all pixels. */
function pooled(): Graph {
  const g = graphBuilder('pooled');
  const x = unit(g, g.input([2, 8, 9]), 'stem', 3, 'silu');
  const most = g.maxPool(x, 'most', window(3, 2, around(1)));
  const mean = g.avgPool(x, 'mean', window(3, 2, around(1)), false);
  const counted = g.avgPool(x, 'counted', window(3, 2, around(1)), true);
  const all = g.concat([most, mean, counted], 'all');
  const framed = g.pad(all, 'frame', { top: 1, left: 0, bottom: 2, right: 1 });
  const dilated = g.conv(framed, 'dilated', 4, window(3, 1, around(1), 2), { bias: true });
  const cut = g.pad(g.act(dilated, 'dilated', 'hardsigmoid'), 'cut', { top: -1, left: -1, bottom: 0, right: -1 });
  return g.build({ logits: g.linear(cut, 'classifier', 3) });
}

/** Two tensors side by side through a cell, each read more than once; a product of three, and of one with itself. */
function cells(): Graph {
  const g = graphBuilder('cells');
  const image = g.input([2, 6, 6]);
  let [before, now] = [unit(g, image, 'a', 4, 'relu', 1), unit(g, image, 'b', 4, 'silu')];
  for (const cell of ['cell0', 'cell1']) {
    const left = g.add(unit(g, before, `${cell}.left`, 4, 'relu', 3, 4), now, cell);
    const right = g.add(unit(g, now, `${cell}.right`, 4, 'hardswish', 1), before, cell);
    const joined = g.conv(g.concat([left, right], cell), `${cell}.join`, 4, window(1));
    const next = g.act(joined, cell, 'sigmoid');
    [before, now] = [now, g.mul(next, next, cell)];
  }
  const gate = g.act(g.globalPool(before, 'gate'), 'gate', 'sigmoid');
  const product = g.mul(now, before, 'product');
  // The builder makes products of two; the graph's have any number, the gate standing anywhere.
  Object.assign(g.nodes[product.node] as object, { inputs: [gate, now, before] });
  const hidden = g.batchNorm(g.linear(g.globalPool(product, 'head'), 'hidden', 5, false), 'hidden.bn');
  return g.build({ logits: g.linear(g.act(hidden, 'hidden', 'silu'), 'classifier', 3) });
}

/** One unit for two maps, its convolution shared, its norms too in one and not in the other; a shared classifier. */
function shared(): Graph {
  const { graph } = build(`
block Unit(x, channels: int) {
  return x -> conv: Conv(channels, 3) -> bn: BatchNorm -> silu
}

model Shared {
  input image: [2, 6, 7]
  stem: Conv(4, 3)
  maps = [stem, stem -> MaxPool(2), stem -> AvgPool(2)]
  each = [x -> share(norms: separate) unit: Unit(4) for x in maps]
  again = [x -> share unit2: Unit(5) -> share unit3: Conv(5, 1) -> share unit3: Conv(5, 1) for x in each]
  vectors = [x -> GlobalAvgPool -> share fc: Linear(3) for x in again]
  logits: Add(vectors)
}`);
  return graph;
}

/** Attention by maxima and means, over channels and over space (Woo et al. 2018), on channels of unit length. */
function attentive(): Graph {
  const g = graphBuilder('attentive');
  const x = g.op(unit(g, g.input([3, 5, 4]), 'stem', 4, 'silu'), 'stem', { kind: 'normalise', epsilon: 1e-12 });
  const gate = g.act(g.op(x, 'gate', { kind: 'globalMaxPool' }, [4, 1, 1]), 'gate', 'sigmoid');
  const gated = g.mul(x, gate, 'gated');
  const mean = g.op(gated, 'spatial', { kind: 'channelMean' }, [1, 5, 4]);
  const most = g.op(gated, 'spatial', { kind: 'channelMax' }, [1, 5, 4]);
  const spatial = g.conv(g.concat([mean, most], 'spatial'), 'spatial.conv', 4, window(3, 1, around(1)));
  const attended = g.mul(gated, g.act(spatial, 'spatial', 'sigmoid'), 'attended');
  return g.build({ logits: g.linear(g.globalPool(attended, 'head'), 'classifier', 3) });
}

/** Maps, channels and pixels against each other, in sums, differences, products and quotients, and with numbers. */
function fused(): Graph {
  const g = graphBuilder('fused');
  const x = unit(g, g.input([3, 4, 5]), 'stem', 4, 'silu');
  const channels = g.act(g.globalPool(x, 'channels'), 'channels', 'sigmoid');
  const pixels = g.act(g.conv(x, 'pixels', 1, window(1)), 'pixels', 'sigmoid');
  const sum = g.rescale(g.elementwise('add', [channels, pixels], 'sum'), 'sum', 2, 0.1);
  const centred = g.elementwise('sub', [x, channels], 'centred');
  const share = g.elementwise('div', [centred, sum], 'share');
  const rest = g.elementwise('sub', [pixels, g.elementwise('mul', [pixels, x, channels], 'all')], 'rest');
  const both = g.elementwise(
    'div',
    [g.elementwise('add', [share, rest, pixels], 'both'), g.rescale(pixels, 'half', 1, 0.5)],
    'both',
  );
  return g.build({ logits: g.linear(g.globalPool(both, 'head'), 'classifier', 3) });
}

/** A convolution of ConvNeXt (Liu et al. 2022), and the norms that are not over a batch. */
function normed(): Graph {
  const g = graphBuilder('normed');
  const stem = g.conv(g.input([3, 5, 4]), 'stem', 4, window(3, 1, around(1)));
  const response = g.op(g.act(stem, 'stem', 'relu'), 'stem', {
    kind: 'localResponseNorm',
    size: 3,
    alpha: 1,
    beta: 0.75,
    k: 2,
  });
  const depthwise = g.conv(response, 'depthwise', 4, window(3, 1, around(1)), { groups: 4, bias: true });
  const normal = g.op(depthwise, 'norm', { kind: 'layerNorm', epsilon: 1e-3 });
  const wide = g.act(g.conv(normal, 'expand', 8, window(1), { bias: true }), 'expand', 'gelu');
  const grouped = g.op(g.conv(wide, 'project', 4, window(1)), 'groups', {
    kind: 'groupNorm',
    groups: 2,
    epsilon: 1e-3,
  });
  const head = g.op(g.globalPool(g.add(grouped, response, 'sum'), 'head'), 'head.norm', {
    kind: 'layerNorm',
    epsilon: 1e-3,
  });
  return g.build({ logits: g.linear(head, 'classifier', 3) });
}

/** Learned tensors: a scale of channels, places, shares of two branches, and one of vectors. */
function learned(): Graph {
  const g = graphBuilder('learned');
  const x = unit(g, g.input([3, 4, 5]), 'stem', 4, 'silu');
  const placed = g.elementwise('add', [x, g.weight('places', [4, 4, 5])], 'placed');
  const branch = g.elementwise('mul', [unit(g, placed, 'branch', 4, 'tanh'), g.weight('scale', [4, 1, 1])], 'branch');
  const [a, b] = ['a', 'b'].map((name) => g.act(g.weight(name, [1, 1, 1]), name, 'relu')) as [Value, Value];
  const sum = g.elementwise(
    'add',
    [g.elementwise('mul', [placed, a], 'a'), g.elementwise('mul', [branch, b], 'b')],
    'sum',
  );
  const fused = g.elementwise(
    'div',
    [sum, g.rescale(g.elementwise('add', [a, b], 'shares'), 'shares', 1, 1e-4)],
    'fused',
  );
  const vector = g.elementwise(
    'mul',
    [g.linear(g.globalPool(fused, 'head'), 'hidden', 5), g.weight('vector', [5])],
    'vector',
  );
  return g.build({ logits: g.linear(vector, 'classifier', 3) });
}

/** Gates along channels (Wang et al. 2020), responses of whole maps (Woo et al. 2023), a vector of all pixels. */
function responsive(): Graph {
  const g = graphBuilder('responsive');
  const x = unit(g, g.input([3, 4, 5]), 'stem', 4, 'silu');
  const along = g.op(g.globalPool(x, 'pool'), 'along', { kind: 'channelConv', kernel: 3 });
  const gated = g.mul(x, g.act(along, 'gate', 'sigmoid'), 'gated');
  const squares = g.globalPool(g.op(gated, 'squares', { kind: 'power', exponent: 2 }), 'squares');
  const response = g.op(squares, 'response', { kind: 'power', exponent: 0.5 });
  const mean = g.op(response, 'mean', { kind: 'channelMean' }, [1, 1, 1]);
  const share = g.elementwise('div', [response, g.rescale(mean, 'more', 1, 0.1)], 'share');
  const placed = g.elementwise('add', [gated, g.weight('places', [1, 4, 5], 0.5)], 'placed');
  const flat = g.op(g.elementwise('mul', [placed, share], 'both'), 'flat', { kind: 'flatten' }, [80]);
  return g.build({ logits: g.linear(flat, 'classifier', 3) });
}

/** Down and up again, by transposed convolutions of all sorts, and a shortcut over them. */
function transposed(): Graph {
  const g = graphBuilder('transposed');
  const x = unit(g, g.input([3, 6, 5]), 'stem', 4, 'silu');
  const low = g.act(g.conv(x, 'low', 6, window(3, 2, around(1))), 'low', 'tanh');
  const up = g.convTranspose(low, 'up', 4, window(2, 2, { top: 0, left: 0, bottom: 0, right: 1 }), { bias: true });
  const grouped = g.convTranspose(low, 'grouped', 4, window(3, 2, { top: 1, left: 1, bottom: 0, right: 1 }), {
    groups: 2,
  });
  const each = g.convTranspose(low, 'each', 6, window(3, 1, around(1)), { groups: 6, bias: true });
  const several = g.convTranspose(
    g.act(each, 'each', 'silu'),
    'several',
    12,
    window([1, 2], [1, 3], { top: 0, left: 0, bottom: 0, right: -1 }),
    { groups: 6 },
  );
  const dilated = g.convTranspose(several, 'dilated', 4, window(2, 1, { top: 0, left: 2, bottom: -1, right: 4 }, 2), {
    bias: true,
  });
  const sum = g.sum([x, g.act(up, 'up', 'relu'), grouped], 'sum');
  const both = g.concat([g.globalPool(sum, 'sum'), g.globalPool(g.act(dilated, 'dilated', 'silu'), 'rest')], 'both');
  return g.build({ logits: g.linear(both, 'classifier', 3) });
}

/** Attention within a map, to a smaller one, and from learned queries. */
function attending(): Graph {
  const g = graphBuilder('attending');
  const x = unit(g, g.input([3, 3, 4]), 'stem', 4, 'silu');
  const [q, k, v] = g.split(g.conv(x, 'qkv', 12, window(1), { bias: true }), 'qkv', 3) as [Value, Value, Value];
  const y = g.add(x, g.attend([q, k, v], 'own', 2), 'own');
  const low = g.conv(y, 'low', 6, window(2, 2));
  const other = g.attend([y, g.conv(low, 'keys', 4, window(1)), low], 'other', 2);
  const asked = g.attend([g.weight('queries', [6, 2, 1], 0.5), other, other], 'asked', 1);
  return g.build({ logits: g.linear(asked, 'classifier', 3) });
}

/** A feature pyramid of two levels, with a head's scores at the size of the image. */
function pyramid(): Graph {
  const g = graphBuilder('pyramid');
  const image = g.input([3, 7, 6]);
  const fine = unit(g, image, 'fine', 4, 'silu');
  const coarse = g.avgPool(unit(g, fine, 'coarse', 4, 'relu'), 'coarse', window(2, 2), true);
  const joined = g.add(fine, g.upsample(coarse, 'nearest', 'nearest', [7, 6]), 'joined');
  const scores = g.upsample(g.conv(coarse, 'scores', 4, window(1)), 'bilinear', 'bilinear', [7, 6]);
  return g.build({ logits: g.linear(g.globalPool(g.mul(joined, scores, 'both'), 'head'), 'classifier', 3) });
}

/** Scores of the shape `[C, 1, 1]`, and two auxiliary outputs in the middle, one of which is such a map too. */
export function withHeads(): Graph {
  const g = graphBuilder('heads');
  const early = unit(g, g.input([3, 6, 6]), 'early', 4, 'silu');
  const late = unit(g, early, 'late', 5, 'tanh');
  const first = g.linear(g.globalPool(early, 'first'), 'first.fc', 3);
  const second = g.globalPool(g.conv(late, 'second.conv', 3, window(1), { bias: true }), 'second');
  const scores = g.conv(g.dropout(late, 'classifier'), 'classifier.conv', 3, window(3), { bias: true });
  return g.build({ logits: g.globalPool(g.act(scores, 'classifier', 'silu'), 'classifier') }, [
    { name: 'first', value: first, weight: 0.3 },
    { name: 'second', value: second, weight: 1.5 },
  ]);
}

/** Small networks that together have every op of a graph in them. */
export const smallNetworks: Readonly<Record<string, () => Graph>> = {
  bottleneck,
  shuffled,
  pooled,
  cells,
  attentive,
  fused,
  normed,
  learned,
  responsive,
  transposed,
  attending,
  pyramid,
  withHeads,
  shared,
};
