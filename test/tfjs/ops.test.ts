import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Graph, ValueRef } from '../../src/5-graph/graph.ts';
import { registerLayers } from '../../src/6-emit/tfjs/custom-layers/register.ts';
import { graphModelTarget } from '../../src/6-emit/tfjs/graph-model/target.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import type { Pads } from '../../src/ops/window.ts';
import { distance, inputsOf, lively } from '../onnx/emit.ts';
import { graphBuilder, noPads, window } from '../onnx/graph-builder.ts';
import { opCases } from '../onnx/op-cases.ts';
import { runReference } from '../onnx/reference.ts';
import { smallNet } from '../onnx/small-net.ts';
import { type Files, fromFiles, predict, writeFolder } from './models.ts';

type Graphs = ReturnType<typeof graphBuilder>;

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerLayers(tf);
});

const cases: Record<string, () => Graph> = {
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
  'a value taken three times by one and once by another': () => {
    const g = graphBuilder();
    const x = g.act(g.input([2, 3, 3]), 'a', 'tanh');
    return g.build({
      sum: g.add(g.add(x, x, 's'), x, 't'),
      joined: g.concat([x, x, x], 'c'),
      x: g.act(x, 'b', 'relu'),
    });
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

/** Dilated depthwise convolutions of a map that is not square: what an engine's own layer ignores. */
const dilated: Readonly<
  Record<string, { kernel?: number; pads?: Pads; dilation?: number; filters?: number; stride?: number }>
> = {
  'valid, dilation 2': {},
  'same, dilation 2': { pads: { top: 2, left: 2, bottom: 2, right: 2 } },
  'same of an even window': { kernel: 2, dilation: 3, pads: { top: 1, left: 1, bottom: 2, right: 2 } },
  'pads of its own': { pads: { top: 0, left: 1, bottom: 3, right: 2 } },
  'cropped, dilation 3': { dilation: 3, pads: { top: -1, left: 1, bottom: 0, right: -1 } },
  'two filters a channel': { filters: 8 },
  'one tap, whose dilation is none, with a stride': { kernel: 1, dilation: 4, stride: 2 },
};
for (const [name, { kernel = 3, pads = noPads, dilation = 2, filters = 4, stride = 1 }] of Object.entries(dilated)) {
  for (const bias of [false, true]) {
    cases[`dilated depthwise: ${name}${bias ? ', bias and relu' : ''}`] = () => {
      const g = graphBuilder();
      const x = g.conv(g.input([4, 9, 11]), 'dw', filters, window(kernel, stride, pads, dilation), { groups: 4, bias });
      return g.build({ y: bias ? g.act(x, 'dw', 'relu') : x });
    };
  }
}

/** What vectors and maps of one pixel go through. */
const small = (shape: number[]): Readonly<Record<string, (g: Graphs, x: ValueRef) => Record<string, ValueRef>>> => ({
  split: (g, x) => Object.fromEntries(g.split(x, 's', 3).map((part, i) => [`part${i}`, part])),
  'split into single channels': (g, x) => Object.fromEntries(g.split(x, 's', 6).map((part, i) => [`part${i}`, part])),
  'split, turned and joined': (g, x) => ({ y: g.concat([...g.split(x, 's', 2)].reverse(), 'c') }),
  'sum, product, norm and activation': (g, x) => {
    const [a, b] = g.split(x, 's', 2) as [ValueRef, ValueRef];
    return { y: g.mul(g.add(a, g.act(b, 'a', 'hardswish'), 's'), g.batchNorm(b, 'bn'), 'm') };
  },
  'linear of it': (g, x) => ({ y: g.linear(g.act(x, 'a', 'silu'), 'fc', 4) }),
  ...(shape.length === 3 && {
    'shuffle, padding and pools': (g, x) => {
      const padded = g.pad(g.shuffle(x, 's', 3), 'p', { top: 1, left: 2, bottom: 2, right: 0 });
      return {
        mean: g.avgPool(padded, 'a', window(2, 1, { top: 1, left: 0, bottom: 0, right: 1 }), false),
        most: g.maxPool(padded, 'm', window(3, 2, { top: 1, left: 1, bottom: 1, right: 1 })),
        all: g.globalPool(padded, 'g'),
        sole: g.globalPool(x, 'h'),
      };
    },
  }),
});
for (const shape of [[6], [6, 1, 1]]) {
  for (const [name, make] of Object.entries(small(shape))) {
    cases[`[${shape}]: ${name}`] = () => {
      const g = graphBuilder();
      const map = g.input([2, 3, 4]);
      const x = shape.length === 1 ? g.linear(map, 'in', 6) : g.globalPool(g.conv(map, 'in', 6, window(1)), 'in');
      return g.build(make(g, x));
    };
  }
}

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
