import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { registerLayers } from '../../src/6-emit/tfjs/custom-layers/register.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { build, model } from '../language/build.ts';
import { differenceOf, expectedOutputs, formsOf } from './run-forms.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerLayers(tf);
});

const twice = `
block Twice(x) {
  return x -> share mix: Conv(x.channels, 1) -> share norm: BatchNorm -> share mix: Conv(x.channels, 1) -> share norm: BatchNorm
}
`;

/** Networks that a form got wrong once. */
const networks: Readonly<Record<string, string>> = {
  // TensorFlow.js calls the layers in another order than the graph
  'shared steps in shared steps': model(
    '  pair = [x -> share(norms: separate) twice: Twice for x in [image, relu(image)]]\n  return a: pair[0], b: pair[1]',
    twice,
  ),
  'uses of a shared step that depend on later ones': model(
    '  a: share c: Conv(3, 1)\n  b: tanh(a) -> last: Conv(3, 1) -> share c: Conv(3, 1)\n  c: image -> share c: Conv(3, 1)\n  return b, c',
  ),
  'auxiliary outputs': model('  a: Conv(4, 3)\n  b: Linear(3)\n  return b\n  auxiliary 0.3: a -> c: Linear(3)'),
};

test.each(Object.entries(networks))('%s', async (_, text) => {
  const network = build(text);
  const checkpoint = randomWeights(network.graph, 1);
  const expected = expectedOutputs(network, checkpoint);
  for (const form of formsOf(network, checkpoint, 0)) {
    const found = await form.run();
    if (found) expect(differenceOf(found, expected, form.scales), form.name).toBeLessThan(form.tolerance);
  }
});
