import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { assembleBatch } from '../../src/train/data/assemble-batch.ts';
import type { LoaderSettings } from '../../src/train/data/loader-settings.ts';
import { thumbnailUrl } from '../../src/train/report/thumbnail.ts';
import { writeSafetensors } from '../../src/weights/write-safetensors.ts';
import { enetc } from '../cli/fake-io.ts';
import { temporaryFolder } from '../train/run/fixture.ts';

/** Class c is the mean of channel c of the input. */
const spec = `model Net {
  param classes: int = 3
  convention torch
  input image: [3, 8, 8] (mean: [0.5, 0.5, 0.5], std: [0.1, 0.1, 0.1])
  head: GlobalAvgPool
  classifier: Linear(classes)
  return logits: classifier
}
weights Net {
  convention keras: torch(mean: [0.25, 0.5, 0.5], std: [0.1, 0.1, 0.1], bgr: true)
  convention plain: torch(mean: [0.25, 0.5, 0.5], std: [0.1, 0.1, 0.1])
  | path       | keras  | plain |
  | classifier | answer | fc    |
}
`;
/** In the order of the classes of a network that sees blue first. */
const colours = { a: '#0000e0', b: '#00e000', c: '#e00000' };
const quick = '--backend cpu --workers 1'.split(' ');

function weights(cwd: string, layer: string): void {
  const parts: Uint8Array[] = [];
  const values = { weight: [1, 0, 0, 0, 1, 0, 0, 0, 1], bias: [0, 0, 0] };
  const tensors = Object.entries(values).map(([name, numbers]) => ({
    name: `${layer}.${name}`,
    shape: name === 'bias' ? [3] : [3, 3],
    numbers,
  }));
  writeSafetensors({ write: (b) => void parts.push(b.slice()) }, tensors, (t) => Float32Array.from(t.numbers));
  writeFileSync(join(cwd, `${layer}.safetensors`), Buffer.concat(parts));
}

async function project() {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'net.enet'), spec);
  for (const layer of ['answer', 'fc', 'classifier']) weights(cwd, layer);
  for (const [name, background] of Object.entries(colours)) {
    mkdirSync(join(cwd, 'set', name), { recursive: true });
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background } }).png();
    for (let k = 0; k < 3; k++) await picture.toFile(join(cwd, 'set', name, `${k}.png`));
  }
  const ran = async (...argv: readonly string[]) => {
    const { code, out, err } = await enetc(argv, { cwd });
    expect([code, err]).toEqual([0, '']);
    return out;
  };
  const classes = async (...what: readonly string[]): Promise<number[]> =>
    JSON.parse(
      await ran('predict', ...what, 'set/a/0.png', 'set/b/0.png', 'set/c/0.png', '--json', '--workers', '1'),
    ).map((answer: { predictions: { index: number }[] }) => answer.predictions[0]!.index);
  return { cwd, ran, classes };
}

test('a network that was trained on blue, green, red gets that from predict, eval and train, and in the files made of it', async () => {
  const { ran, classes } = await project();
  const cpu = ['--backend', 'cpu'];
  expect(await classes('net.enet', '--weights', 'fc.safetensors', ...cpu)).toEqual([2, 1, 0]);
  expect(await classes('net.enet', '--weights', 'fc.safetensors', '--channel-order', 'bgr', ...cpu)).toEqual([0, 1, 2]);
  const keras = ['net.enet', '--weights', 'answer.safetensors'];
  expect(await classes(...keras, ...cpu)).toEqual([0, 1, 2]);
  expect(await classes(...keras, '--channel-order', 'rgb', ...cpu)).toEqual([2, 1, 0]);

  const measured = JSON.parse(await ran('eval', ...keras, '--data', 'set', '--json', ...quick));
  expect(measured.confusion).toEqual([
    [3, 0, 0],
    [0, 3, 0],
    [0, 0, 3],
  ]);

  const recipe = '--epochs 1 --batch 2 --warmup 0 --rate 1e-9 --ema 0 --augment none --quiet'.split(' ');
  await ran('train', ...keras, '--data', 'set', '--out', 'run', ...recipe, ...quick);
  expect(await classes('run', ...cpu)).toEqual([0, 1, 2]);
  await ran('compile', '--run', 'run', '-o', 'net.onnx', '--quiet');
  expect(await classes('net.onnx')).toEqual([0, 1, 2]);
  await ran('compile', '--run', 'run', '--target', 'tfjs', '-o', 'layers', '--quiet');
  expect(await classes('layers', ...cpu)).toEqual([0, 1, 2]);
  expect(await classes('net.onnx', '--channel-order', 'rgb')).toEqual([2, 1, 0]);
});

