import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { elements } from '../../src/5-graph/graph.ts';
import { emit } from '../../src/6-emit/emit.ts';
import { weightsFromTfjs } from '../../src/6-emit/tfjs/layers/model-weights.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import { type Compilation, compile } from '../../src/compile.ts';
import { registerLayers } from '../../src/layers.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { exportedValues, namesLike } from '../../src/weights/export-names.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { openLayersFolder } from '../../src/weights/readers/layers-model/open-folder.ts';
import { openSafetensors } from '../../src/weights/readers/readers.ts';
import { writeSafetensors } from '../../src/weights/write-safetensors.ts';
import { compileLibrary, libraryPoint } from '../library-points.ts';
import { readStateDict } from '../weights/state-dicts.ts';
import { type Files, folderInMemory, fromFiles } from './models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerLayers(tf);
});

/** A checkpoint with the names of a public one and numbers of its own in each tensor. */
function publicCheckpoint(list: string): Checkpoint {
  const tensors = readStateDict(list);
  return {
    name: list,
    tensors,
    metadata: new Map(),
    read(name) {
      const values = new Float32Array(elements(tensors.get(name)!.shape));
      fillNormal(values, randomState(9, name), 1);
      // A variance below zero is warned of.
      return name.endsWith('running_var') ? values.map(Math.abs) : values;
    },
  };
}

function writtenLayers(network: Compilation, checkpoint: Checkpoint, convention: 'tf' | 'torch'): Files {
  const { open, files } = folderInMemory();
  expect(emit(network, layersTarget, {}, open, { checkpoint, convention }).diagnostics).toEqual([]);
  return files();
}

/** The folder of a layers model as a checkpoint. */
function opened(files: Files): Checkpoint {
  const json = new TextDecoder().decode(files.get('model.json'));
  const { checkpoint, diagnostics } = openLayersFolder('model', json, (name) => {
    const bytes = files.get(name)!;
    return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
  });
  expect(diagnostics).toEqual([]);
  return checkpoint!;
}

