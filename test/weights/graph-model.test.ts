import { expect, test } from 'vitest';
import { openCheckpointFile } from '../../src/weights/readers/readers.ts';
import { accessTo, said } from './open-bytes.ts';

const count = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
const shapes = {
  'net/conv/weights': [1, 1, 2, 3],
  'net/deep/weights': [2, 1, 3, 1],
  'net/fc/weights': [12, 2],
  'net/top/weights': [5, 2],
  'net/bias': [3],
};
const const_ = (name: string) => ({ name, op: 'Const', input: [] });
const nodes = [
  ...Object.keys(shapes).map(const_),
  const_('pixels'),
  { name: 'image', op: 'Placeholder' },
  { name: 'copy', op: 'Identity', input: ['net/conv/weights'] },
  { name: 'conv', op: '_FusedConv2D', input: ['image', 'copy:0', 'net/bias', '^image'] },
  { name: 'deep', op: 'DepthwiseConv2dNative', input: ['conv', 'net/deep/weights'] },
  { name: 'sum', op: 'AddV2', input: ['net/bias', 'deep'] },
  { name: 'flat', op: 'Reshape', input: ['sum', 'pixels'] },
  { name: 'fc', op: 'MatMul', input: ['flat', 'net/fc/weights'] },
  { name: 'top', op: 'MatMul', input: ['fc', 'net/top/weights'], attr: { transpose_b: { b: true } } },
];

function opened(graph: readonly object[] = nodes) {
  const weights = Object.entries(shapes).map(([name, shape]) => {
    const quantization = name === 'net/bias' ? { quantization: { dtype: 'uint8', scale: 0.5, min: -1 } } : {};
    return { name, shape, dtype: 'float32', ...quantization };
  });
  const floats = weights.slice(0, -1).flatMap(({ shape }) => Array.from({ length: count(shape) }, (_, i) => i));
  const bytes = new Uint8Array([...new Uint8Array(Float32Array.from(floats).buffer), 0, 2, 255]);
  const json = {
    format: 'graph-model',
    modelTopology: { node: graph },
    weightsManifest: [{ paths: ['w.bin'], weights }],
  };
  return openCheckpointFile({
    name: 'w',
    file: accessTo(new TextEncoder().encode(JSON.stringify(json))),
    openNear: () => accessTo(bytes),
  });
}

test('the constants of a graph model have their names, and kernels our order, by the ops that read them', () => {
  const { checkpoint, diagnostics } = opened();
  expect(diagnostics).toEqual([]);
  const all = [...checkpoint!.tensors.values()].map(({ name, shape }) => [name, shape, [...checkpoint!.read(name)]]);
  expect(all).toEqual([
    ['net/conv/weights', [3, 2, 1, 1], [0, 3, 1, 4, 2, 5]],
    ['net/deep/weights', [3, 1, 2, 1], [0, 3, 1, 4, 2, 5]],
    // 4 pixels with 3 channels each become 3 channels with 4 pixels each
    ['net/fc/weights', [2, 12], [0, 6, 12, 18, 2, 8, 14, 20, 4, 10, 16, 22, 1, 7, 13, 19, 3, 9, 15, 21, 5, 11, 17, 23]],
    ['net/top/weights', [5, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['net/bias', [3], [-1, 0, 126.5]],
  ]);
});

test('a flattened map of which the channels are not known is reported, a mean has none', () => {
  const through = (op: string) => nodes.map((node) => (node.name === 'sum' ? { ...node, op, input: ['deep'] } : node));
  expect(said(opened(through('Transpose')))).toBe(
    "'w' does not state the channels of every map that it flattens: if 'net/fc/weights' reads a flattened map, its order is unknown; it is read as if the map had one pixel",
  );
  const { checkpoint, diagnostics } = opened(through('Mean'));
  expect(diagnostics).toEqual([]);
  expect([...checkpoint!.read('net/fc/weights')].slice(0, 3)).toEqual([0, 2, 4]);
});

test('a graph that refers to itself is read', () => {
  const { checkpoint } = opened(
    nodes.map((node) => (node.name === 'conv' ? { ...node, op: 'Relu', input: ['sum'] } : node)),
  );
  expect(checkpoint!.tensors.get('net/conv/weights')!.shape).toEqual([1, 1, 2, 3]);
});
