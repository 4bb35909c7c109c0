import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  initializers,
  io,
  type LayersModel,
  layers,
  sequential,
  type Tensor as TfTensor,
  tensor4d,
  transpose,
} from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { distance, runOrt } from '../onnx/emit.ts';

/** A model of many kinds of layers, with an image and what Keras gives for it: `keras/make.py`. */
const fixtures = new URL('./keras/', import.meta.url);

const kept = (name: string) => new Uint8Array(gunzipSync(readFileSync(new URL(`${name}.gz`, fixtures))));

test.each(['forms.h5', 'forms.keras'])("a Keras model gives Keras's outputs: %s", async (file) => {
  const cwd = folder({ [file]: kept(file) });
  const ran = await enetc(['import', file], { cwd });
  expect([ran.code, ran.err]).toEqual([0, '']);
  expect(ran.out).toContain('45 lines for 74 layers');
  const text = readFileSync(join(cwd, 'forms.enet'), 'utf8');
  for (const step of ['block Residual', 'stages: Residual {', 'ConvTranspose(12, 4, stride: 2)', 'Upsample(2']) {
    expect(text).toContain(step);
  }
  expect(text).not.toContain('Pad(');
  await enetc(['compile', 'forms.enet', '--weights', 'forms.safetensors', '-o', 'net.onnx'], { cwd });
  const { graph } = compile({ name: 'forms.enet', text });
  const bytes = readFileSync(new URL('forms.bin', fixtures));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const image = values.slice(0, 3 * 16 * 16);
  const [found] = await runOrt(join(cwd, 'net.onnx'), graph!, { image });
  expect(distance(found!, values.slice(image.length))).toBeLessThan(1e-5);

  const summary = await enetc(['summary', file, '--json'], { cwd });
  expect(JSON.parse(summary.out).totals.params).toBe(
    JSON.parse((await enetc(['summary', 'forms.enet', '--json'], { cwd })).out).totals.params,
  );
});

test('a TensorFlow.js folder of a member of the library is stated as that', async () => {
  const cwd = folder({});
  await enetc(['compile', 'mobilenet-v3', '--variant', 'small', '--target', 'tfjs', '-o', 'net'], { cwd });
  const ran = await enetc(['import', 'net', '-o', 'back.enet'], { cwd });
  expect(ran.code).toBe(0);
  expect(ran.err).toContain("'net' is a library model: MobileNetV3(variant: small)");
  const diff = await enetc(['diff', 'net', 'mobilenet-v3@small', '--json'], { cwd });
  expect(JSON.parse(diff.out).totals).toContainEqual({ name: 'params', from: 2542856, to: 2542856, ratio: 1 });
});

test('a layer that the language lacks is named', async () => {
  const cwd = folder({});
  await enetc(['compile', 'shufflenet-v2', '--target', 'tfjs', '-o', 'net'], { cwd });
  const ran = await enetc(['import', 'net', '-o', 'back.enet'], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.err).toContain(
    "the node 'stages.stage2.0.channel_shuffle/shuffle/groups' (Reshape) cannot be expressed: only a vector can be made a map",
  );
});

test('a sequential model of Keras 3 is the same network from both of its files', async () => {
  const names = ['sequential.h5', 'sequential.keras'];
  const cwd = folder(
    Object.fromEntries(names.map((name) => [name, readFileSync(new URL(`../weights/keras/${name}`, import.meta.url))])),
  );
  for (const name of names) {
    const ran = await enetc(['import', name, '-o', `${name}.enet`], { cwd });
    expect([ran.code, ran.err]).toEqual([0, '']);
  }
  const diff = await enetc(['weights', 'diff', 'sequential.h5.safetensors', 'sequential.keras.safetensors'], { cwd });
  expect([diff.code, diff.err]).toEqual([0, '']);
});

/** A TensorFlow.js folder, as `model.save` writes it. */
async function saved(model: LayersModel): Promise<string> {
  let cwd = '';
  await model.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const json = { format: 'layers-model', modelTopology, weightsManifest: [{ paths: ['w'], weights: weightSpecs }] };
      cwd = folder({ 'model.json': JSON.stringify(json), w: new Uint8Array(weightData as ArrayBuffer) });
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return cwd;
}

test("learned slopes of channels, of elements and of a vector give TensorFlow.js's output", async () => {
  const slopes = (seed: number) => initializers.randomUniform({ minval: -1, maxval: 1, seed });
  const model = sequential({
    layers: [
      layers.conv2d({ inputShape: [6, 5, 3], filters: 4, kernelSize: 3, padding: 'same' }),
      layers.prelu({ sharedAxes: [1, 2], alphaInitializer: slopes(1) }),
      layers.conv2d({ filters: 4, kernelSize: 1 }),
      layers.prelu({ alphaInitializer: slopes(2) }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 5 }),
      layers.prelu({ alphaInitializer: slopes(3) }),
    ],
  });
  const cwd = await saved(model);
  const ran = await enetc(['import', 'model.json', '-o', 'net.enet'], { cwd });
  expect([ran.code, ran.err]).toEqual([0, '']);
  await enetc(['compile', 'net.enet', '--weights', 'net.safetensors', '-o', 'net.onnx'], { cwd });
  const { graph } = compile({ name: 'net.enet', text: readFileSync(join(cwd, 'net.enet'), 'utf8') });
  const image = Float32Array.from({ length: 90 }, (_, i) => Math.sin(i * i));
  const [found] = await runOrt(join(cwd, 'net.onnx'), graph!, { image });
  const wanted = model.predict(transpose(tensor4d(image, [1, 3, 6, 5]), [0, 2, 3, 1])) as TfTensor;
  expect(distance(found!, Float32Array.from(wanted.dataSync()))).toBeLessThan(1e-6);
});

test('a Keras model is cut before a layer that the language lacks', async () => {
  const cwd = await saved(
    sequential({
      layers: [
        layers.conv2d({ inputShape: [6, 6, 3], filters: 4, kernelSize: 3, name: 'stem' }),
        layers.permute({ dims: [3, 1, 2], name: 'strange' }),
        layers.flatten(),
        layers.dense({ units: 5 }),
      ],
    }),
  );
  const refused = await enetc(['import', 'model.json', '-o', 'net.enet'], { cwd });
  expect(refused.err).toContain(
    "the node 'strange' (Permute) cannot be expressed: the language has no such operator; 'enetc import --cut' leaves out what depends on it, and keeps 1 of 4 nodes",
  );
  const cut = await enetc(['import', 'model.json', '-o', 'net.enet', '--cut'], { cwd });
  expect(cut.code).toBe(0);
  expect(readFileSync(join(cwd, 'net.enet'), 'utf8')).toMatch(/return stem/);
});
