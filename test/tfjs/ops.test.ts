import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { registerLayers } from '../../src/6-emit/tfjs/custom-layers/register.ts';
import { graphModelTarget } from '../../src/6-emit/tfjs/graph-model/target.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import { distance, inputsOf, lively } from '../onnx/emit.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';
import { opCases } from '../onnx/op-cases.ts';
import { runReference } from '../onnx/reference.ts';
import { smallNet } from '../onnx/small-net.ts';
import { type Files, fromFiles, predict, writeFolder } from './models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerLayers(tf);
});

const cases: Readonly<Record<string, () => Graph>> = {
  ...opCases,
  'a bit of everything, two outputs': smallNet,
  'one value as two outputs, and the input as a third': () => {
    const g = graphBuilder();
    const x = g.input([2, 3, 3]);
    const y = g.act(x, 'a', 'relu');
    return g.build({ y, again: y, x });
  },
  'a sum of one value with itself': () => {
    const g = graphBuilder();
    const x = g.input([2, 3, 3]);
    return g.build({ y: g.add(x, x, 's') });
  },
  'two inputs': () => {
    const g = graphBuilder();
    const [a, b] = [g.input([4, 3, 5], 'left'), g.input([4, 3, 5], 'right')];
    return g.build({ y: g.concat([b, g.act(a, 'left', 'relu')], 'join') });
  },
  'an activation that two read after a convolution with bias': () => {
    const g = graphBuilder();
    const conv = g.conv(g.input([3, 6, 6]), 'stem', 4, window(3), { bias: true });
    return g.build({ relu: g.act(conv, 'a', 'relu'), raw: conv, sum: g.add(g.act(conv, 'b', 'relu6'), conv, 'c') });
  },
  'activations that a convolution and a linear layer end with': () => {
    const g = graphBuilder();
    const conv = g.act(g.conv(g.input([4, 6, 6]), 'dw', 4, window(3), { bias: true, groups: 4 }), 'dw', 'relu6');
    return g.build({ y: g.act(g.linear(conv, 'fc', 5), 'fc', 'relu') });
  },
};

// Neither form has a pool with dilation; see `target.test.ts`.
const names = Object.keys(cases).filter((name) => name !== 'max pool with dilation');

const loaders = {
  'layers model': (files: Files) => tf.loadLayersModel(fromFiles(files)),
  'graph model': (files: Files) => tf.loadGraphModel(fromFiles(files)),
};

describe.each([
  ['layers model', layersTarget],
  ['graph model', graphModelTarget],
] as const)('%s: each op, against a plain reference', (kind, target) => {
  test.each(names)('%s', async (name) => {
    const graph = cases[name]!();
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