test('a spec states the order', async () => {
  const { cwd, classes } = await project();
  writeFileSync(join(cwd, 'net.enet'), spec.replace('(mean: [0.5', '(bgr: true, mean: [0.5'));
  expect(await classes('net.enet', '--weights', 'classifier.safetensors', '--backend', 'cpu')).toEqual([0, 1, 2]);

  const stated = (args: string) => {
    writeFileSync(join(cwd, 'net.enet'), spec.replace(/\(mean: .*?\)/, `(${args})`));
    return enetc(['compile', 'net.enet', '--target', 'tfjs', '-o', 'layers', '--quiet'], { cwd });
  };
  expect((await stated('crop: 2 / 4, interpolation: bilinear')).code).toBe(0);
  const { userDefinedMetadata } = JSON.parse(readFileSync(join(cwd, 'layers', 'model.json'), 'utf8'));
  const facts = Object.fromEntries(
    Object.entries(userDefinedMetadata).map(([key, value]) => [key.replace('enet.input.image.', ''), value]),
  );
  expect(facts).toMatchObject({ crop: '0.5', interpolation: 'bilinear' });
  // neither of them says anything of the normalisation
  expect(facts.mean).toBeUndefined();
  for (const [args, problem] of [
    ['crop: 3 / 2', "'crop' must be a share of the picture's shorter side, above 0 and at most 1, not 1.5"],
    ['crop: 0', "'crop' must be a share of the picture's shorter side, above 0 and at most 1, not 0"],
    ['interpolation: nearest', "'interpolation' must be bicubic or bilinear, not nearest"],
    ['interpolation: same', "'interpolation' must be an interpolation, not a padding"],
  ] as const) {
    expect(await stated(args)).toMatchObject({ code: 1, err: expect.stringContaining(problem) });
  }
});

