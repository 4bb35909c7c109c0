import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  io,
  loadGraphModel,
  loadLayersModel,
  softmax,
  type Tensor,
  tensor,
  tensor4d,
  transpose,
} from '@tensorflow/tfjs';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/node/open-checkpoint.ts';
import { enetc, folder } from '../cli/fake-io.ts';

/**
 * The npm package nsfwjs (MIT) has models that others trained and TensorFlow.js's converter quantised to 8 bits: a layers model of
 * Keras's MobileNetV2, and a graph model. It is fetched once; without a network these tests are left out.
 */
const fetched = fetchPackage();
if (!fetched) console.warn('nsfwjs cannot be fetched from npm: the tests of its models are left out');

function fetchPackage(): string | undefined {
  const root = join(tmpdir(), 'enetc-real-files-nsfwjs-4.3.0');
  if (existsSync(root)) return root;
  try {
    const cwd = mkdtempSync(join(tmpdir(), 'enetc-fetch-'));
    const options = { cwd, stdio: 'pipe', timeout: 60_000, shell: process.platform === 'win32' } as const;
    execFileSync('npm', ['pack', 'nsfwjs@4.3.0', '--silent', '--fetch-retries=0'], options);
    execFileSync('tar', ['xzf', 'nsfwjs-4.3.0.tgz'], options);
    for (const name of ['mobilenet_v2', 'mobilenet_v2_mid'])
      unpack(join(cwd, 'package/dist/models', name), join(cwd, name));
    renameSync(cwd, root);
    return root;
  } catch {
    return undefined;
  }
}

/** The package has each file of a model as a script. */
function unpack(from: string, to: string): void {
  const load = createRequire(import.meta.url);
  mkdirSync(to);
  const json = load(join(from, 'model.min.js'));
  writeFileSync(join(to, 'model.json'), JSON.stringify(json));
  for (const path of json.weightsManifest.flatMap(({ paths }: { paths: string[] }) => paths)) {
    writeFileSync(join(to, path), Buffer.from(load(join(from, `${path}.min.js`)), 'base64'));
  }
}

function artifacts(path: string): io.ModelArtifacts {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'));
  const groups = weightsManifest as io.WeightsManifestConfig;
  const files = groups.flatMap(({ paths }) => paths.map((name) => readFileSync(join(path, name))));
  const weightData = Uint8Array.from(Buffer.concat(files)).buffer;
  return { modelTopology, weightSpecs: groups.flatMap(({ weights }) => weights), weightData };
}

/** Keras's names for MobileNetV2, and those of this model's head. */
const spec = `import { MobileNetV2 } from "std/mobilenet-v2"

model Net {
  convention tf
  input image: [3, 224, 224] (mean: [0, 0, 0], std: [1, 1, 1])
  trunk: MobileNetV2(classes: 0)
  hidden1: Linear(256) -> relu
  hidden2: Linear(128) -> relu
  out: Linear(5)
  return logits: out
}

weights Net {
  convention keras: tf
  | path                            | keras                      |
  | trunk.stem.conv                 | Conv1                      |
  | trunk.stem.bn                   | bn_Conv1                   |
  | trunk.head.conv                 | Conv_1                     |
  | trunk.head.bn                   | Conv_1_bn                  |
  | trunk.stages.0.0.depthwise.conv | expanded_conv_depthwise    |
  | trunk.stages.0.0.depthwise.bn   | expanded_conv_depthwise_BN |
  | trunk.stages.0.0.project.conv   | expanded_conv_project      |
  | trunk.stages.0.0.project.bn     | expanded_conv_project_BN   |
  | trunk.stages.*.*.expand.conv    | "block_*_expand"           |
  | trunk.stages.*.*.expand.bn      | "block_*_expand_BN"        |
  | trunk.stages.*.*.depthwise.conv | "block_*_depthwise"        |
  | trunk.stages.*.*.depthwise.bn   | "block_*_depthwise_BN"     |
  | trunk.stages.*.*.project.conv   | "block_*_project"          |
  | trunk.stages.*.*.project.bn     | "block_*_project_BN"       |
  | hidden1                         | dense_1                    |
  | hidden2                         | dense_2                    |
  | out                             | dense_3                    |
}
`;

