import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newestOpset, oldestOpset } from '../../src/6-emit/onnx/options.ts';
import { type EngineJob, runEngine } from '../engines/run-engine.ts';
import { findPython } from '../oracle.ts';
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

/** The newest opset that onnxruntime-node 1.30 runs; Python's ONNX Runtime, which is newer, runs what is above. */
const newestInNode = 26;

const opsets = Array.from({ length: newestOpset - oldestOpset + 1 }, (_, i) => oldestOpset + i);

const forms = (opset: number) =>
  [
    [{ opset }, 1e-5],
    [{ opset, tuned: 'ort-x86' }, 1e-5],
    [{ opset, half: true }, 1e-2],
  ] as const;

describe.each(opsets.filter((opset) => opset <= newestInNode))('opset %i', (opset) => {
  it.each(Object.entries(cases))('%s', async (_name, make) => {
    const graph = make();
    const weights = lively();
    const inputs = inputsOf(graph, 2);
    const halves = inputsOf(graph);
    const expected = runReference(graph, weights, halves);
    for (const [options, tolerance] of forms(opset)) {
      const results = await runOrt(emitFiles(graph, weights, options).bytes, graph, inputs, 2);
      for (const [i, values] of expected.entries()) {
        expect(distance(results[i]!.subarray(0, values.length), values)).toBeLessThan(tolerance);
      }
    }
  });
});

const python = findPython(['onnxruntime']);
const newer = opsets.filter((opset) => opset > newestInNode);

it.skipIf(!python).each(newer)("opset %i, in Python's ONNX Runtime", (opset) => {
  const tolerances = new Map<string, number>();
  const jobs = Object.entries(cases).flatMap(([name, make]) => {
    const graph = make();
    const inputs = inputsOf(graph);
    const [[input, data]] = Object.entries(inputs) as [[string, Float32Array]];
    const expected = runReference(graph, lively(), inputs);
    return forms(opset).map(([options, tolerance]): EngineJob => {
      const job = `${name} ${JSON.stringify(options)}`;
      tolerances.set(job, tolerance);
      return {
        name: job,
        model: emitFiles(graph, lively(), options).bytes,
        input: { name: input, shape: [1, ...graph.nodes[graph.inputs[0]!]!.shapes[0]!], data },
        outputs: graph.outputs.map((output, i) => ({ name: output.name, expected: expected[i]! })),
      };
    });
  });
  const folder = mkdtempSync(join(tmpdir(), 'enet-opset-'));
  try {
    for (const { name, difference, error } of runEngine(python as string, 'onnxruntime', jobs, folder)) {
      expect({ name, error }).toEqual({ name });
      expect(difference, name).toBeLessThan(tolerances.get(name)!);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
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
