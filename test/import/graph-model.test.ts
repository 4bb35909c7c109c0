import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadGraphModel, type Tensor, tensor4d, transpose } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { enetc, folder } from '../cli/fake-io.ts';
import { distance, emitFiles, inputsOf, runOrt } from '../onnx/emit.ts';
import { mutationRuns } from '../weights/mutations.ts';
import { artifactsOf, constants, image, importedFrom, moves, op, text, texts, wholes } from './tfjs-graph.ts';

/** Constants, by name: their shapes in TensorFlow's order, or whole numbers. */
const shapes: Readonly<Record<string, readonly number[]>> = {
  k1: [3, 3, 3, 4],
  b1: [4],
  k2: [3, 3, 4, 2],
  b2: [8],
  gamma: [8],
  beta: [8],
  mean: [8],
  variance: [8],
  k3: [1, 1, 8, 6],
  squeeze: [1, 1, 6, 3],
  excite: [1, 1, 3, 6],
  squeezeBias: [3],
  side: [6, 3],
  sides: [1, 1, 1, 6],
  half: [],
  k4: [3, 3, 6, 6],
  fc: [5, 96],
  fcb: [5],
};
const sizes: Readonly<Record<string, readonly number[]>> = {
  axes: [1, 2],
  zero: [0],
  one: [1],
  pixel: [1],
  channels: [6],
  last: [3],
  around: [0, 0, 1, 2, 1, 2, 0, 0],
  twice: [8, 8],
  flat: [-1, 96],
};
/** Variances are above 0, and what is divided by is 2. */
const changedConstants = (name: string, values: Float32Array<ArrayBuffer>) =>
  name === 'variance' ? values.map((n) => 0.5 + n * n) : name === 'half' ? values.fill(2) : values;
const sizeShapes: Readonly<Record<string, readonly number[]>> = { around: [4, 2], last: [], pixel: [], channels: [] };

/** Convolutions with and without what the converter fuses, excitation as Keras states it, resizing, a branch, a flattened map. */
const nodes = [
  image(8, 8, 3),
  ...constants(shapes, sizes),
  op('stem', '_FusedConv2D', ['x', 'k1', 'b1'], {
    ...moves(2),
    fused_ops: texts('BiasAdd', 'Relu6'),
    num_args: { i: '1' },
  }),
  op('deep', 'DepthwiseConv2dNative', ['stem', 'k2'], moves()),
  op('deepBias', 'BiasAdd', ['deep', 'b2']),
  op('norm', 'FusedBatchNormV3', ['deepBias', 'gamma', 'beta', 'mean', 'variance'], {
    epsilon: { f: 0.01 },
    is_training: { b: false },
  }),
  op('leaky', 'LeakyRelu', ['norm'], { alpha: { f: 0.1 } }),
  op('narrow', 'Conv2D', ['leaky', 'k3'], moves()),
  op('pooled', 'Mean', ['narrow', 'axes'], { keep_dims: { b: false } }),
  op('shape', 'Shape', ['pooled']),
  op('batch', 'StridedSlice', ['shape', 'zero', 'one', 'one'], { shrink_axis_mask: { i: '1' } }),
  op('to', 'Pack', ['batch', 'pixel', 'pixel', 'channels'], { axis: { i: '0' } }),
  op('vector', 'Reshape', ['pooled', 'to']),
  op('vectorAgain', 'Squeeze', ['vector'], { squeeze_dims: wholes(1, 2) }),
  op('aside', '_FusedMatMul', ['vectorAgain', 'side', 'squeezeBias'], {
    fused_ops: texts('BiasAdd', 'Elu'),
    num_args: { i: '1' },
  }),
  op('less', '_FusedConv2D', ['vector', 'squeeze', 'squeezeBias'], {
    ...moves(),
    fused_ops: texts('BiasAdd', 'Relu'),
    num_args: { i: '1' },
  }),
  op('more', 'Conv2D', ['less', 'excite'], moves()),
  op('gate', 'Sigmoid', ['more']),
  op('gated', 'Mul', ['narrow', 'gate']),
  op('scaled', 'Mul', ['gated', 'sides']),
  op('halved', 'RealDiv', ['scaled', 'half']),
  op('padded', 'Pad', ['halved', 'around']),
  op('shrunk', 'Conv2D', ['padded', 'k4'], moves(1, 'VALID')),
  op('larger', 'ResizeNearestNeighbor', ['halved', 'twice'], { half_pixel_centers: { b: false } }),
  op('smooth', 'ResizeBilinear', ['halved', 'twice'], { half_pixel_centers: { b: true } }),
  op('sum', 'AddV2', ['larger', 'smooth']),
  op('maximum', 'MaxPool', ['sum'], { ...moves(2), ksize: wholes(1, 3, 3, 1) }),
  op('average', 'AvgPool', ['maximum'], { ...moves(2), ksize: wholes(1, 2, 2, 1) }),
  op('both', 'ConcatV2', ['halved', 'halved', 'last'], { N: { i: '2' } }),
  op('bothAverage', 'AvgPool', ['both'], { ...moves(2), ksize: wholes(1, 2, 2, 1) }),
  op('three', 'ConcatV2', ['average', 'bothAverage', 'lowest', 'last'], { N: { i: '3' } }),
  op('lowest', 'MaxPool', ['shrunk'], { ...moves(2, 'VALID'), ksize: wholes(1, 2, 2, 1) }),
  op('flatten', 'Reshape', ['three', 'flat']),
  op('scores', 'MatMul', ['flatten', 'fc'], { transpose_b: { b: true } }),
  op('biased', 'BiasAdd', ['scores', 'fcb']),
  op('softmax', 'Softmax', ['biased']),
  op('answer', 'Identity', ['softmax']),
];