/** Writes weights under the names of a checkpoint, and opens the file. */
function writtenLike(network: Compilation, weights: Checkpoint, like: Checkpoint): Checkpoint {
  const { program, graph } = network;
  const { source } = chooseWeights(program, graph!, { checkpoint: weights });
  const { tensors, diagnostics } = namesLike(program, graph!, like);
  expect(diagnostics).toEqual([]);
  const parts: Uint8Array[] = [];
  writeSafetensors({ write: (bytes) => void parts.push(bytes.slice()) }, tensors!, exportedValues(source!));
  const bytes = Buffer.concat(parts);
  const file = {
    size: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  return openSafetensors(file, 'back').checkpoint!;
}

function expectSame(back: Checkpoint, original: Checkpoint): void {
  const floats = [...original.tensors.values()].filter(({ dtype }) => dtype === 'F32');
  expect([...back.tensors.keys()]).toEqual(floats.map(({ name }) => name));
  for (const { name, shape } of floats) {
    expect(back.tensors.get(name)!.shape).toEqual(shape);
    const equal = Buffer.from(back.read(name).slice().buffer).equals(Buffer.from(original.read(name).buffer));
    expect(equal, name).toBe(true);
  }
}

describe.each([
  ['timm_efficientnet_b0', 'efficientnet_b0'],
  ['lukemelas_efficientnet_b0', 'efficientnet_b0'],
  ['torchvision_efficientnet_b0', 'efficientnet_b0'],
  ['timm_mobilenetv3_small_100', 'mobilenetv3_small_100'],
  ['torchvision_mnasnet1_0', 'mnasnet1_0'],
  ['timm_seresnet50', 'seresnet50'],
] as const)('%s', (list, model) => {
  test('through a layers model and back under the same names, bit for bit', async () => {
    const [library, point] = libraryPoint(model)!;
    const convention = list.startsWith('lukemelas') ? 'tf' : 'torch';
    const network = compileLibrary(library, { ...point, convention, resolution: 64 });
    const checkpoint = publicCheckpoint(list);
    const files = writtenLayers(network, checkpoint, convention);
    expectSame(writtenLike(network, opened(files), checkpoint), checkpoint);
  });
});

test('a model in memory gives the same as its folder', async () => {
  const network = compileLibrary('mobilenet-v3', { variant: 'small', convention: 'torch', resolution: 64 });
  const checkpoint = publicCheckpoint('timm_mobilenetv3_small_100');
  const model = await tf.loadLayersModel(fromFiles(writtenLayers(network, checkpoint, 'torch')));
  expectSame(writtenLike(network, await weightsFromTfjs(model), checkpoint), checkpoint);
  model.dispose();
});

test('steps between Flatten and a linear layer hide no order: in the folder, in memory, and as TensorFlow.js saves it', async () => {
  const flat = 'a: Flatten\n  left, right = Split(a, 2)\n  b: Concat(right, left) -> Power(2)';
  const network = compile({
    name: 'flat.enet',
    text: `model M {\n  input x: [5, 3, 4]\n  ${flat}\n  y: Mul(a, b) -> sigmoid -> fc: Linear(3)\n}`,
  });
  const original = randomWeights(network.graph!, 1);
  const files = writtenLayers(network, original, 'tf');
  const model = await tf.loadLayersModel(fromFiles(files));
  const saved = new Map(files);
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, userDefinedMetadata, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      saved.set(
        'model.json',
        Buffer.from(JSON.stringify({ format: 'layers-model', modelTopology, userDefinedMetadata, weightsManifest })),
      );
      saved.set('weights.bin', Buffer.concat([weightData!].flat().map((part) => Buffer.from(part))));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  for (const back of [opened(files), opened(saved), await weightsFromTfjs(model)]) expectSame(back, original);
  model.dispose();
});

describe('a folder that is not a sound layers model', () => {
  const network = compileLibrary('mobilenet-v3', { variant: 'small', resolution: 64, set: { classes: '2' } });
  const open = folderInMemory();
  emit(network, layersTarget, {}, open.open);
  const files = open.files();
  const json = JSON.parse(new TextDecoder().decode(files.get('model.json'))) as Record<string, unknown>;
  const manifest = json.weightsManifest as { paths: string[]; weights: Record<string, unknown>[] }[];
  const [group] = manifest as [(typeof manifest)[number]];
  const problem = (text: string) => {
    const { checkpoint, diagnostics } = openLayersFolder('m', text, (name) => {
      const bytes = files.get(name)!;
      return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
    });
    expect(checkpoint).toBeUndefined();
    return diagnostics.map((d) => `${d.code}: ${d.message}`)[0];
  };

  test.each([
    ['{', 'its model.json is not JSON'],
    ['[]', 'its model.json holds no model'],
    ['{}', 'its model.json lists no weights'],
    [`{"x":[${'[],'.repeat(2 ** 21)}[]]}`, 'its model.json has 6291466 characters; at most 4194304 are read'],
    [JSON.stringify({ ...json, format: 'graph-model' }), 'its model.json has no graph'],
    [JSON.stringify({ weightsManifest: [{ paths: ['a'], weights: 3 }] }), 'its list of weights is malformed'],
    [JSON.stringify({ weightsManifest: [{ ...group, paths: ['../a.bin'] }] }), "places weights in '../a.bin', outside"],
    [
      JSON.stringify({ weightsManifest: [{ ...group, weights: group.weights.slice(1) }] }),
      'bytes, but model.json states',
    ],
    [
      JSON.stringify({
        weightsManifest: [{ ...group, weights: [{ name: 'a/kernel', shape: [-1], dtype: 'float32' }] }],
      }),
      'its list of weights is malformed',
    ],
    [
      JSON.stringify({ weightsManifest: [{ ...group, weights: [{ name: 'a/kernel', shape: [1], dtype: 'string' }] }] }),
      "'a/kernel' is stored in an unknown format",
    ],
  ])('%#', (text, message) => {
    expect(problem(text)).toMatch(/^model-folder: the weights of the model in 'm' cannot be read: /);
    expect(problem(text)).toContain(message);
  });
});
