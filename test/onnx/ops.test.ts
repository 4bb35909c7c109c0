import { describe, expect, it } from 'vitest';
import { newestOpset, oldestOpset } from '../../src/6-emit/onnx/options.ts';
import { decode, distance, emitFiles, inputsOf, lively, runOrt } from './emit.ts';
import { graphBuilder } from './graph-builder.ts';
import { opCases } from './op-cases.ts';
import { runReference } from './reference.ts';

const cases = {
  ...opCases,
  'split of a vector': () => {
    const g = graphBuilder();
    const [a, b] = g.split(g.input([6]), 'unit', 2);
    return g.build({ y: g.concat([b!, a!, b!], 'unit'), z: b! });
  },
};

const opsets = Array.from({ length: newestOpset - oldestOpset + 1 }, (_, i) => oldestOpset + i);

describe.each(opsets)('opset %i', (opset) => {
  it.each(Object.entries(cases))('%s', async (_name, make) => {
    const graph = make();
    const weights = lively();
    const inputs = inputsOf(graph, 2);
    const halves = inputsOf(graph);
    const expected = runReference(graph, weights, halves);
    for (const [options, tolerance] of [
      [{ opset }, 1e-5],
      [{ opset, tuned: 'ort-x86' }, 1e-5],
      [{ opset, half: true }, 1e-2],
    ] as const) {
      const results = await runOrt(emitFiles(graph, weights, options).bytes, graph, inputs, 2);
      for (const [i, values] of expected.entries()) {
        expect(distance(results[i]!.subarray(0, values.length), values)).toBeLessThan(tolerance);
      }
    }
  });
});

it('declares the shape that ONNX Runtime finds for every value', () => {
  for (const make of Object.values(opCases)) {
    const { graph } = decode(emitFiles(make(), lively()).bytes);
    const declared = new Set([...graph.valueInfo!, ...graph.output!].map((value) => value.name));
    for (const value of graph.node!.flatMap((node) => node.output!)) expect(declared).toContain(value);
  }
});

it('sums and multiplies two at a time, in the order given', () => {
  const { graph } = decode(emitFiles(opCases['add of three and of four']!(), lively()).bytes);
  const sums = graph.node!.filter((node) => node.opType === 'Add').map((node) => [node.input, node.output]);
  expect(sums).toEqual([
    [['image', 'a/act'], ['three/add/1']],
    [['three/add/1', 'b/act'], ['three/add']],
    [['three/add', 'image'], ['four/add/1']],
    [['four/add/1', 'three/add'], ['four/add/2']],
    [['four/add/2', 'c/act'], ['y']],
  ]);
});