const side = 224;

/** A picture with edges and gradients, of every colour. */
function picture(): Tensor {
  const pixels = Float32Array.from({ length: side * side * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side), i % 3];
    return 0.5 + 0.3 * Math.sin((x * (c + 1)) / 17 + y / 23) + (((x >> 4) + (y >> 5)) % 2) * 0.2;
  });
  return tensor4d(pixels, [1, side, side, 3]);
}

async function scoresOf(path: string, image: Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(path);
  const turned = Float32Array.from(transpose(image, [0, 3, 1, 2]).dataSync());
  const feeds = { [session.inputNames[0] as string]: new OrtTensor('float32', turned, [1, 3, side, side]) };
  return (await session.run(feeds))[session.outputNames[0] as string]?.data as Float32Array;
}

describe.skipIf(!fetched)('models of the package nsfwjs', () => {
  test("a quantised layers model of Keras's names gives TensorFlow.js's answers, compiled to ONNX", async () => {
    const path = join(fetched as string, 'mobilenet_v2');
    const cwd = folder({ 'net.enet': spec });
    const ran = await enetc(['compile', 'net.enet', '--weights', path, '-o', 'net.onnx'], { cwd });
    expect(ran).toMatchObject({ code: 0 });
    const image = picture();
    const theirs = await loadLayersModel({ load: async () => artifacts(path) });
    const wanted = (theirs.predict(image) as Tensor).dataSync();
    const output = await scoresOf(join(cwd, 'net.onnx'), image);
    const found = softmax(tensor(output, [5])).dataSync();
    for (const [i, value] of wanted.entries()) expect(Math.abs((found[i] as number) - value)).toBeLessThan(1e-5);
  });

  test("a quantised graph model gives TensorFlow.js's answers, imported and compiled to ONNX", async () => {
    const path = join(fetched as string, 'mobilenet_v2_mid');
    const cwd = folder({});
    const ran = await enetc(['import', path, '-o', 'net.enet'], { cwd });
    expect(ran).toMatchObject({ code: 0, err: '' });
    await enetc(['compile', 'net.enet', '--weights', 'net.safetensors', '-o', 'net.onnx'], { cwd });
    const image = picture();
    const theirs = await loadGraphModel({ load: async () => artifacts(path) });
    const wanted = (theirs.predict(image) as Tensor).dataSync();
    const found = await scoresOf(join(cwd, 'net.onnx'), image);
    for (const [i, value] of wanted.entries()) expect(Math.abs((found[i] as number) - value)).toBeLessThan(1e-5);
  });

  test('the constants of a quantised graph model are those that TensorFlow.js decodes, kernels turned', async () => {
    const path = join(fetched as string, 'mobilenet_v2_mid');
    const { weightSpecs = [], weightData } = artifacts(path);
    const theirs = io.decodeWeights(weightData as ArrayBuffer, weightSpecs);
    const { checkpoint, close } = await openCheckpoint(path, '/');
    const kinds: Record<string, number> = {};
    for (const { name, shape } of checkpoint!.tensors.values()) {
      const stored = theirs[name] as Tensor;
      const [h = 1, w = 1, c = 1, d = 1] = stored.shape;
      const isSame = `${shape}` === `${stored.shape}`;
      const isConv = !isSame && `${shape}` === `${[d, c, h, w]}`;
      const kind = isSame ? 'same' : isConv ? 'conv' : stored.rank === 4 ? 'depthwise' : 'linear';
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      const wanted = isSame
        ? stored
        : isConv
          ? transpose(stored, [3, 2, 0, 1])
          : kind === 'depthwise'
            ? transpose(stored.reshape([h, w, c * d]), [2, 0, 1])
            : transpose(stored);
      const [found, values] = [checkpoint!.read(name), wanted.dataSync()];
      expect([name, found.length, found.findIndex((value, i) => value !== values[i])]).toEqual([
        name,
        values.length,
        -1,
      ]);
    }
    close();
    expect(kinds).toEqual({ conv: 35, depthwise: 17, linear: 1, same: 55 });
  });
});