test('crop and interpolation of a column are those of predict, eval and train, and of the files made of it; options come first', async () => {
  const { cwd, ran } = await project();
  const stated = 'crop: 0.5, interpolation: bilinear';
  const column = spec.replace(
    /convention keras: .*\n/,
    `convention keras: torch(mean: [0.25, 0.5, 0.5], std: [0.1, 0.1, 0.1], ${stated})\n`,
  );
  // means of what is left of the pixels: means of all would not tell how they were blurred
  writeFileSync(join(cwd, 'net.enet'), column.replace('head: ', 'head: relu -> '));
  // a chequered middle in a red frame: what is seen of it tells the crop, how it is blurred the interpolation
  const pixels = Uint8Array.from({ length: 20 * 20 * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % 20, Math.floor(i / 60), i % 3];
    if (Math.min(x, y, 19 - x, 19 - y) < 5) return c === 0 ? 255 : 0;
    return c === 2 && Math.floor(x / 3) % 2 === Math.floor(y / 2) % 2 ? 255 : 0;
  });
  const png = sharp(pixels, { raw: { width: 20, height: 20, channels: 3 } }).png();
  await png.toFile(join(cwd, 'a.png'));
  for (const name of ['a', 'b', 'c']) await png.toFile(join(cwd, 'set', name, '0.png'));
  const answer = async (...what: readonly string[]): Promise<string> => {
    const [{ predictions }] = JSON.parse(await ran('predict', ...what, 'a.png', '--json', '--workers', '1'));
    return predictions
      .map((p: { index: number; probability: number }) => `${p.index} ${p.probability.toFixed(4)}`)
      .join();
  };
  const cpu = ['--backend', 'cpu'];
  const own = ['net.enet', '--weights', 'answer.safetensors'];
  const right = await answer(...own, ...cpu);
  // "fc" is a column that states nothing of it
  const plain = ['net.enet', '--weights', 'fc.safetensors'];
  const bare = [...plain, ...cpu];
  expect(await answer(...bare, '--crop', '0.5', '--interpolation', 'bilinear')).toBe(right);
  const whole = await answer(...bare);
  const bicubic = await answer(...bare, '--crop', '0.5');
  expect(new Set([right, whole, bicubic]).size).toBe(3);
  expect(await answer(...own, ...cpu, '--interpolation', 'bicubic')).toBe(bicubic);
  expect(await answer(...own, ...cpu, '--interpolation', 'bicubic', '--crop', '1')).toBe(whole);

  const facts = {
    'net.onnx': ['--target', 'onnx'],
    layers: ['--target', 'tfjs'],
    graph: ['--target', 'tfjs', '--graph'],
    'net.tflite': ['--target', 'tflite'],
  };
  for (const [file, target] of Object.entries(facts)) {
    await ran('compile', ...own, ...target, '-o', file, '--quiet');
    const options = file.startsWith('net') ? [] : cpu;
    // LiteRT needs a Python
    if (!file.endsWith('.tflite')) expect(await answer(file, ...options)).toBe(right);
    else expect(readFileSync(join(cwd, file), 'latin1')).toContain('enet.input.image.interpolation');
  }
  expect(await answer('net.onnx', '--crop', '1', '--interpolation', 'bicubic')).toBe(whole);
  await ran('weights', 'convert', 'answer.safetensors', 'net.enet', '-o', 'own.safetensors', '--quiet');
  expect(await answer('net.enet', '--weights', 'own.safetensors', ...cpu)).toBe(right);

  const measured = async (...what: readonly string[]) =>
    JSON.parse(await ran('eval', ...what, '--data', 'set', '--split', 'all', '--json', ...quick)).loss;
  expect(await measured(...own)).not.toBe(await measured(...plain));
  const recipe = '--epochs 1 --batch 2 --warmup 0 --rate 1e-9 --ema 0 --augment none --quiet'.split(' ');
  await ran('train', ...own, '--data', 'set', '--out', 'run', ...recipe, ...quick);
  expect(await answer('run', ...cpu)).toBe(right);
});

test('mixed images and the thumbnails of a report keep their colours', () => {
  const pixels = Uint8Array.from({ length: 4 * 4 * 4 * 3 }, (_, i) => (i * 37) % 256);
  const mean = [0.1, 0.4, 0.7];
  const images = (settings: object) =>
    assembleBatch(
      {
        index: 0,
        epoch: 0,
        height: 4,
        width: 4,
        pixels,
        labels: Int32Array.of(0, 1, 0, 1),
        indices: Int32Array.of(0, 1, 2, 3),
        skipped: new Map(),
      },
      2,
      { seed: 1, channels: 3, classWeights: Float32Array.of(1, 1), labelSmoothing: 0, ...settings } as LoaderSettings,
    ).images;
  const reversed = (all: Float32Array) => all.map((_, i) => all[i - (i % 3) + 2 - (i % 3)]!);
  const std = [1, 1, 1];
  for (const mixing of [
    { mixup: 0, cutmix: 0 },
    { mixup: 1, cutmix: 0 },
    { mixup: 0, cutmix: 1 },
  ]) {
    const rgb = images({ mean, std, channelOrder: 'rgb', ...mixing });
    const bgr = images({ mean: mean.toReversed(), std, channelOrder: 'bgr', ...mixing });
    expect(reversed(bgr)).toEqual(rgb);
    expect(bgr).not.toEqual(rgb);
    const shape = [4, 4, 3] as const;
    const shown = thumbnailUrl({ shape, pixels: rgb.subarray(0, 48) }, { mean, std });
    const order = { mean: mean.toReversed(), std, channelOrder: 'bgr' as const };
    expect(thumbnailUrl({ shape, pixels: bgr.subarray(0, 48) }, order)).toBe(shown);
  }
});
