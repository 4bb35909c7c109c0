import { expect, test } from 'vitest';
import { buildGraph } from '../../src/5-graph/build.ts';
import { elements } from '../../src/5-graph/graph.ts';
import { declaredModel } from '../../src/cli/library-names.ts';
import { libraryModels } from '../../src/library.ts';
import type { PublishedCheckpoint } from '../../src/published-weights.ts';
import { requiredTensors } from '../../src/weights/required-tensors.ts';
import { enetc } from './fake-io.ts';

async function listed(...models: string[]): Promise<readonly PublishedCheckpoint[]> {
  const { code, out } = await enetc(['list', ...models, '--weights', '--json']);
  expect(code).toBe(0);
  return JSON.parse(out).checkpoints;
}

test('published weights are listed with what belongs to them', async () => {
  const all = await listed('efficientnet');
  // timm 1.0.31, timm/models/efficientnet.py, and its results-imagenet.csv
  expect(all).toContainEqual({
    name: 'timm/efficientnet_b0.ra_in1k',
    model: 'efficientnet',
    variant: 'b0',
    classes: 1000,
    // its parameters, running means and variances, and 49 counters of batches
    bytes: 4 * (5_288_548 + 42_016) + 8 * 49,
    licence: 'apache-2.0',
    top1: 77.694,
    size: 224,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    crop: 0.875,
    interpolation: 'bicubic',
    convention: 'torch',
  });
  const { out } = await enetc(['list', 'efficientnet-lite', '--weights']);
  expect(out).toMatch(
    /efficientnet-lite lite0 +timm\/efficientnet_lite0.ra_in1k +apache-2.0 +imagenet +torch +224×224 +0.875 +1000 +17.9 MiB +75.48\n/,
  );
  expect(out).toContain('Sources: timm ');
});

test('a model without published weights says so', async () => {
  expect((await enetc(['list', 'amoebanet', '--weights'])).out).toBe(
    'no published weights are known for these models\n',
  );
});

test('the listed weights have the sizes of the networks that they are said to fit', async () => {
  for (const name of ['mobilenet-v1', 'mobilenet-v2', 'mnasnet', 'tinynet', 'repvgg']) {
    const { declared } = declaredModel(libraryModels.find((model) => model.name === name)!);
    for (const { variant, bytes, classes } of await listed(name)) {
      const { graph } = buildGraph(declared!, { ...(variant && { variant }), set: { classes: String(classes) } });
      const tensors = [...requiredTensors(graph!)].map(({ tensor }) => tensor);
      // a norm has a counter of 64 bits too
      const norms = tensors.filter(({ role }) => role === 'running_mean').length;
      expect([name, variant, bytes]).toEqual([
        name,
        variant,
        tensors.reduce((sum, { shape }) => sum + 4 * elements(shape), 0) + 8 * norms,
      ]);
    }
  }
});
