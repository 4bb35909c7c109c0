import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { registerLayers } from '../../src/layers.ts';
import { openSafetensors } from '../../src/weights/readers/readers.ts';
import { writeSafetensors } from '../../src/weights/write-safetensors.ts';
import { findPython, runPython } from '../oracle.ts';
import { fromFiles } from '../tfjs/models.ts';
import { accessTo } from '../weights/open-bytes.ts';
import { enetc, folder } from './fake-io.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A depthwise and a grouped convolution, a dense layer, a norm, a weight map with a list of modules. */
const spec = `model Net {
  input image: [4, 16, 16]
  stem: Conv(8, 3, stride: 2) -> bn: BatchNorm -> relu
  stages: Unit {
    | repeat | channels |
    | 2      | 8        |
    | 1      | 12       |
  }
  head: GlobalAvgPool
  classifier: Linear(5)
  return logits: classifier
}
block Unit(x, channels: int) {
  return x -> depth: Conv(x.channels, 3, groups: x.channels, bias: false) -> point: Conv(channels, 1, groups: 2)
}
weights Net {
  convention other: torch
  | path             | other          |
  | stem             | features.0.0   |
  | stem.bn          | features.0.1   |
  | stages.*.*.depth | features.*.0   |
  | stages.*.*.point | features.*.1   |
  | classifier       | fc             |
}
`;
const project = async () => {
  const cwd = folder({ 'net.enet': spec });
  const run = async (line: string) => enetc(['weights', ...line.split(' ')], { cwd });
  expect(await run('init net.enet --seed 3 -o own.safetensors')).toMatchObject({ code: 0, err: '' });
  return { cwd, run };
};
const tensors = (cwd: string, name: string, values: Readonly<Record<string, readonly number[]>>) => {
  const parts: Uint8Array[] = [];
  const list = Object.entries(values).map(([tensor, numbers]) => ({ name: tensor, shape: [numbers.length], numbers }));
  writeSafetensors({ write: (bytes) => void parts.push(bytes.slice()) }, list, (t) => Float32Array.from(t.numbers));
  writeFileSync(join(cwd, name), Buffer.concat(parts));
};

