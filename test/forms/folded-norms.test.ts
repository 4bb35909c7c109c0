import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { foldBatchNorm } from '../../src/5-graph/passes/for-inference.ts';
import { registerLayers } from '../../src/6-emit/tfjs/custom-layers/register.ts';
import { compile } from '../../src/compile.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { differenceOf, expectedOutputs, formsOf } from './run-forms.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerLayers(tf);
});

test.each([
  'ConvTranspose(6, 3, stride: 2, bias: false)',
  'ConvTranspose(6, [2, 3], stride: [2, 1], output_padding: [1, 0])',
  'ConvTranspose(8, 3, groups: 2)',
  'ConvTranspose(4, 4, stride: 2, groups: 4)',
  'ConvTranspose(12, 3, stride: 2, groups: 4, bias: false, padding: valid)',
])('the norm after %s goes into it, and every form gives what loops in double precision give', async (step) => {
  const text = `model Net {
  input image: [4, 5, 6]
  up: conv: ${step} -> bn: BatchNorm -> relu
}`;
  const network = compile({ name: 'net.enet', text });
  const graph = network.graph!;
  expect(foldBatchNorm(graph).nodes.map(({ op }) => op.kind)).not.toContain('batchNorm');
  const checkpoint = randomWeights(graph, 3);
  const expected = expectedOutputs(network, checkpoint);
  for (const form of formsOf(network, checkpoint, 0)) {
    const found = await form.run();
    if (found) expect(differenceOf(found, expected, form.scales), form.name).toBeLessThan(form.tolerance);
  }
});

test('uses of a shared transposed convolution with norms of their own keep them', () => {
  const text = `model Net {
  input image: [4, 6, 6]
  maps = [image, image -> MaxPool(2)]
  ups = [x -> share(norms: separate) up: Up for x in maps]
  return ups
}
block Up(x) {
  return x -> conv: ConvTranspose(4, 2, stride: 2) -> bn: BatchNorm
}`;
  const graph = compile({ name: 'net.enet', text }).graph!;
  expect(foldBatchNorm(graph).nodes.filter(({ op }) => op.kind === 'batchNorm')).toHaveLength(2);
});
