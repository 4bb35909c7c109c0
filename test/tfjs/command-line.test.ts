import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enetc, folder, tiny } from '../cli/fake-io.ts';

const modelFiles = ['group1-shard1of1.bin', 'model.json'];

describe('enetc compile --target tfjs', () => {
  test('writes a folder named by spec and variant, and says what it is', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const layers = await enetc(['compile', '--phi', '1', '--target', 'tfjs'], { cwd });
    expect(layers).toMatchObject({ code: 0, err: '' });
    expect(layers.out).toMatch(/^tiny-b\/ {2}.*KiB · 532 parameters · /);
    const graph = await enetc(['compile', '--phi', '1', '--target', 'tfjs', '--graph', '--json'], { cwd });
    expect(JSON.parse(graph.out)).toMatchObject({ file: 'tiny-b-graph/', params: 532 });
    expect(readdirSync(cwd).sort()).toEqual(['tiny-b', 'tiny-b-graph', 'tiny.enet']);
    expect(readdirSync(join(cwd, 'tiny-b')).sort()).toEqual(modelFiles);
    expect(JSON.parse(readFileSync(join(cwd, 'tiny-b/model.json'), 'utf8'))).toMatchObject({
      format: 'layers-model',
      userDefinedMetadata: { 'enet.model': 'Tiny', 'enet.variant': 'b', 'enet.parameters': '532' },
    });
    expect(JSON.parse(readFileSync(join(cwd, 'tiny-b-graph/model.json'), 'utf8')).format).toBe('graph-model');
  });

  test('--optimiser says what the steps of --train train with', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const given = ['--train', '--optimiser', 'adamw', '-o', 'm'];
    expect((await enetc(['compile', '--target', 'tfjs', ...given], { cwd })).code).toBe(0);
    const { optimiser, signatures } = JSON.parse(readFileSync(join(cwd, 'm/training.json'), 'utf8'));
    expect(optimiser).toBe('adamw');
    expect(Object.keys(signatures.train.inputs)).toEqual(expect.arrayContaining(['beta1', 'correction2']));
  });

  test('same input, same bytes; an older model of that name is replaced, nothing is left next to it', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const compile = (...argv: string[]) => enetc(['compile', '--target', 'tfjs', '-o', 'm', ...argv], { cwd });
    const bytes = () => readFileSync(join(cwd, 'm/group1-shard1of1.bin'));
    await compile('--seed', '3');
    const first = bytes();
    await compile('--seed', '4');
    expect(bytes().equals(first)).toBe(false);
    expect((await compile('--seed', '3')).code).toBe(0);
    expect(bytes().equals(first)).toBe(true);
    expect(readdirSync(cwd).sort()).toEqual(['m', 'tiny.enet']);
  });

  test('a link to a folder is written through', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    mkdirSync(join(cwd, 'real'));
    symlinkSync('real', join(cwd, 'link'));
    expect((await enetc(['compile', '--target', 'tfjs', '-o', 'link/'], { cwd })).code).toBe(0);
    expect(readdirSync(join(cwd, 'real')).sort()).toEqual(modelFiles);
  });

  test.each([
    [['-o', '.'], 2, "the folder '.' contains 'photos'"],
    [['-o', 'photos'], 2, "the folder 'photos' contains 'cat.jpg', which is not part of a model"],
    [['-o', '-'], 2, "'-' is standard output"],
    [['-o', 'tiny.enet'], 2, "'tiny.enet' is a file, but the output is a folder"],
    [['-o', 'nowhere/m'], 1, "there is no folder 'nowhere'"],
    [['--opset', '17'], 2, '--opset belongs to --target onnx, not to tfjs'],
    [['--half'], 2, '--half belongs to --target onnx'],
    [['--batch', '1'], 2, '--batch belongs to --target onnx'],
    [['--no-fold'], 2, '--no-fold needs --graph'],
    [['--optimiser', 'sgd'], 2, '--optimiser needs --train'],
    [['--weights', 'photos'], 1, "'photos' cannot be read: it is a folder without a model.json"],
  ])('%j ends with %i and writes nothing', async (argv, code, message) => {
    const cwd = folder({ 'tiny.enet': tiny });
    mkdirSync(join(cwd, 'photos'));
    writeFileSync(join(cwd, 'photos/cat.jpg'), 'x');
    const ran = await enetc(['compile', '--target', 'tfjs', ...argv], { cwd });
    expect(ran).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
    expect(readdirSync(cwd).sort()).toEqual(['photos', 'tiny.enet']);
    expect(readdirSync(join(cwd, 'photos'))).toEqual(['cat.jpg']);
  });

  test('the current folder is not replaced, even where it is empty', async () => {
    const cwd = folder();
    const ran = await enetc(['compile', '-', '--target', 'tfjs', '-o', '.'], { cwd, stdin: tiny });
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("'.' is the current folder") });
  });

  test('--graph is for this target', async () => {
    const ran = await enetc(['compile', 'efficientnet', '--graph']);
    expect(ran).toMatchObject({
      code: 2,
      err: expect.stringContaining('--graph belongs to --target tfjs, not to onnx'),
    });
  });

  test('what TensorFlow.js cannot do is said at the line that asks for it', async () => {
    const spec = (stem: string) => `model M {\n  input image: [3, 32, 32]\n  ${stem}\n}\n`;
    const cwd = folder({
      'dilated.enet': spec('stem: Conv(8, 3, 2, dilation: 2)'),
      'underscored.enet': spec('_stem: Conv(8, 3)'),
    });
    for (const [name, message] of [
      ['dilated', "the target 'tfjs' does not support 'a convolution with both stride and dilation'"],
      ['underscored', "TensorFlow.js does not accept '_stem' as the name of weights"],
    ] as const) {
      const ran = await enetc(['compile', `${name}.enet`, '--target', 'tfjs'], { cwd });
      expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(message) });
      expect(ran.err).toContain(`${name}.enet:3`);
    }
  });
});