describe('convert', () => {
  test('through every format and naming and back, bit for bit', async () => {
    const { cwd, run } = await project();
    for (const line of [
      'own.safetensors net.enet --names other -o other.pth',
      'other.pth -o plain.bin',
      'plain.bin net.enet -o net.h5',
      `net.h5 net.enet --like ${join(here, 'net.weights.h5')} -o net.weights.h5`,
      'net.weights.h5 -o plain.safetensors',
      'plain.safetensors net.enet --like own.safetensors -o back.safetensors',
    ]) {
      expect((await run(`convert ${line}`)).code).toBe(0);
    }
    const [own, back] = ['own', 'back'].map((name) => readFileSync(join(cwd, `${name}.safetensors`)));
    expect(back!.equals(own!)).toBe(true);
    const names = JSON.parse((await run('inspect plain.bin --json')).out).tensors.map((t: { name: string }) => t.name);
    expect(names).toContain('features.3.1.weight');
    expect(names).not.toContain('features.4.1.weight');
  });

  /** A safetensors file with a tensor of two bytes of each type. */
  const typed = (...types: string[]) => {
    const entries = types.map((dtype, i) => [
      `${dtype.toLowerCase()}.${i}`,
      { dtype, shape: [dtype === 'F8_E4M3' ? 2 : 1], data_offsets: [2 * i, 2 * i + 2] },
    ]);
    const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, header, Buffer.alloc(2 * types.length)]);
  };

  test('of a folder with a TensorFlow checkpoint its file is named', async () => {
    const { cwd, run } = await project();
    mkdirSync(join(cwd, 'saved'));
    for (const name of ['.index', '.data-00000-of-00001', 'config.json']) writeFileSync(join(cwd, 'saved', name), 'x');
    const { err } = await run('convert saved -o out.pt');
    expect(err).toContain("it is a folder; it has a TensorFlow checkpoint, whose file is 'saved/.index'");
  });

  test.each([
    [['I16'], 1, "'in.safetensors' has no tensors of floating-point numbers: there is nothing to convert"],
    [
      ['F16', 'F8_E4M3', 'F8_E4M3'],
      1,
      "'in.safetensors' cannot be converted: 'f8_e4m3.1' is stored as F8_E4M3, as 1 more, which is not read",
    ],
    [['F16', 'I16', 'U16'], 0, '2 of whole numbers left out'],
  ])('what of a file cannot be converted is said: %s', async (types, code, said) => {
    const { cwd, run } = await project();
    writeFileSync(join(cwd, 'in.safetensors'), typed(...types));
    const ran = await run('convert in.safetensors -o out.pt');
    expect(ran.code).toBe(code);
    expect(ran.out + ran.err).toContain(said);
    expect(existsSync(join(cwd, 'out.pt'))).toBe(code === 0);
  });

  test.each([
    ['own.safetensors net.enet -o x.weights.h5', 2, '--like FILE takes a file of that model'],
    ['own.safetensors net.enet --like own.safetensors -o x.weights.h5', 2, '--like FILE takes a file of that model'],
    ['own.safetensors -o x.h5', 2, "'x.h5' needs a spec"],
    ['own.safetensors -o web/', 2, "'web/' needs a spec"],
    ['own.safetensors net.enet --names other -o web/', 2, '--names is not for a TensorFlow.js folder'],
    ['own.safetensors -o x.npz', 2, 'has the name of a NumPy archive'],
    ['own.safetensors -o own.safetensors --force', 2, 'is a source of the output'],
    ['own.safetensors net.enet --names others -o x.pt', 1, "no column 'others'; did you mean 'other'?"],
    ['own.safetensors net.enet --names other --like own.safetensors -o x.pt', 2, 'cannot be combined'],
    ['own.safetensors net.enet --tolerance 1 -o x.pt', 2, "--tolerance is not for 'weights convert'"],
    ['nothing.pt -o x.safetensors', 1, "'nothing.pt'"],
  ])('%s ends with %i', async (line, code, message) => {
    const { run } = await project();
    expect(await run(`convert ${line}`)).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
  });

  test('TensorFlow.js loads a folder, which is read back bit for bit', async () => {
    const { cwd, run } = await project();
    expect(await run('convert own.safetensors net.enet -o web/')).toMatchObject({ code: 0, err: '' });
    const files = new Map(readdirSync(join(cwd, 'web')).map((name) => [name, readFileSync(join(cwd, 'web', name))]));
    await tf.setBackend('cpu');
    registerLayers(tf);
    const model = await tf.loadLayersModel(fromFiles(files));
    expect(model.outputs.map(({ shape }) => shape)).toEqual([[null, 5]]);
    const kernel = model.getLayer('classifier').getWeights()[0]!.transpose().arraySync() as number[][];
    const own = openSafetensors(accessTo(readFileSync(join(cwd, 'own.safetensors'))), 'own').checkpoint!;
    expect(kernel.flat()).toEqual([...own.read('classifier.weight')]);
    expect((await run('convert web net.enet --like own.safetensors -o back.safetensors')).code).toBe(0);
    expect(readFileSync(join(cwd, 'back.safetensors'))).toEqual(readFileSync(join(cwd, 'own.safetensors')));
  });

  const python = findPython(['zipfile']);
  test.skipIf(!python)('a .pth is a sound archive whose pickle names nothing but tensors', async () => {
    const { cwd, run } = await project();
    await run('convert own.safetensors net.enet --names other -o other.pth');
    const script = `
import sys, zipfile, pickle, struct
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for i in z.infolist():
    name, extra = struct.unpack('<HH', (z.fp.seek(i.header_offset + 26), z.fp.read(4))[1])
    assert (i.header_offset + 30 + name + extra) % 64 == 0
called = set()
class P(pickle.Unpickler):
    def find_class(self, module, name):
        called.add(module + '.' + name)
        return dict if name == 'OrderedDict' else (lambda *args: args)
    def persistent_load(self, key): return z.read('enetc/data/' + key[2])
d = P(z.open('enetc/data.pkl')).load()
name = 'features.3.1.weight'
data, offset, shape, strides, grad, hooks = d[name]
print(sorted(called), shape, strides, len(data), list(struct.unpack('<2f', data[:8])))`;
    const own = JSON.parse((await run('inspect own.safetensors --json')).out);
    expect(own.tensors.find((t: { name: string }) => t.name === 'stages.1.0.point.weight').shape).toEqual([
      12, 4, 1, 1,
    ]);
    const said = runPython(python!, script, [join(cwd, 'other.pth')]);
    expect(said).toContain("['collections.OrderedDict', 'torch.FloatStorage', 'torch._utils._rebuild_tensor_v2']");
    expect(said).toContain('(12, 4, 1, 1) (4, 1, 1, 1) 192 ');
  });

  const torch = findPython(['torch', 'safetensors']);
  test.skipIf(!torch)('PyTorch loads it without pickled code, equal to the safetensors file', async () => {
    const { cwd, run } = await project();
    await run('convert own.safetensors -o own.pt');
    const script = `
import sys, torch
from safetensors.torch import load_file
a, b = torch.load(sys.argv[1], weights_only=True), load_file(sys.argv[2])
print(sorted(a) == sorted(b), all(torch.equal(a[k], b[k]) and a[k].is_contiguous() for k in b))`;
    expect(
      runPython(
        torch!,
        script,
        ['own.pt', 'own.safetensors'].map((f) => join(cwd, f)),
      ),
    ).toBe('True True\n');
  });

  const keras = findPython(['keras', 'safetensors']);
  test.skipIf(!keras)(
    'Keras loads an .h5 by the names of layers, and a .weights.h5 like one of its model, kernels in its order',
    async () => {
      const { cwd, run } = await project();
      await run('convert own.safetensors net.enet -o net.h5');
      const line = `convert own.safetensors net.enet --like ${join(here, 'net.weights.h5')} -o net.weights.h5`;
      expect(await run(line)).toMatchObject({ code: 0, err: '' });
      const script = `
import sys
sys.path.insert(0, sys.argv[1])
import keras_net, numpy as np
from safetensors.numpy import load_file
own = load_file(sys.argv[2])
for file, options in ((sys.argv[3], {'by_name': True}), (sys.argv[4], {})):
    m = keras_net.build()
    m.load_weights(file, **options)
    def same(layer, variable, tensor, axes):
        return np.array_equal(m.get_layer(layer).weights[variable].numpy(), own[tensor].transpose(axes))
    print(same('stem', 0, 'stem.weight', (2, 3, 1, 0)), same('stem.bn', 3, 'stem.bn.running_var', (0,)),
          same('stages.0.0.depth', 0, 'stages.0.0.depth.weight', (2, 3, 0, 1)),
          same('stages.1.0.point', 0, 'stages.1.0.point.weight', (2, 3, 1, 0)),
          same('classifier', 0, 'classifier.weight', (1, 0)))`;
      const files = ['own.safetensors', 'net.h5', 'net.weights.h5'].map((f) => join(cwd, f));
      const said = runPython(keras!, script, [here, ...files]);
      const right = 'True True True True True';
      expect(said.trim().split('\n').slice(-2)).toEqual([right, right]);
    },
  );
});

