import { loadGraphModel, type Tensor, tensor4d, transpose } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { distance, emitFiles, inputsOf, runOrt } from '../onnx/emit.ts';
import { type Artifacts, artifactsOf, constants, image, importedFrom, moves, op, texts } from './tfjs-graph.ts';

const shapes = {
  k1: [3, 3, 3, 4],
  b1: [4],
  slopes: [1, 1, 4],
  k2: [1, 1, 4, 6],
  own: [1, 1, 6],
  six: [],
  none: [],
  one: [],
};
const sizes = {
  more: [0, 0, 0, 0, 0, 0, 0, 6],
  around: [0, 0, 0, 0, 0, 0, 2, 4],
  axes: [1, 2],
  flat: [-1, 12],
  last: [3],
};
const sizeShapes = { more: [4, 2], around: [4, 2], last: [] };
const numbers: Readonly<Record<string, number>> = { six: 6, none: 0, one: 1 };
const change = (name: string, values: Float32Array<ArrayBuffer>) => values.fill(numbers[name] ?? Number.NaN);
const plain = (name: string, values: Float32Array<ArrayBuffer>) => (name in numbers ? change(name, values) : values);

/** A map through learned slopes, bounds by two operators, channels of zeros, a sum of three, a map of one pixel as a vector. */
const nodes = [
  image(8, 8, 3),
  ...constants(shapes, sizes),
  op('cast', 'Cast', ['x'], { SrcT: { type: 'DT_INT32' }, DstT: { type: 'DT_FLOAT' } }),
  op('stem', '_FusedConv2D', ['cast', 'k1', 'b1', 'slopes'], {
    ...moves(2),
    fused_ops: texts('BiasAdd', 'Prelu'),
    num_args: { i: '2' },
  }),
  op('narrow', 'Conv2D', ['stem', 'k2'], moves()),
  op('prelu', 'Prelu', ['narrow', 'own']),
  op('atMost', 'Minimum', ['prelu', 'six']),
  op('bounded', 'Maximum', ['atMost', 'none']),
  op('above', 'Maximum', ['none', 'prelu']),
  op('relu6', 'Minimum', ['above', 'six']),
  op('twice', 'Pad', ['bounded', 'more']),
  op('between', 'Pad', ['relu6', 'around']),
  op('sum', 'AddN', ['twice', 'between', 'twice'], { N: { i: '3' } }),
  op('pooled', 'Mean', ['sum', 'axes'], { keep_dims: { b: true } }),
  op('vector', 'Reshape', ['pooled', 'flat']),
  op('answer', 'Identity', ['vector']),
];

const artifacts = (own: readonly unknown[] = nodes, more: object = {}): Artifacts => ({
  ...artifactsOf({ nodes: own, shapes, sizes, sizeShapes, change: plain }),
  ...more,
});

const outputs = (...names: string[]) => ({
  signature: { outputs: Object.fromEntries(names.map((name) => [name, { name: `${name}:0` }])) },
});

const said = ({ diagnostics }: ReturnType<typeof importedFrom>) => diagnostics.map(({ message }) => message);

test("slopes, bounds, zeros and sums give TensorFlow.js's outputs, those that the signature names", async () => {
  const model = artifacts(nodes, outputs('bounded', 'answer'));
  const read = importedFrom(model);
  expect(said(read)).toEqual([]);
  const { graph, weights, text: spec } = read.imported!;
  expect(spec.match(/relu6/g)).toHaveLength(2);
  const inputs = { image: inputsOf(graph).image!.map((n) => 3 * n) };
  const found = await runOrt(emitFiles(graph, weights!).bytes, graph, inputs);
  const loaded = await loadGraphModel({ load: async () => model });
  const pixels = transpose(tensor4d(inputs.image, [1, 3, 8, 8]), [0, 2, 3, 1]);
  // TensorFlow.js runs a Cast only of what is not single precision already
  const wanted = loaded.execute(pixels, ['bounded', 'answer']) as Tensor[];
  expect(graph.outputs.map(({ name }) => name)).toEqual(['bounded', 'answer']);
  const ours = wanted.map((tensor) => (tensor.rank === 4 ? transpose(tensor, [0, 3, 1, 2]) : tensor));
  for (const [i, tensor] of ours.entries()) {
    const values = Float32Array.from(tensor.dataSync());
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.5);
    expect(distance(found[i]!, values)).toBeLessThan(1e-5);
  }
});

const strange = op('strange', 'LRN', ['sum']);
const atEnd = [
  ...nodes.filter(({ name }) => name !== 'vector' && name !== 'answer'),
  strange,
  op('answer', 'Relu', ['strange']),
];

test('--cut leaves out what follows a node that cannot be expressed', () => {
  const refused = importedFrom(artifacts(atEnd));
  expect(refused.imported).toBeUndefined();
  expect(said(refused).join()).toContain(
    "the node 'strange' (LRN) cannot be expressed: the language has no such operator; 'enetc import --cut' leaves out",
  );
  const { imported: cut, diagnostics } = importedFrom(artifacts(atEnd), { cut: true });
  expect(diagnostics.map(({ code }) => code)).toEqual(['import-cut']);
  expect(cut!.graph.outputs.map(({ name }) => name)).toEqual(['sum', 'pooled']);
});

test('an output that the signature names, but the graph lacks, is refused', () => {
  expect(said(importedFrom(artifacts(nodes, outputs('nowhere')))).join()).toContain(
    "the node 'nowhere' (output) cannot be expressed: the file has no such node",
  );
});

test.each([
  [
    'prelu',
    { op: 'Minimum', input: ['narrow', 'own'] },
    'only one of a value and a number of the file can be expressed',
  ],
  ['twice', { input: ['bounded', 'axes'] }, 'padding of the batch cannot be expressed'],
  ['pooled', { op: 'Relu', input: ['sum'] }, 'a flattened map cannot be an output'],
  ['sum', { input: ['twice', 'own', 'twice'] }, 'its input 2 does not depend on the image'],
  ['cast', { attr: { DstT: { type: 'DT_INT32' } } }, 'only single precision can be expressed'],
])('what cannot be expressed is refused: %s', (name, edit, message) => {
  const changed = nodes.map((node) => (node.name === name ? { ...node, ...edit } : node));
  const read = importedFrom(artifacts(changed));
  expect(read.imported).toBeUndefined();
  expect(said(read).join()).toContain(message);
});