describe('enetc weights', () => {
  test('a layers model gives back the weights that went into it, bit for bit', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const run = async (...argv: string[]) => expect(await enetc(argv, { cwd })).toMatchObject({ code: 0, err: '' });
    await run('weights', 'init', 'tiny.enet', '--seed', '7', '-o', 'a.safetensors');
    await run('compile', 'tiny.enet', '--target', 'tfjs', '--weights', 'a.safetensors', '-o', 'm');
    await run('weights', 'convert', 'm', 'tiny.enet', '-o', 'b.safetensors');
    await run('weights', 'convert', 'm', 'tiny.enet', '--like', 'a.safetensors', '-o', 'c.safetensors');
    const [a, b, c] = ['a', 'b', 'c'].map((name) => readFileSync(join(cwd, `${name}.safetensors`)));
    expect(b!.equals(a!)).toBe(true);
    expect(c!.equals(a!)).toBe(true);
  });

  /** The folder of a layers model as a page's `model.save('downloads://NAME')` hands it out. */
  async function downloaded(name: string, path: string): Promise<string> {
    const cwd = folder({ 'tiny.enet': tiny });
    await enetc(['weights', 'init', 'tiny.enet', '--seed', '7', '-o', 'a.safetensors'], { cwd });
    await enetc(['compile', 'tiny.enet', '--target', 'tfjs', '--weights', 'a.safetensors', '-o', 'm'], { cwd });
    mkdirSync(join(cwd, 'saved'));
    writeFileSync(join(cwd, 'saved', `${name}.weights.bin`), readFileSync(join(cwd, 'm/group1-shard1of1.bin')));
    const json = JSON.parse(readFileSync(join(cwd, 'm/model.json'), 'utf8'));
    json.weightsManifest[0].paths = [path];
    writeFileSync(join(cwd, 'saved', `${name}.json`), JSON.stringify(json));
    return cwd;
  }

  test.each([
    ['net', './net.weights.bin'],
    ['my net', 'my net.weights.bin'],
    ['my net', './my%20net.weights.bin'],
    ['100%', '100%.weights.bin'],
    ['model', 'model.weights.bin'],
  ])("a browser's download '%s', whose manifest says '%s'", async (name, path) => {
    const cwd = await downloaded(name, path);
    for (const given of name === 'model' ? ['saved', 'saved/model.json'] : [`saved/${name}.json`]) {
      const ran = await enetc(['weights', 'convert', given, 'tiny.enet', '-o', 'b.safetensors'], { cwd });
      expect(ran).toMatchObject({ code: 0, err: '' });
      const [a, b] = ['a', 'b'].map((file) => readFileSync(join(cwd, `${file}.safetensors`)));
      expect(b!.equals(a!)).toBe(true);
    }
  });

  test('a folder whose model is called otherwise says how to give it', async () => {
    const cwd = await downloaded('net', './net.weights.bin');
    const ran = await enetc(['weights', 'convert', 'saved', 'tiny.enet', '-o', 'b'], { cwd });
    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringContaining("if 'net.json' is the model, give 'saved/net.json'"),
    });
  });

  test.each([
    '../a.safetensors',
    '%2e%2e/a.safetensors',
    '/etc/hostname',
    'x/../../a',
    'http://a/b',
    '..\\a',
    'link.bin',
  ])("weights said to be in '%s' are refused", async (path) => {
    const cwd = await downloaded('net', path);
    symlinkSync('../m/group1-shard1of1.bin', join(cwd, 'saved/link.bin'));
    const ran = await enetc(['weights', 'convert', 'saved/net.json', 'tiny.enet', '-o', 'b'], { cwd });
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('out') });
    expect(ran.err).toMatch(/outside of the folder|leads out of the folder/);
  });

  test('says what it wrote', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const ran = await enetc(['weights', 'init', 'tiny.enet', '-o', 'a.safetensors'], { cwd });
    expect(ran.out).toMatch(/^a\.safetensors {2}.* KiB · \d+ tensors · the model's own names · from seed 0\n$/);
    const json = JSON.parse(
      (await enetc(['weights', 'init', 'tiny.enet', '-o', 'a.safetensors', '--json'], { cwd })).out,
    );
    expect(json).toMatchObject({ file: 'a.safetensors', origin: 'seed 0', diagnostics: [] });
  });

  test.each([
    ['init tiny.enet', 2, 'weights init needs --output FILE'],
    ['convert graph tiny.enet', 2, 'weights convert needs --output FILE'],
    ['init tiny.enet -o a --weights-map timm', 2, "--weights-map is not for 'weights init'"],
    ['convert graph tiny.enet -o a', 1, "'graph' has no 'stem.conv.weight'"],
    ['init tiny.enet -o a --like other.safetensors', 1, "'stem.conv.weight' is [8, 3, 3, 3], but"],
  ])('%s ends with %i', async (line, code, message) => {
    const cwd = folder({ 'tiny.enet': tiny });
    await enetc(['compile', 'tiny.enet', '--target', 'tfjs', '--graph', '-o', 'graph'], { cwd });
    await enetc(['weights', 'init', 'resnet', '--variant', 'resnet18', '-o', 'other.safetensors'], { cwd });
    const ran = await enetc(['weights', ...line.split(' ')], { cwd });
    expect(ran).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
  });
});