describe('what belongs to weights goes along', () => {
  const colour = spec
    .replace('image: [4, 16, 16]', 'image: [3, 16, 16] (mean: [0.1, 0.1, 0.1], std: [1, 1, 1])')
    .replace('other: torch', 'other: torch(mean: [0.25, 0.5, 0.75], std: [0.5, 0.25, 0.125])');
  const labels = ['ant', 'bee', 'cat', 'dog', 'elk'];

  test.each([
    ['as the column of its names states', 'named.pth', 'net.enet', undefined, [0.25, 0.5, 0.75]],
    ['as the config.json next to it states', 'hub/named.safetensors', 'net.enet', labels, [0.5, 0.5, 0.25]],
    ['under names that stay', 'hub/named.safetensors', '', labels, [0.5, 0.5, 0.25]],
    ['from a file compiled of it', 'named.onnx', '', labels, [0.5, 0.5, 0.25]],
  ])('%s', async (_, from, to, names, mean) => {
    const cwd = folder({ 'net.enet': colour });
    mkdirSync(join(cwd, 'hub'));
    const pretrained = { mean: [0.5, 0.5, 0.25], std: [0.5, 0.5, 0.5], crop_pct: 0.75, interpolation: 'bilinear' };
    const config = JSON.stringify({ label_names: labels, pretrained_cfg: pretrained });
    writeFileSync(join(cwd, 'hub', 'config.json'), config);
    const run = async (line: string) => expect((await enetc(line.split(' '), { cwd })).code).toBe(0);
    await run('weights init net.enet -o own.safetensors');
    await run('weights convert own.safetensors net.enet --names other -o named.pth');
    await run('weights convert named.pth -o hub/named.safetensors');
    // batch norms are kept, so that the file fits its spec again
    await run('compile net.enet --weights hub/named.safetensors --no-fold -o named.onnx');
    await run(`weights convert ${from} ${to ? `${to} ` : ''}-o converted.safetensors`);
    await run('compile net.enet --weights converted.safetensors -o net.onnx');
    const facts = JSON.parse((await enetc(['weights', 'inspect', 'net.onnx', '--json'], { cwd })).out).metadata;
    const stated = ['labels', 'input.image.mean'].map((key) => JSON.parse(facts[`enet.${key}`] ?? 'null'));
    expect(stated).toEqual([names ?? null, mean]);
    if (names)
      expect([facts['enet.input.image.crop'], facts['enet.input.image.interpolation']]).toEqual(['0.75', 'bilinear']);
  });
});

