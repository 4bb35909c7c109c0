import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { calibratedWeights } from '../../src/backends/parity/calibrated-weights.ts';
import { writeForms } from '../../src/backends/parity/forms.ts';
import { runTfjs } from '../../src/backends/parity/run-forms.ts';
import { build, model } from '../language/build.ts';
import { inputsOf } from '../onnx/emit.ts';
import { channelsLast } from './models.ts';

// Every copy of TensorFlow.js in a process has the same engine, which knows variables by their names.
test('verifying a network with shared steps leaves no variable behind', async () => {
  await tf.setBackend('cpu');
  const network = build(
    model(
      '  two = [x -> share head: Head for x in [image, image -> tanh, image -> relu]]\n  return Add(two)',
      'block Head(x) {\n  return x -> depthwise: Conv(3, 3, groups: 3) -> bn: BatchNorm -> pointwise: Conv(2, 1)\n}',
    ),
  );
  const data = Object.values(inputsOf(network.graph, 2))[0] as Float32Array;
  const images = channelsLast(data, 2, [3, 32, 32]);
  const checkpoint = await calibratedWeights(network, network.graph, 1, tf, [images]);
  images.dispose();
  expect(tf.memory().numTensors).toBe(0);
  const { forms = [] } = await writeForms(network, { checkpoint });
  const runnable = forms.filter(({ runtime }) => runtime.startsWith('tfjs'));
  expect(runnable).toHaveLength(2);
  for (const form of runnable) {
    await runTfjs(tf, form, network.graph, [{ name: 'image', shape: [3, 32, 32], data }], 2);
    expect(tf.memory().numTensors, form.name).toBe(0);
  }
});
