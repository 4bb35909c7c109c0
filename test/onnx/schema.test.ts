import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { operators as written } from '../../src/6-emit/onnx/operators.ts';
import { newestOpset, oldestOpset } from '../../src/6-emit/onnx/options.ts';
import { findPython, runPython } from '../oracle.ts';
import { quantisedNet } from '../types/quantised.ts';
import { decode, emitFiles, lively } from './emit.ts';
import { opCases } from './op-cases.ts';
import { operators, schemaProblems, schemas } from './schema.ts';
import { smallNet } from './small-net.ts';

/**
 * Every operator that the target writes, in every opset and precision, against ONNX's own schemas. They are kept in a
 * file, so that this runs without Python; where Python is, the file is compared with what its `onnx` says.
 */
const graphs = { ...opCases, 'a whole network': smallNet, 'a quantised network': quantisedNet };
const forms = [{}, { half: true }, { tuned: 'ort-x86' }, { batch: 3 }] as const;
const opsets = Array.from({ length: newestOpset - oldestOpset + 1 }, (_, i) => oldestOpset + i);

describe.each(opsets)('opset %i', (opset) => {
  it.each(Object.entries(graphs))('%s', (_name, make) => {
    for (const form of forms) {
      const { model } = decode(emitFiles(make(), lively(), { opset, ...form }).bytes);
      expect(schemaProblems(model)).toEqual([]);
    }
  });
});

test('the file has the schemas of all operators, and the cases use each of them', () => {
  expect(operators).toEqual(written);
  const seen = new Set<string>();
  for (const make of Object.values(graphs))
    for (const opset of [oldestOpset, newestOpset])
      for (const form of forms)
        for (const node of decode(emitFiles(make(), lively(), { opset, ...form }).bytes).graph.node!)
          seen.add(node.opType!);
  expect([...seen].sort()).toEqual([...written]);
});

test('windows, groups and matrices have their attributes written, defaults included', () => {
  const always: Record<string, readonly string[]> = {
    Conv: ['dilations', 'group', 'kernel_shape', 'pads', 'strides'],
    MaxPool: ['ceil_mode', 'dilations', 'kernel_shape', 'pads', 'storage_order', 'strides'],
    AveragePool: ['ceil_mode', 'count_include_pad', 'kernel_shape', 'pads', 'strides'],
    Gemm: ['alpha', 'beta', 'transA', 'transB'],
    // OpenCV takes one with beta for half a HardSwish
    HardSigmoid: ['alpha'],
  };
  for (const make of Object.values(graphs))
    for (const form of forms)
      for (const node of decode(emitFiles(make(), lively(), form).bytes).graph.node!) {
        const names = always[node.opType!];
        if (names) expect(node.attribute!.map((a) => a.name!).sort()).toEqual(names);
      }
});

test('what a schema does not allow is found', () => {
  const problems = (change: (node: ReturnType<typeof decode>['graph']) => void) => {
    const { model, graph } = decode(emitFiles(opCases['add and gate']!(), lively(), { opset: 13 }).bytes);
    change(graph);
    return schemaProblems(model);
  };
  const last = (graph: { node?: { input?: string[] | null; opType?: string | null }[] | null }) => graph.node!.at(-1)!;
  expect(problems(() => {})).toEqual([]);
  expect(problems((g) => last(g).input!.push('image'))).toEqual(['Add: 3 inputs, not 2 to 2']);
  expect(problems((g) => void (last(g).input![1] = ''))).toEqual(['Add: input 1 is left out']);
  expect(problems((g) => void (last(g).opType = 'HardSwish'))).toEqual(['HardSwish: not an operator of opset 13']);
  expect(problems((g) => void (g.input![0]!.type!.tensorType!.elemType = 10))).toContain(
    'Add: input 1 has float16, another one float',
  );
  expect(problems((g) => void (g.node!.at(-1)!.attribute = [{ name: 'axis', type: 2, i: 1 }]))).toEqual([
    'Add: no attribute axis in opset 13',
  ]);
});

const python = findPython(['onnx']);

test.skipIf(!python)("the file is what ONNX's own package says", () => {
  const script = readFileSync(new URL('../../scripts/onnx-schemas.py', import.meta.url), 'utf8');
  expect({ operators, schemas }).toEqual(JSON.parse(runPython(python as string, script, written)));
});
