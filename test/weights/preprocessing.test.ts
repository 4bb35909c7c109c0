import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import type { CompileOptions } from '../../src/compile.ts';
import { compileSpec, type Network } from '../../src/compile-spec.ts';
import { followWeights } from '../../src/follow-weights.ts';
import { openCheckpoint } from '../../src/node/open-checkpoint.ts';
import { librarySpec } from '../../src/node/open-spec.ts';
import { readLabels } from '../../src/node/read-labels.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { statedLabels, statedPreprocessing } from '../../src/weights/preprocessing-facts.ts';
import { writeSafetensors } from '../../src/weights/write-safetensors.ts';
import { memoryFiles } from '../memory-sink.ts';
import { decode } from '../onnx/emit.ts';
import { readStateDict } from './state-dicts.ts';

const ofImagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], channelOrder: 'rgb' };
const folder = mkdtempSync(join(tmpdir(), 'enet-preprocessing-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a network of the library is fed with, once it has followed weights of those names. */
function followed(library: string, names: string, options: CompileOptions, metadata: [string, string][] = []) {
  const spec = librarySpec(library)!;
  const request = { model: spec.model!, ...options };
  const checkpoint: Checkpoint = {
    name: 'x.safetensors',
    tensors: readStateDict(names),
    metadata: new Map(metadata),
    read: () => new Float32Array(0),
  };
  return followWeights(spec, compileSpec(spec, request) as Network, request, checkpoint, undefined).network.graph
    .preprocessing.image;
}

describe('what belongs to weights follows them', () => {
  test.each([
    ['mobilenet-v2', 'timm_mobilenetv2_100', {}],
    ['mobilenet-v3', 'timm_mobilenetv3_large_100', { variant: 'large' }],
    ['efficientnet-lite', 'timm_efficientnet_lite0', { variant: 'lite0' }],
  ])('the normalisation of %s from timm, under the convention that is asked for', (library, names, options) => {
    expect(followed(library, names, { ...options, convention: 'torch' })).toEqual(ofImagenet);
  });

  test.each([
    ['repvgg', 'timm_repvgg_a0', { variant: 'a0' }, { crop: 0.875, interpolation: 'bilinear' }],
    ['efficientnet-v2', 'torchvision_efficientnet_v2_s', { variant: 's' }, { crop: 1, interpolation: 'bilinear' }],
    ['efficientnet-v2', 'torchvision_efficientnet_v2_s', { variant: 's', preprocessing: { crop: 0.5 } }, { crop: 0.5 }],
    ['efficientnet-v2', 'timm_tf_efficientnetv2_s', { variant: 's' }, { crop: 1, mean: [0.5, 0.5, 0.5] }],
  ] as const)('crop and interpolation of the column for %s: %s, %j', (library, names, options, expected) => {
    expect(followed(library, names, options)).toMatchObject(expected);
  });

  test("Keras's VGG takes pictures as its own preprocessing gives them: blue first, less the means of ImageNet", () => {
    const { mean, std, channelOrder } = followed('vgg', 'keras_vgg16', { variant: 'vgg16' })!;
    expect(channelOrder).toBe('bgr');
    // keras/src/applications/imagenet_utils.py, mode caffe
    const pixel = { blue: 10, green: 20, red: 250 };
    const seen = [pixel.blue, pixel.green, pixel.red].map((value, c) => (value / 255 - mean![c]!) / std![c]!);
    for (const [c, value] of [10 - 103.939, 20 - 116.779, 250 - 123.68].entries())
      expect(seen[c]).toBeCloseTo(value, 3);
  });

  test('the file is believed before the column of its names, and the request before the file', () => {
    const cfg = { mean: [0.1, 0.2, 0.3], std: [1, 1, 2], crop_pct: 0.9, interpolation: 'bilinear' };
    const config: [string, string][] = [['timm.config', JSON.stringify({ pretrained_cfg: cfg })]];
    const from = (options: CompileOptions) => followed('mobilenet-v2', 'timm_mobilenetv2_100', options, config);
    const file = { mean: cfg.mean, std: cfg.std, channelOrder: 'rgb', crop: 0.9, interpolation: 'bilinear' };
    expect(from({})).toEqual(file);
    expect(from({ preprocessing: { mean: [0.25], crop: 1 } })).toEqual({ ...file, mean: [0.25, 0.25, 0.25], crop: 1 });
  });

  test("timm's config.json is found next to its weights", async () => {
    const path = join(folder, 'model.safetensors');
    const chunks: Uint8Array[] = [];
    const tensor = { name: 'a', shape: [1], dtype: 'F32' as const };
    writeSafetensors({ write: (bytes) => void chunks.push(bytes.slice()) }, [tensor], () => new Float32Array(1));
    writeFileSync(path, Buffer.concat(chunks));
    const config = { label_names: ['cat', 'dog'], pretrained_cfg: { mean: [0.5], std: [0.25], crop_pct: 1 } };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const { checkpoint, close } = await openCheckpoint(path, folder);
    close();
    expect(statedPreprocessing(checkpoint!.metadata)).toEqual({
      mean: [0.5],
      std: [0.25],
      channelOrder: 'rgb',
      crop: 1,
    });
    expect(statedLabels(checkpoint!.metadata)).toEqual(['cat', 'dog']);
  });

  test.each([
    [{}],
    [{ mean: [0.25, 0.5, 0.75], std: [0.125, 0.25, 1e-3], crop: 0.8125, interpolation: 'bilinear' as const }],
    [{ channelOrder: 'bgr' as const }],
  ])('every file that is written states it, and is read as it was meant: %j', (preprocessing) => {
    const spec = librarySpec('squeezenet')!;
    const set = { classes: '2' };
    const network = compileSpec(spec, { model: spec.model!, set, resolution: 64, preprocessing }) as Network;
    const onnx = memoryFiles();
    expect(emit(network, onnxTarget, {}, onnx.open, { labels: ['a', 'b'] }).diagnostics).toEqual([]);
    const tfjs = memoryFiles();
    emit(network, layersTarget, {}, tfjs.open, { labels: ['a', 'b'] });
    const { userDefinedMetadata } = JSON.parse(new TextDecoder().decode(tfjs.bytes('model.json')));
    const props = decode(onnx.bytes()).model.metadataProps!.map(({ key, value }) => [key!, value!] as const);
    for (const metadata of [new Map(props), new Map<string, string>(Object.entries(userDefinedMetadata))]) {
      const { interpolation = 'bicubic', channelOrder = 'rgb', ...rest } = network.graph.preprocessing.image!;
      expect(statedPreprocessing(metadata)).toEqual({ ...rest, interpolation, channelOrder });
      expect(statedLabels(metadata)).toEqual(['a', 'b']);
    }
    expect(emit(network, onnxTarget, {}, onnx.open, { labels: ['a'] }).diagnostics.map((d) => d.code)).toEqual([
      'label-count',
    ]);
  });
});

test.each([
  ['a line for each', 'cat\nhot dog\r\n', ['cat', 'hot dog']],
  ['a JSON list', '["cat", "dog"]', ['cat', 'dog']],
  ['an object by number', '{"1": ["n02084071", "dog"], "0": ["n02121808", "cat"]}', ['cat', 'dog']],
])('labels are read: %s', async (_, text, labels) => {
  writeFileSync(join(folder, 'labels'), text);
  expect(await readLabels('labels', folder)).toEqual(labels);
});

test.each([
  ['cat\n\ndog', 'no name for class 1'],
  ['{"a": "cat"}', 'neither a list'],
  ['[1]', 'neither a list'],
])('what is not a list of labels is refused: %j', async (text, problem) => {
  writeFileSync(join(folder, 'labels'), text);
  await expect(readLabels('labels', folder)).rejects.toThrow(problem);
});

test("ImageNet's 1000 names differ, and stand in the order of the scores", async () => {
  const names = await readLabels('imagenet', folder);
  expect([names.length, new Set(names).size]).toEqual([1000, 1000]);
  // Keras' and torchvision's numbers of these
  expect([names[0], names[281], names[999]]).toEqual([
    'tench, Tinca tinca',
    'tabby, tabby cat',
    'toilet tissue, toilet paper, bathroom tissue',
  ]);
});