function artifacts() {
  return artifactsOf({ nodes, shapes, sizes, sizeShapes, change: changedConstants });
}

function imported(graph: unknown = nodes) {
  return importedFrom({ ...artifacts(), modelTopology: { node: graph } });
}

test("a graph model of many operators gives TensorFlow.js's outputs", async () => {
  const { imported: back, diagnostics } = imported();
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  const { graph, weights, text: spec, size } = back!;
  expect(size).toEqual({ count: 36, what: 'nodes' });
  // fused or not, a bias is the convolution's
  expect(spec).toContain('Conv(8, 3, groups: 4)');
  const inputs = inputsOf(graph);
  const found = await runOrt(emitFiles(graph, weights!).bytes, graph, inputs);
  const model = await loadGraphModel({ load: async () => artifacts() });
  const pixels = transpose(tensor4d(inputs.image!, [1, 3, 8, 8]), [0, 2, 3, 1]);
  const wanted = model.execute(pixels, ['aside', 'answer']) as Tensor[];
  expect(graph.outputs.map(({ name }) => name)).toEqual(['aside', 'answer']);
  for (const [i, tensor] of wanted.entries()) {
    const values = Float32Array.from(tensor.dataSync());
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.05);
    expect(distance(found[i]!, values)).toBeLessThan(1e-5);
  }
});

test('a graph model of a member of the library is stated as that', async () => {
  const cwd = folder({});
  const net = ['tinynet', '--variant', 'e', '--resolution', '96'];
  await enetc(['compile', ...net, '--target', 'tfjs', '--graph', '-o', 'net'], { cwd });
  const ran = await enetc(['import', 'net', '-o', 'back.enet'], { cwd });
  expect(ran.code).toBe(0);
  expect(ran.err).toContain("'net' is a library model: TinyNet(variant: e)");
  expect(readFileSync(join(cwd, 'back.enet'), 'utf8')).toContain('net: TinyNet(variant: e)');
});

const changed = (name: string, change: object) =>
  nodes.map((node) => (node.name === name ? { ...node, ...change } : node));
test.each([
  ['maximum', { op: 'LRN' }, "the node 'maximum' (LRN) cannot be expressed: the language has no such operator"],
  ['stem', { attr: moves(2, 'FULL') }, "its padding 'FULL' is not in the language"],
  ['stem', { attr: { ...moves(2), fused_ops: texts('BiasAdd', 'Selu') } }, "it has 'Selu' fused into it"],
  ['stem', { attr: { ...moves(2), fused_ops: texts('BiasAdd', 'Prelu') } }, 'its input 4 does not consist'],
  ['stem', { attr: { ...moves(2), fused_ops: texts('Relu') } }, 'only a bias, then an activation'],
  ['deep', { attr: { ...moves(), data_format: text('NCHW') } }, 'its channels come first'],
  ['norm', { attr: { is_training: { b: true } } }, 'it is in training mode'],
  ['pooled', { input: ['narrow', 'last'] }, 'only a mean over height and width'],
  ['smooth', { attr: { align_corners: { b: true } } }, 'resizing with aligned corners'],
  ['both', { input: ['halved', 'halved', 'pixel'] }, 'only channels can be joined'],
  [
    'lowest',
    { op: 'Relu6', input: ['flatten'] },
    "the node 'lowest' (Relu6) cannot be expressed: it depends on itself",
  ],
  ['average', { input: ['nowhere'] }, "the file has no node 'nowhere'"],
  [
    'answer',
    { op: 'Relu', input: ['flatten'] },
    'a flattened map cannot be an output: its elements are ordered differently here',
  ],
  ['gate', { input: ['more:1'] }, 'it reads one of several values of a node'],
  ['three', { input: ['average', 'bothAverage', 'last'] }, 'the channels of the map that it flattens are not known'],
])('what cannot be expressed is refused by the name of a node: %s', (name, change, message) => {
  const { imported: none, diagnostics } = imported(changed(name, change));
  expect(none).toBeUndefined();
  expect(diagnostics.map((one) => one.message).join('\n')).toContain(message);
});

/** Values that may stand in the place of any other. */
const strange = fc.constantFrom<unknown>(
  ...[null, 0, -1, 1.5, 1e9, '', 'x', 'stem', '^x', 'scores', 'Relu', 'Pack', true, [], [0], ['x', 'x'], {}],
  ...[wholes(1, 2, 2, 1), wholes(-1, 0, 1e9, 1), { f: 1 }, { i: '7' }, text('SAME'), { s: '\u00e9' }, texts('Elu')],
);

test('no damaged graph makes the import fail: it is stated or refused', () => {
  const edit = fc.tuple(fc.nat(nodes.length - 1), fc.constantFrom('name', 'op', 'input', 'attr'), fc.nat(5), strange);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const damaged: unknown[] = [...nodes];
      for (const [at, key, part, value] of edits) {
        const node = damaged[at] as Record<string, unknown>;
        const old = typeof node === 'object' && node !== null ? node[key] : undefined;
        const keys = typeof old === 'object' && old !== null ? Object.keys(old) : [];
        const own = keys[part % Math.max(keys.length, 1)];
        const within =
          own === undefined
            ? value
            : Array.isArray(old)
              ? old.with(Number(own), value)
              : { ...(old as object), [own]: value };
        damaged[at] = part === 5 ? value : { ...node, [key]: part === 4 ? value : within };
      }
      const { imported: back, diagnostics } = imported(damaged);
      expect(back !== undefined || diagnostics.length > 0).toBe(true);
    }),
    { numRuns: Math.ceil(mutationRuns / 2) },
  );
}, 600_000);
