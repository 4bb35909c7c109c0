import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { foldBatchNorm } from '../../src/5-graph/passes/for-inference.ts';
import { emit } from '../../src/6-emit/emit.ts';
import { planLiteModel } from '../../src/6-emit/tflite/plan.ts';
import { liteTarget } from '../../src/6-emit/tflite/target.ts';
import { startInterpreter } from '../../src/backends/tflite/interpreter.ts';
import { compile } from '../../src/compile.ts';
import { memoryFiles } from '../memory-sink.ts';
import { distance, inputsOf, lively } from '../onnx/emit.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';
import { runReference } from '../onnx/reference.ts';
import { smallNet } from '../onnx/small-net.ts';
import { findPython, runPython } from '../oracle.ts';
import { openBytes } from '../weights/open-bytes.ts';
import { liteFile, runLite } from './lite.ts';

const folder = mkdtempSync(join(tmpdir(), 'enet-tflite-'));
afterAll(() => rmSync(folder, { recursive: true }));

const python = findPython(['tensorflow']);

/** What the reader of weights finds in a file. */
function read(file: Uint8Array) {
  const { checkpoint, diagnostics } = openBytes(file);
  if (!checkpoint) throw new Error(JSON.stringify(diagnostics));
  return checkpoint;
}

describe('a file of a network', () => {
  const graph = foldBatchNorm(smallNet());
  const weights = lively();
  const tensors = graph.nodes.flatMap((node) => (node.foldedNorm ? [] : node.tensors));

  test('has its tensors under their names, in our order', () => {
    const checkpoint = read(liteFile(graph, weights).file);
    expect(tensors.length).toBeGreaterThan(4);
    for (const tensor of tensors) {
      expect(checkpoint.tensors.get(tensor.name)?.shape, tensor.name).toEqual(tensor.shape);
      expect(checkpoint.read(tensor.name), tensor.name).toEqual(weights.read(tensor));
    }
  });

  test('is the same for the same network, and states how much is done', () => {
    const steps: [number, number][] = [];
    const { open, bytes } = memoryFiles();
    const request = { graph, weights, metadata: [], options: liteTarget.defaults, open };
    const result = liteTarget.emit({ ...request, progress: (done, total) => steps.push([done, total]) });
    expect(bytes()).toEqual(liteFile(graph, weights).file);
    expect(result).toEqual({ diagnostics: [], bytes: bytes().length });
    expect(steps.at(-1)).toEqual([bytes().length, bytes().length]);
    expect(steps.every(([done], i) => i === 0 || done >= (steps[i - 1]?.[0] as number))).toBe(true);
  });

  test('says what halves do not hold', () => {
    const large = { read: (tensor: Parameters<typeof weights.read>[0]) => weights.read(tensor).map((x) => x * 1e6) };
    const { diagnostics } = liteFile(graph, large, { half: true });
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(new Set(['half-overflow']));
  });
});

test('a linear layer that reads a map, or what was flattened before, is read back in our order', () => {
  const g = graphBuilder();
  const x = g.input([4, 3, 5]);
  const flat = g.op(x, 'flat', { kind: 'flatten' }, [60]);
  const graph = g.build({ map: g.linear(x, 'map', 3), flat: g.linear(flat, 'fc', 3) });
  const weights = lively();
  const checkpoint = read(liteFile(graph, weights).file);
  for (const { tensors } of graph.nodes) {
    for (const tensor of tensors) expect(checkpoint.read(tensor.name), tensor.name).toEqual(weights.read(tensor));
  }
});

test('activations end the operators that can do them, where nothing else reads what is before', () => {
  const graph = smallNet();
  const plan = planLiteModel(foldBatchNorm(graph), liteTarget.defaults);
  const kinds = plan.operators.map(({ operator }) => operator);
  expect(kinds).not.toContain('relu6');
  expect(kinds).toContain('hardSwish');
});

test('a batch of no samples is refused, and a pool with dilation at its line', () => {
  for (const batch of [0, -1, 1.5]) {
    expect(liteTarget.check(smallNet(), { ...liteTarget.defaults, batch }).map(({ code }) => code)).toEqual([
      'tflite-batch',
    ]);
  }
  const g = graphBuilder();
  const graph = g.build({ y: g.maxPool(g.input([2, 8, 8]), 'pool', window(3, 1, undefined, 2)) });
  const [problem] = liteTarget.check(graph, liteTarget.defaults);
  expect(problem).toMatchObject({ code: 'unsupported-op', span: graph.nodes[1]?.span });
});

const spec = `
model Pictures {
  convention torch
  input image: [3, 16, 16] (mean: [0.5, 0.25, 0.125], std: [0.25, 0.5, 1])
  stem: Conv(8, kernel: 3, stride: 2) -> relu
  head: GlobalAvgPool
  classifier: Linear(3)
  return logits: classifier
}
`;

