import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { registerLayers } from '../../src/6-emit/tfjs/custom-layers/register.ts';
import { graphModelTarget } from '../../src/6-emit/tfjs/graph-model/target.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import { distance, inputsOf, lively } from '../onnx/emit.ts';
import { opCases } from '../onnx/op-cases.ts';
import { runReference } from '../onnx/reference.ts';
import { type Files, fromFiles, predict, writeFolder } from './models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerLayers(tf);
});

// Neither form has a pool with dilation; see `target.test.ts`.
const names = Object.keys(opCases).filter((name) => name !== 'max pool with dilation');

const loaders = {
  'layers model': (files: Files) => tf.loadLayersModel(fromFiles(files)),
  'graph model': (files: Files) => tf.loadGraphModel(fromFiles(files)),
};

describe.each([
  ['layers model', layersTarget],
  ['graph model', graphModelTarget],
] as const)('%s: each op, against a plain reference', (kind, target) => {
  test.each(names)('%s', async (name) => {
    const graph = opCases[name]!();
    const weights = lively();
    const model = await loaders[kind](writeFolder(target, graph, weights).files);
    const inputs = inputsOf(graph);
    const expected = runReference(graph, weights, inputs);
    predict(model, graph, inputs, 1).forEach((y, i) => {
      expect(distance(y, expected[i]!)).toBeLessThan(1e-5);
    });
    model.dispose();
  });
});
