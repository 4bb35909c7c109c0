import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inTime, mutated, mutationRuns } from './mutations.ts';
import { openBytes, readOrRefuse, said } from './open-bytes.ts';

const file = (path: string) => new Uint8Array(readFileSync(new URL(path, import.meta.url)));

test.each([
  ['torch/zip.pt', 0.5],
  ['torch/legacy.pt', 0.5],
  ['onnx/inline.onnx.bin', 0.5],
  ['tflite/float.tflite', 0.5],
])('%s, of which a part has come, is said to be cut off', (path, share) => {
  const bytes = file(path);
  expect(said(openBytes(bytes.slice(0, bytes.length * share)))).toMatch(/cut off/);
});

/** A message of a protobuf: field, length, bytes. */
const field = (number: number, bytes: Uint8Array) =>
  Buffer.concat([Buffer.from([number * 8 + 2]), varint(bytes.length), bytes]);
function varint(n: number): Buffer {
  const bytes: number[] = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) + 128);
  return Buffer.from([...bytes, n]);
}

test('an ONNX model with more tensors than are read is refused while it is read', () => {
  const tensor = (i: number) =>
    field(5, Buffer.concat([Buffer.from([8, 1, 16, 1]), field(8, Buffer.from(`w${i}`)), field(9, Buffer.alloc(4))]));
  const graph = Buffer.concat(Array.from({ length: 100_001 }, (_, i) => tensor(i)));
  expect(said(openBytes(Buffer.concat([Buffer.from([8, 8]), field(7, graph)])))).toContain('more than 100000 tensors');
});

test('a TensorFlow Lite model whose list has more items than are read is refused by its length', () => {
  const bytes = file('tflite/float.tflite');
  const view = new DataView(bytes.buffer);
  const root = view.getUint32(0, true);
  const table = root - view.getInt32(root, true);
  // the field of the model's subgraphs, its third
  const at = root + view.getUint16(table + 4 + 2 * 2, true);
  view.setUint32(at + view.getUint32(at, true), 0x7fff_ffff, true);
  expect(said(openBytes(bytes))).toContain('a list in it has 2147483647 items; at most 50000 are read');
});

const weights = [
  { name: 'conv/kernel', shape: [1, 1, 2, 2], dtype: 'float32' },
  { name: 'conv/bias', shape: [2], dtype: 'float32', quantization: { dtype: 'uint8', scale: 1, min: 0 } },
  { name: 'fc/kernel', shape: [2, 2], dtype: 'float32', quantization: { dtype: 'float16' } },
];
const layer = (class_name: string, name: string, from?: string) => ({
  class_name,
  name,
  config: { name, filters: 2, units: 2, ...(from ? {} : { batch_input_shape: [null, 1, 1, 2] }) },
  inbound_nodes: from ? [[[from, 0, 0, {}]]] : [],
});
const layersModel = {
  class_name: 'Functional',
  config: {
    layers: [
      layer('InputLayer', 'x'),
      layer('Conv2D', 'conv', 'x'),
      layer('Flatten', 'f', 'conv'),
      layer('Dense', 'fc', 'f'),
    ],
    input_layers: [['x', 0, 0]],
    output_layers: [['fc', 0, 0]],
  },
};
const graphModel = {
  node: [
    { name: 'x', op: 'Placeholder' },
    { name: 'conv', op: 'Conv2D', input: ['x', 'conv/kernel'] },
    { name: 'flat', op: 'Reshape', input: ['conv', 'x'] },
    { name: 'fc', op: 'MatMul', input: ['flat', 'fc/kernel'] },
  ],
};

test.each([
  ['layers-model', layersModel],
  ['graph-model', graphModel],
])(
  'no damaged model.json of a %s makes the reader fail: it is read or refused',
  (format, modelTopology) => {
    const json = { format, modelTopology, weightsManifest: [{ paths: ['w.bin'], weights }] };
    const bytes = new TextEncoder().encode(JSON.stringify(json));
    const near = () => new Uint8Array(16 + 2 + 8);
    expect(openBytes(bytes, { near }).checkpoint?.tensors.size).toBe(3);
    fc.assert(
      fc.property(mutated(bytes), (damaged) => readOrRefuse(damaged, near)),
      { numRuns: mutationRuns },
    );
  },
  600_000,
);

test('a list of weights alone is read under its names; damaged, it is read or refused', () => {
  const bytes = new TextEncoder().encode(JSON.stringify([{ weights, paths: ['w.bin'] }]));
  const stored = new Uint8Array(new Float32Array([1, 2, 3, 4, 0, 0, 0]).buffer).slice(0, 16 + 2 + 8);
  stored.set([5, 6], 16);
  const near = () => stored;
  const { checkpoint, diagnostics } = openBytes(bytes, { near });
  expect(diagnostics).toEqual([]);
  expect([...checkpoint!.tensors.values()].map(({ name, shape }) => [name, shape])).toEqual([
    ['conv/kernel', [1, 1, 2, 2]],
    ['conv/bias', [2]],
    ['fc/kernel', [2, 2]],
  ]);
  expect([...checkpoint!.read('conv/kernel')]).toEqual([1, 2, 3, 4]);
  expect([...checkpoint!.read('conv/bias')]).toEqual([5, 6]);
  fc.assert(
    fc.property(mutated(bytes), (damaged) => readOrRefuse(damaged, near)),
    { numRuns: Math.ceil(mutationRuns / 2) },
  );
}, 600_000);

/** A safetensors file of many tensors of one number each. */
function tinyTensors(count: number): Uint8Array {
  const entries = Array.from({ length: count }, (_, i) => {
    const facts = { dtype: i % 3 === 0 ? 'U8' : 'F32', shape: [1], data_offsets: [0, 0] };
    return [`stages.${i % 7}.${i}.weight`, facts] as const;
  });
  let end = 0;
  for (const [, facts] of entries) {
    const size = facts.dtype === 'U8' ? 1 : 4;
    facts.data_offsets = [end, end + size];
    end += size;
  }
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(end)]);
}

test('no damaged list of many tiny tensors makes the reader of safetensors fail: it is read or refused', () => {
  const bytes = tinyTensors(300);
  expect(openBytes(bytes).checkpoint?.tensors.size).toBe(300);
  fc.assert(
    fc.property(mutated(bytes), (damaged) => inTime(() => readOrRefuse(damaged))),
    { numRuns: mutationRuns },
  );
}, 600_000);

test.each([
  [100_000, 'read'],
  [100_002, 'more than 100000 tensors'],
  [450_000, 'at most 32000000 are read'],
])('a safetensors file of %i tiny tensors is read or refused in time', (count, outcome) => {
  const bytes = tinyTensors(count);
  const opened = inTime(() => openBytes(bytes));
  if (outcome === 'read') expect([opened.checkpoint?.tensors.size, said(opened)]).toEqual([count, '']);
  else expect(said(opened)).toContain(outcome);
});

test('the index of a checkpoint in several files, however damaged, is refused', () => {
  const map = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`layer.${i}.weight`, `model-${i % 3}.safetensors`]),
  );
  const bytes = new TextEncoder().encode(JSON.stringify({ metadata: { total_size: 160 }, weight_map: map }));
  expect(said(openBytes(bytes))).toContain('it is the index of a checkpoint in several files; join these');
  fc.assert(
    fc.property(mutated(bytes), (damaged) => {
      const { checkpoint, diagnostics } = inTime(() => openBytes(damaged));
      expect([checkpoint, diagnostics.length]).toEqual([undefined, 1]);
    }),
    { numRuns: mutationRuns },
  );
}, 600_000);