test('inspect lists types, shapes, ranges and what is not finite', async () => {
  const cwd = folder({});
  tensors(cwd, 'a.safetensors', { 'x.weight': [1, -2, Number.NaN, Number.POSITIVE_INFINITY], y: [Number.NaN] });
  const ran = await enetc(['weights', 'inspect', 'a.safetensors'], { cwd });
  expect(ran.out).toContain('a.safetensors: a safetensors file, 2 tensors, 5 numbers, 3 not finite');
  expect(ran.out).toMatch(/^x\.weight +F32 +\[4\] +-2 +1 +2$/m);
  const { tensors: all, format } = JSON.parse(
    (await enetc(['weights', 'inspect', 'a.safetensors', '--json'], { cwd })).out,
  );
  expect(format).toBe('a safetensors file');
  expect(all[0]).toEqual({ name: 'x.weight', dtype: 'F32', shape: [4], min: -2, max: 1, notFinite: 2 });
  expect(all[1]).toEqual({ name: 'y', dtype: 'F32', shape: [1], notFinite: 1 });
});

test('diff compares by name, within a tolerance', async () => {
  const cwd = folder({});
  tensors(cwd, 'a.safetensors', { x: [1, -4, Number.NaN], y: [0], z: [1], 'only.a': [1] });
  tensors(cwd, 'b.safetensors', { x: [1, -4.5, Number.NaN], y: [Number.NaN], z: [1, 2], 'only.b': [1] });
  const ran = await enetc(['weights', 'diff', 'a.safetensors', 'b.safetensors', '--json'], { cwd });
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.out)).toMatchObject({
    same: false,
    compared: 3,
    onlyLeft: ['only.a'],
    onlyRight: ['only.b'],
    different: [
      { name: 'y', absolute: null },
      { name: 'z', left: 'F32 [1]', right: 'F32 [2]' },
      { name: 'x', absolute: 0.5, relative: 0.125 },
    ],
  });
  tensors(cwd, 'c.safetensors', { x: [1, -4.5, Number.NaN], y: [0], z: [1], 'only.a': [1] });
  const within = (tolerance: string) =>
    enetc(['weights', 'diff', 'a.safetensors', 'c.safetensors', '--tolerance', tolerance], { cwd });
  expect((await within('0.5')).code).toBe(0);
  expect(await within('0.4')).toMatchObject({ code: 1, out: expect.stringContaining('4 tensors compared, 1 differ') });
});

test('diff with a spec compares by the tensors of its network, whatever their names', async () => {
  const { run } = await project();
  await run('convert own.safetensors net.enet --names other -o other.pth');
  await run('init net.enet --seed 4 -o others.safetensors');
  expect(await run('diff own.safetensors other.pth net.enet')).toMatchObject({
    code: 0,
    out: '17 tensors compared, 0 differ; the largest difference is 0\n',
  });
  const others = await run('diff others.safetensors other.pth net.enet');
  expect(others).toMatchObject({ code: 1, out: expect.stringContaining('17 tensors compared, 8 differ') });
  expect(others.out).toContain('stages.0.0.point.weight');
});

test('verify says what a model lacks in a file, with the nearest names', async () => {
  const { run } = await project();
  expect(await run('verify own.safetensors net.enet')).toMatchObject({
    code: 0,
    out: expect.stringContaining('own.safetensors has all 17 tensors of Net'),
  });
  await run('convert own.safetensors net.enet --names other -o other.pth');
  expect(JSON.parse((await run('verify other.pth net.enet --json')).out)).toMatchObject({
    fits: true,
    names: ['other'],
    fitting: 17,
    missing: [],
  });
  const { cwd } = await project();
  tensors(cwd, 'slip.safetensors', { 'classifier.bias': [1, 2, 3, 4, 5], 'stem.bn.wieght': [1] });
  const ran = await enetc(['weights', 'verify', 'slip.safetensors', 'net.enet', '--json'], { cwd });
  expect(ran.code).toBe(1);
  const { fits, missing, surplus } = JSON.parse(ran.out);
  expect([fits, missing.length]).toEqual([false, 16]);
  expect(missing.find((m: { tensor: string }) => m.tensor === 'stem.bn.weight').nearest).toBe('stem.bn.wieght');
  expect(surplus).toEqual([{ name: 'stem.bn.wieght', nearest: 'stem.bn.weight' }]);
});

test('an unknown action says which there are', async () => {
  const cwd = folder({});
  const ran = await enetc(['weights', 'efficientnet', '-o', 'x'], { cwd });
  expect(ran).toMatchObject({
    code: 2,
    err: expect.stringContaining("unknown action 'efficientnet': inspect, convert"),
  });
});
