import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { elements } from '../../src/5-graph/graph.ts';
import { importOpened } from '../../src/import/import-model.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { readStateDict } from '../weights/state-dicts.ts';

/** A public checkpoint's names and shapes, all numbers one. @param classes instead of 1000 */
function imported(list: string, name: string, classes = 1000) {
  const tensors = new Map(
    [...readStateDict(list)].map(([own, tensor]) => {
      const [first, ...rest] = tensor.shape;
      return [own, { ...tensor, shape: first === 1000 ? [classes, ...rest] : tensor.shape }] as const;
    }),
  );
  const checkpoint: Checkpoint = {
    name,
    tensors,
    metadata: new Map(),
    read: (own) => new Float32Array(elements(tensors.get(own)!.shape)).fill(1),
  };
  return importOpened({ checkpoint, diagnostics: [] }, 'a PyTorch checkpoint', name);
}

test.each([
  ['timm_efficientnet_b0', 'mine', 'EfficientNet(variant: b0)', 'timm'],
  ['timm_efficientnet_b1', 'weights_final', 'EfficientNet(variant: b1)', 'timm'],
  ['torchvision_resnet50', 'resnet50-11ad3fa6', 'ResNet(variant: resnet50)', 'timm'],
  ['torchvision_mobilenet_v3_small', 'm', 'MobileNetV3(variant: small', 'torchvision'],
  ['timm_repvgg_a0', 'm', 'RepVGG(variant: a0)', 'timm'],
  ['torchvision_squeezenet1_1', 'm', 'SqueezeNet(variant: 1_1)', 'torchvision'],
])('names and shapes of %s are those of a member of the library', (list, name, call, column) => {
  const { imported: found, diagnostics } = imported(list, name);
  const told = diagnostics.find(({ code }) => code === 'import-member')?.message;
  expect(told).toContain(`has the tensors of a library model: ${call}`);
  expect(told).toContain(`under the names of ${column}`);
  expect(found!.text).toContain(`net: ${call.split(',')[0]!.replace(')', '')}`);
  expect(found!.text).toContain('mean: [0.485, 0.456, 0.406]');
});

test("the file's number of classes is stated, and so is the convention of its names", () => {
  const { imported: found } = imported('timm_mobilenetv2_100', 'mobilenetv2', 7);
  expect(found!.text).toContain(
    'MobileNetV2(variant: w100, classes: 7, padding: symmetric, epsilon: 1e-5, count_pad: true)',
  );
  expect([...found!.weights!.read(found!.graph.nodes.flatMap(({ tensors }) => tensors).at(-1)!)]).toEqual(
    Array(7).fill(1),
  );
});

test('tensors of no member of the library are refused', () => {
  const tensors = new Map([['a.weight', { name: 'a.weight', shape: [4, 3, 3, 3], dtype: 'F32' }]]);
  const checkpoint: Checkpoint = { name: 'x.pth', tensors, metadata: new Map(), read: () => new Float32Array(108) };
  const { diagnostics } = importOpened({ checkpoint, diagnostics: [] }, 'a PyTorch checkpoint', 'x');
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "'x.pth' cannot be imported: it is a PyTorch checkpoint, and no library model has its 1 tensors; export the network to ONNX",
  ]);
});

test('the command writes a spec and weights from a PyTorch checkpoint; summary and diff read one', async () => {
  const cwd = folder({});
  await enetc(['weights', 'init', 'mobilenet-v2', '--variant', 'w050', '-o', 'own.safetensors'], { cwd });
  const names = ['--names', 'torchvision', '-o', 'mnet.pth'];
  const made = await enetc(['weights', 'convert', 'own.safetensors', 'mobilenet-v2', '--variant', 'w050', ...names], {
    cwd,
  });
  expect(made.code).toBe(0);
  const ran = await enetc(['import', 'mnet.pth'], { cwd });
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.err).toContain(
    'MobileNetV2(variant: w050, padding: symmetric, epsilon: 1e-5, count_pad: true), under the names of torchvision',
  );
  expect(readFileSync(join(cwd, 'mnet.enet'), 'utf8').split('\n').length).toBeLessThan(9);
  const same = await enetc(['weights', 'verify', 'mnet.safetensors', 'mnet.enet'], { cwd });
  expect(same.code).toBe(0);
  const summary = await enetc(['summary', 'mnet.pth', '--json'], { cwd });
  const own = await enetc(['summary', 'mobilenet-v2', '--variant', 'w050', '--json'], { cwd });
  expect(JSON.parse(summary.out).totals.params).toBe(JSON.parse(own.out).totals.params);
  const diff = await enetc(['diff', 'mnet.pth', 'mnet.enet'], { cwd });
  expect(diff.code).toBe(0);
});
