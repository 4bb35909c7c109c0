import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { afterAll, describe, expect, test } from 'vitest';
import type { TfjsNode } from '../../src/backends/tensorflow/load.ts';
import { compile, openSafetensors } from '../../src/index.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { writeSafetensors } from '../../src/weights/write-safetensors.ts';
import { enetc, folder, tiny } from '../cli/fake-io.ts';
import { openTensorflow } from '../training/open-tensorflow.ts';

/** The folder that `enetc compile --target tfjs --train` writes for a network with random weights in all tensors. */
async function trainingFolder(): Promise<{ path: string; weights: Uint8Array }> {
  const cwd = folder({ 'tiny.enet': tiny });
  const random = randomWeights(compile(tiny).graph!, 3);
  const parts: Uint8Array[] = [];
  const sink = { write: (bytes: Uint8Array) => void parts.push(bytes.slice()) };
  writeSafetensors(sink, [...random.tensors.values()], ({ name }) => random.read(name));
  writeFileSync(join(cwd, 'w.safetensors'), Buffer.concat(parts));
  const ran = await enetc(
    ['compile', 'tiny.enet', '--target', 'tfjs', '--train', '--weights', 'w.safetensors', '-q', '-o', 'm'],
    { cwd },
  );
  expect(ran).toMatchObject({ code: 0, err: '' });
  const path = join(cwd, 'm');
  return { path, weights: readFileSync(join(path, 'weights.safetensors')) };
}

function read(bytes: Uint8Array) {
  const file = {
    size: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  return openSafetensors(file, 'weights.safetensors').checkpoint!;
}

test('a folder of a SavedModel, its weights and what its signatures take', async () => {
  const { path, weights } = await trainingFolder();
  expect(readdirSync(path).sort()).toEqual(['saved_model.pb', 'training.json', 'weights.safetensors']);
  const description = JSON.parse(readFileSync(join(path, 'training.json'), 'utf8'));
  expect(Object.keys(description.signatures).sort()).toEqual(
    expect.arrayContaining(['evaluate', 'initialise', 'predict', 'read', 'train', 'write']),
  );
  expect(Object.keys(description.signatures.initialise.inputs).sort()).toEqual(
    [...read(weights).tensors.keys()].sort(),
  );
  expect(description).toMatchObject({ optimiser: 'rmsprop', classes: 4, metadata: { 'enet.model': 'Tiny' } });
});

const backend = await openTensorflow();

describe.skipIf(!backend)('in TensorFlow', () => {
  const { tf } = (backend ?? {}) as { tf: TfjsNode };
  afterAll(() => backend?.close());

  test('it takes its weights, and predicts what the layers model does', async () => {
    const { path, weights } = await trainingFolder();
    const checkpoint = read(weights);
    const load = (signature: string) => tf.node.loadSavedModel(path, ['serve'], signature);
    const [initialise, predict] = [await load('initialise'), await load('predict')];
    const tensors = [...checkpoint.tensors.values()].map(({ name, shape }) => [
      name,
      tf.tensor(checkpoint.read(name).slice(), [...shape]),
    ]);
    initialise.predict(Object.fromEntries(tensors));
    const x = tf.randomNormal([2, 16, 16, 3], 0, 1, 'float32', 5) as Tensor4D;
    const { logits } = predict.predict({ image: x }) as { logits: Tensor };
    const model = await compile(tiny).toTfjs(tf, { checkpoint });
    const expected = model.predict(x) as Tensor;
    const difference = logits.sub(expected).abs().max().dataSync()[0]!;
    expect(difference).toBeLessThan(1e-5 * expected.abs().max().dataSync()[0]!);
    initialise.dispose();
    predict.dispose();
  });
});
