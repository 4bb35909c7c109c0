import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { registerLayers } from '../../src/6-emit/tfjs/custom-layers/register.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import { distance, inputsOf, lively } from '../onnx/emit.ts';
import { opCases } from '../onnx/op-cases.ts';
import { runReference } from '../onnx/reference.ts';
import { fromFiles, predict, writeFolder } from './models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerLayers(tf);
});

// Neither form has a pool with dilation; see `target.test.ts`.
const names = Object.keys(opCases).filter((name) => name !== 'max pool with dilation');

describe('each op, against a plain reference', () => {
  test.each(names)('layers model: %s', async (name) => {
    const graph = opCases[name]!();
    const weights = lively();
    const model = await tf.loadLayersModel(fromFiles(writeFolder(layersTarget, graph, weights).files));
    const inputs = inputsOf(graph);
    const expected = runReference(graph, weights, inputs);
    predict(model, graph, inputs, 1).forEach((y, i) => {
      expect(distance(y, expected[i]!)).toBeLessThan(1e-5);
    });
    model.dispose();
  });
});
