import { expect, test } from 'vitest';
import { elements } from '../../src/5-graph/graph.ts';
import { emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { compile } from '../../src/compile.ts';
import { importModel, importOpened } from '../../src/import/import-model.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { readTopology } from '../../src/weights/readers/layers-model/topology.ts';
import { memoryFiles } from '../memory-sink.ts';
import { readStateDict } from '../weights/state-dicts.ts';

test('an ONNX file of ours: normalisation, order of colours, crop, interpolation and class names', () => {
  const text =
    'model Net {\n  input photo: [3, 16, 16] (mean: [0.25, 0.5, 0.75], std: [1, 1, 2], bgr: true, crop: 0.8125, interpolation: bilinear)\n  head: photo -> GlobalAvgPool -> fc: Linear(2)\n}\n';
  const files = memoryFiles();
  const network = compile({ name: 'net.enet', text });
  expect(emit(network, onnxTarget, {}, files.open, { labels: ['cat', 'dog'] }).diagnostics).toEqual([]);
  const bytes = files.bytes();
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const { imported } = importModel({ name: 'net.onnx', file: { size: bytes.length, read } }, 'net');
  expect(imported!.graph.preprocessing).toEqual(network.graph!.preprocessing);
  expect(imported!.labels).toEqual(['cat', 'dog']);
});

/** timm's tensors of a model, all numbers one. */
function timmWeights(list: string, config?: object) {
  const tensors = readStateDict(list);
  const checkpoint: Checkpoint = {
    name: 'x.safetensors',
    tensors,
    metadata: new Map(config ? [['timm.config', JSON.stringify(config)]] : []),
    read: (own) => new Float32Array(elements(tensors.get(own)!.shape)).fill(1),
  };
  return importOpened({ checkpoint, diagnostics: [] }, 'a safetensors file', 'mine').imported;
}

test("timm's pretrained_cfg next to weights is stated before what the column of their names says", () => {
  const cfg = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], crop_pct: 0.95, interpolation: 'bicubic' };
  const { graph, labels } = timmWeights('timm_repvgg_a0', { pretrained_cfg: cfg, label_names: ['a', 'b'] })!;
  expect(graph.preprocessing.image).toEqual({ mean: cfg.mean, std: cfg.std, crop: 0.95 });
  expect(labels).toEqual(['a', 'b']);
  expect(timmWeights('timm_repvgg_a0')!.graph.preprocessing.image).toMatchObject({
    crop: 0.875,
    interpolation: 'bilinear',
  });
});

const inputLayer = { class_name: 'InputLayer', config: { name: 'in', batch_input_shape: [null, 8, 8, 3] } };
const pool = { class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } };
const rescaling = (scale: number, offset = 0) => ({ class_name: 'Rescaling', config: { name: 'r', scale, offset } });
const sequential = (...layers: object[]) => ({ class_name: 'Sequential', config: { name: 'inner', layers } });

test.each([
  ['1 / 255', sequential(inputLayer, rescaling(1 / 255), pool), true],
  ['1 / 127.5 - 1', sequential(inputLayer, rescaling(1 / 127.5, -1), pool), true],
  ['in a model that is a layer', sequential(inputLayer, sequential(inputLayer, rescaling(1 / 255)), pool), true],
  ['of values that are between 0 and 1', sequential(inputLayer, rescaling(2, -1), pool), false],
  [
    'not at the beginning',
    sequential(inputLayer, { ...pool, config: { name: 'p', keepdims: true } }, rescaling(1 / 255)),
    false,
  ],
])('a Keras model that rescales its image itself takes values of 0 to 255: %s', (_, json, bytes) => {
  const checkpoint: Checkpoint = {
    name: 'net.keras',
    tensors: new Map(),
    metadata: new Map(),
    read: () => new Float32Array(0),
  };
  const topology = readTopology(json)!;
  const { imported, diagnostics } = importOpened({ checkpoint, topology, diagnostics: [] }, 'a Keras file', 'net');
  expect(diagnostics).toEqual([]);
  expect(imported!.graph.preprocessing).toEqual(
    bytes ? { image: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] } } : {},
  );
});
