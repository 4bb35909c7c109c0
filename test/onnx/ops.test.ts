import { describe, expect, it } from 'vitest';
import { decode, distance, emitFiles, inputsOf, lively, runOrt } from './emit.ts';
import { opCases } from './op-cases.ts';
import { runReference } from './reference.ts';

describe.each([13, 14, 17, 18])('opset %i', (opset) => {
  it.each(Object.keys(opCases))('%s', async (name) => {
    const graph = opCases[name]!();
    const weights = lively();
    const inputs = inputsOf(graph);
    const { bytes } = emitFiles(graph, weights, { opset });
    const [y] = await runOrt(bytes, graph, inputs);
    expect(distance(y!, runReference(graph, weights, inputs)[0]!)).toBeLessThan(1e-5);
  });
});

it('declares the shape that ONNX Runtime finds for every value', () => {
  for (const make of Object.values(opCases)) {
    const { graph } = decode(emitFiles(make(), lively()).bytes);
    const declared = new Set([...graph.valueInfo!, ...graph.output!].map((value) => value.name));
    for (const value of graph.node!.flatMap((node) => node.output!)) expect(declared).toContain(value);
  }
});