const readMetadata = `
import json, sys, zipfile, flatbuffers
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema
data = open(sys.argv[1], 'rb').read()
model = schema.Model.GetRootAs(data)
entries = {}
for i in range(model.MetadataLength()):
    buffer = model.Buffers(model.Metadata(i).Buffer())
    entries[model.Metadata(i).Name().decode()] = buffer.DataAsNumpy().tobytes()
lite = entries['TFLITE_METADATA']
Table, N, E = flatbuffers.table.Table, flatbuffers.number_types, flatbuffers.encode
def root(data): return Table(data, E.Get(N.UOffsetTFlags.packer_type, data, 0))
def at(t, field):
    place = t.Offset(4 + 2 * field)
    return place and place + t.Pos
def table(t, field): return Table(t.Bytes, t.Indirect(at(t, field)))
def item(t, field, i): return Table(t.Bytes, t.Indirect(t.Vector(t.Offset(4 + 2 * field)) + 4 * i))
def text(t, field): return t.String(at(t, field)).decode()
def byte(t, field): return t.Get(N.Int8Flags, at(t, field))
def floats(t, field): return t.GetVectorAsNumpy(N.Float32Flags, t.Offset(4 + 2 * field)).tolist()
graph = item(root(lite), 2, 0)
image, output = item(graph, 2, 0), item(graph, 3, 0)
content, unit, file = table(image, 3), item(image, 4, 0), item(output, 6, 0)
properties, options = table(content, 1), table(unit, 1)
size = table(properties, 1)
archive = zipfile.ZipFile(sys.argv[1])
print(json.dumps({
    'identifier': lite[4:8].decode(),
    'name': text(root(lite), 0),
    'input': text(image, 0),
    'content': byte(content, 0),
    'colours': byte(properties, 0),
    'size': [size.Get(N.Uint32Flags, at(size, 0)), size.Get(N.Uint32Flags, at(size, 1))],
    'unit': byte(unit, 0),
    'mean': floats(options, 0),
    'std': floats(options, 1),
    'output': text(output, 0),
    'file': text(file, 0),
    'type': byte(file, 2),
    'labels': archive.read(text(file, 0)).decode(),
    'sound': archive.testzip(),
    'enet': json.loads(entries['enet']),
    'version': model.Version(),
    'aligned': all(model.Buffers(i).DataLength() == 0 or (model.Buffers(i)._tab.Vector(model.Buffers(i)._tab.Offset(4))) % 16 == 0 for i in range(model.BuffersLength())),
}))
`;

test.skipIf(!python)('states normalisation and classes as TensorFlow Lite has it, and as we have it', () => {
  const network = compile({ name: 'pictures.enet', text: spec });
  expect(network.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { open, bytes } = memoryFiles();
  const labels = ['cat', 'dög', 'two\nlines'];
  expect(emit(network, liteTarget, {}, open, { labels }).diagnostics).toEqual([]);
  const path = join(folder, 'pictures.tflite');
  writeFileSync(path, bytes());
  const found = JSON.parse(runPython(python as string, readMetadata, [path]));
  expect(found).toEqual({
    identifier: 'M001',
    name: 'Pictures',
    input: 'image',
    content: 2,
    colours: 1,
    size: [16, 16],
    unit: 1,
    mean: [127.5, 63.75, 31.875],
    std: [63.75, 127.5, 255],
    output: 'logits',
    file: 'labels.txt',
    type: 2,
    labels: 'cat\ndög\ntwo lines\n',
    sound: null,
    enet: expect.objectContaining({
      'enet.model': 'Pictures',
      'enet.input.image.layout': 'NHWC',
      'enet.labels': JSON.stringify(labels),
    }),
    version: 3,
    aligned: true,
  });
  expect(Object.fromEntries(read(bytes()).metadata)).toEqual(found.enet);
});

test.skipIf(!python)('data behind the tables, as in a file of more than 2 GB, are found there', async () => {
  const graph = smallNet();
  const weights = lively();
  const { file } = liteFile(graph, weights, { mostBytes: 1000, metadata: [['enet.model', 'small']] });
  expect(file).not.toEqual(liteFile(graph, weights, { metadata: [['enet.model', 'small']] }).file);
  const checkpoint = read(file);
  const [tensor] = graph.nodes[1]!.tensors;
  expect(checkpoint.read(tensor!.name)).toEqual(weights.read(tensor!));
  expect(checkpoint.metadata).toEqual(new Map([['enet.model', 'small']]));
  const lite = await startInterpreter(python as string);
  try {
    const inputs = inputsOf(graph);
    const expected = runReference(graph, weights, inputs);
    const results = await runLite(lite, file, graph, inputs, 1, true);
    for (const [i, values] of expected.entries()) expect(distance(results[i]!, values)).toBeLessThan(1e-5);
  } finally {
    lite.close();
  }
});
