import { expect, test } from 'vitest';
import type { RandomAccess } from '../../src/weights/readers/format.ts';
import { checkpointFormats, openCheckpointFile } from '../../src/weights/readers/readers.ts';

const fileOf = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
});
const textFile = (text: string) => fileOf(new TextEncoder().encode(text));

const weights = Float32Array.of(1, 2, 3, 4);
const manifest = [{ paths: ['w.bin'], weights: [{ name: 'stem.bn/gamma', shape: [4], dtype: 'float32' }] }] as const;

function opened(text: string, withFolder = true) {
  const openNear = (path: string) => fileOf(path === 'w.bin' ? new Uint8Array(weights.buffer) : new Uint8Array());
  const { checkpoint, diagnostics } = openCheckpointFile({
    name: 'w',
    file: textFile(text),
    ...(withFolder && { openNear }),
  });
  return { tensor: checkpoint?.read('stem.bn.weight'), said: diagnostics.map(({ message }) => message).join() };
}

test.each([
  JSON.stringify({ format: 'layers-model', weightsManifest: manifest }),
  ` \n${JSON.stringify({ userDefinedMetadata: { note: 'x'.repeat(10_000) }, weightsManifest: manifest })}`,
])('a layers model is known by its first bytes, whatever the name of its file', (text) => {
  expect(opened(text)).toEqual({ tensor: weights, said: '' });
});

test('a layers model without a folder is only named', () => {
  const { tensor, said } = opened(JSON.stringify({ format: 'layers-model', weightsManifest: manifest }), false);
  expect(tensor).toBeUndefined();
  expect(said).toContain('cannot be read: it is the model.json of a TensorFlow.js model; ');
});

test('the index of a checkpoint in several files is not a layers model, though it may state a format', () => {
  expect(opened('{"metadata":{"format":"pt","total_size":4},"weight_map":{}}').said).toContain('join these into one');
});

test('a model.json that is too large is refused before it is read', () => {
  const start = textFile('{"format":"layers-model"');
  const file = { size: 1e9, read: (offset: number, length: number) => start.read(offset, Math.min(length, 4096)) };
  const { diagnostics } = openCheckpointFile({ name: 'w', file, openNear: () => fileOf(new Uint8Array()) });
  expect(diagnostics.map(({ message }) => message).join()).toContain('its model.json has 1000000000 bytes');
});

test('each format is read, or says what to do instead', () => {
  for (const { what, open, advice } of checkpointFormats) expect(open ?? advice, what).toBeTruthy();
  expect(checkpointFormats.filter(({ open }) => open).map(({ what }) => what)).toEqual([
    'a safetensors file',
    'the model.json of a TensorFlow.js model',
    "the manifest of TensorFlow.js's weights",
    'a PyTorch checkpoint',
    'a PyTorch checkpoint of the form before 1.6',
    'an ONNX model',
    'an HDF5 file of Keras (.h5, .weights.h5)',
    'a Keras model (.keras)',
    'a TensorFlow checkpoint',
    'a TensorFlow Lite model (.tflite)',
  ]);
});
