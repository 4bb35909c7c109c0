import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkTypes } from '../../src/5-graph/check-types.ts';
import type { Graph } from '../../src/5-graph/graph.ts';
import { quantise } from '../../src/5-graph/passes/quantise.ts';
import { layOut } from '../../src/5-graph/quantise/layout.ts';
import { unitsOf } from '../../src/5-graph/quantise/units.ts';
import { checkOnnx, onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { integerOps } from '../../src/6-emit/tflite/integer-ops.ts';
import { integerPorts } from '../../src/6-emit/tflite/integer-ports.ts';
import { liteTarget } from '../../src/6-emit/tflite/target.ts';
import { startInterpreter } from '../../src/backends/tflite/interpreter.ts';
import { makePlan } from '../../src/quantise/make-plan.ts';
import { nameOfValue, withValues } from '../../src/quantise/observe.ts';
import { typeOfRange } from '../../src/quantise/ranges.ts';
import { readLiteFacts } from '../../src/weights/readers/tflite/file-facts.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { memoryFiles } from '../memory-sink.ts';
import { distance, inputsOf, lively } from '../onnx/emit.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';
import { runReference } from '../onnx/reference.ts';
import { runPython } from '../oracle.ts';
import { findLite, liteFile, runLite } from '../tflite/lite.ts';
import { accessTo } from '../weights/open-bytes.ts';
import { runLiteIntegers } from './lite-interpreter.ts';

const engine = findLite();
const folder = mkdtempSync(join(tmpdir(), 'enet-lite-int8-'));
afterAll(() => rmSync(folder, { recursive: true }));

const around = { top: 1, left: 1, bottom: 1, right: 1 };

/** Blocks as MobileNetV2 has them. */
function inverted(): Graph {
  const g = graphBuilder('Inverted');
  const image = g.input([3, 9, 9]);
  const stem = g.act(g.conv(image, 'stem', 6, window(3, 2, around), { bias: true }), 'stem.act', 'relu6');
  const deep = g.act(g.conv(stem, 'deep', 6, window(3, 1, around), { groups: 6, bias: true }), 'deep.act', 'relu6');
  const project = g.conv(deep, 'project', 6, window(1), { bias: true });
  const sum = g.add(stem, project, 'sum');
  const last = g.act(g.conv(sum, 'last', 5, window(1), { bias: true }), 'last.act', 'relu');
  return g.build({ logits: g.linear(g.globalPool(last, 'pool'), 'classifier', 4) });
}

/** Branches that are joined, one of them read by others, too, and pools. */
function joined(): Graph {
  const g = graphBuilder('Joined');
  const image = g.input([3, 8, 8]);
  const stem = g.act(g.conv(image, 'stem', 4, window(3, 1, around), { bias: true }), 'stem.act', 'relu');
  const pooled = g.maxPool(stem, 'pool', window(2, 2));
  const one = g.act(g.conv(pooled, 'one', 3, window(1), { bias: true }), 'one.act', 'relu');
  const both = g.concat([pooled, one], 'both');
  const two = g.conv(both, 'two', 3, window(3, 1, around), { groups: 1 });
  const all = g.concat([both, two], 'all');
  const average = g.avgPool(all, 'average', window(2, 2), false);
  return g.build({ logits: g.linear(average, 'classifier', 4) });
}

/** Activations that have tables, and a gate. */
function gated(): Graph {
  const g = graphBuilder('Gated');
  const image = g.input([3, 8, 8]);
  const stem = g.act(g.conv(image, 'stem', 4, window(3, 1, around), { bias: true }), 'stem.act', 'silu');
  const hard = g.act(g.conv(stem, 'hard', 4, window(1), { bias: true }), 'hard.act', 'hardswish');
  const squeeze = g.act(
    g.conv(g.globalPool(hard, 'pool'), 'squeeze', 2, window(1), { bias: true }),
    'squeeze.act',
    'tanh',
  );
  const gate = g.act(g.conv(squeeze, 'expand', 4, window(1), { bias: true }), 'gate', 'sigmoid');
  const scaled = g.mul(hard, gate, 'scaled');
  return g.build({ logits: g.linear(g.globalPool(scaled, 'last'), 'classifier', 4) });
}

/** A graph with the types that its own values on one picture ask for. */
function quantised(graph: Graph, source: WeightSource, image: Float32Array) {
  const layout = layOut(graph, { units: unitsOf(graph), integers: integerOps }, new Set());
  const ranges = runReference(
    withValues(
      graph,
      graph.nodes.map(({ id }) => id),
    ),
    source,
    { image },
  ).map((values) => ({ least: Math.min(0, ...values), most: Math.max(0, ...values) }));
  const plan = makePlan(graph, layout, (id) => typeOfRange(ranges[id]!, 'int8'), source, new Map());
  return { layout, plan };
}

const script = `
import base64, json, sys
import numpy as np
try:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType
except ImportError:
    from tensorflow.lite.python.interpreter import Interpreter, OpResolverType
path, image = sys.argv[1], json.loads(sys.argv[2])
answers = []
for kind in (OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES, OpResolverType.AUTO):
    model = Interpreter(model_path=path, experimental_op_resolver_type=kind, num_threads=1)
    model.allocate_tensors()
    detail = model.get_input_details()[0]
    data = np.array(image, np.float32).reshape(np.array(detail['shape'])[[0, 3, 1, 2]]).transpose(0, 2, 3, 1)
    model.set_tensor(detail['index'], np.ascontiguousarray(data))
    model.invoke()
    outputs = {}
    for name, index in model._get_full_signature_list()['serving_default']['outputs'].items():
        value = model.get_tensor(index)
        if value.ndim == 4: value = value.transpose(0, 3, 1, 2)
        outputs[name] = value.reshape(-1).tolist()
    answers.append(outputs)
print(json.dumps(answers))
`;

/** The values of a network's integer nodes: with the reference kernels, the optimised ones, and XNNPACK. */
function runAll(file: Uint8Array, image: Float32Array): Record<string, number[]>[] {
  const path = join(folder, 'net.tflite');
  writeFileSync(path, file);
  return JSON.parse(runPython(engine?.python as string, script, [path, JSON.stringify([...image])]));
}

/** By how many steps of their scale values differ from integers. */
function stepsOff(found: readonly number[], expected: readonly number[], scale: number, zero: number): number[] {
  return expected.map((q, i) => Math.abs(Math.round(found[i]! / scale) + zero - q));
}

describe.skipIf(!engine)('TensorFlow Lite on integers', () => {
  test.each([
    ['layers, sums and pools', inverted, 0],
    ['joined values', joined, 0],
    // the specification states the types that LOGISTIC and TANH give, and not how their functions are rounded
    ['functions', gated, 1],
  ] as const)('%s: the reference kernels give what whole numbers give', (_name, make, most) => {
    const graph = make();
    const source = lively();
    const image = inputsOf(graph).image as Float32Array;
    const { layout, plan } = quantised(graph, source, image);
    const seen = [...layout.integer].filter((id) => {
      const bounds = layout.rangeOf.get(id);
      return bounds === undefined || graph.nodes[bounds]!.op.kind !== 'activation' || bounds < id;
    });
    const typed = quantise(withValues(graph, seen), plan);
    expect(() => checkTypes(typed)).not.toThrow();
    const values = runLiteIntegers(typed, source, image);
    const [reference, optimised, delegate] = runAll(liteFile(typed, source).file, image);
    for (const [i, id] of seen.entries()) {
      const { node: output } = typed.outputs[i]!.value;
      const integers = values.get(typed.nodes[output]!.inputs[0]!.node)!;
      const { scales, zeroPoint } = plan.values.get(id)!;
      const off = (found: Record<string, number[]>) =>
        stepsOff(found[nameOfValue(id)]!, integers, scales[0]!, zeroPoint);
      const where = `${graph.nodes[id]!.path} ${graph.nodes[id]!.op.kind}`;
      expect(Math.max(...off(reference!)), where).toBeLessThanOrEqual(most);
      // other kernels round once instead of twice, and what they read is a step off already
      expect(Math.max(...off(optimised!)), where).toBeLessThanOrEqual(1 + most);
      expect(Math.max(...off(delegate!)), where).toBeLessThanOrEqual(1 + most);
    }
  });

  test('inputs and outputs in integers give what float32 ones give, and the file says what they stand for', async () => {
    const g = graphBuilder('Ports');
    const image = g.input([3, 9, 9]);
    const stem = g.act(g.conv(image, 'stem', 6, window(3, 2, around), { bias: true }), 'stem.act', 'relu6');
    // read by an op that has no form on integers, and given by one
    const other = g.act(g.globalPool(image, 'mean'), 'other', 'mish');
    const up = g.convTranspose(stem, 'up', 5, window(3, 2, around), { bias: true });
    const graph = g.build({ logits: g.linear(g.globalPool(up, 'pool'), 'classifier', 4), other });
    const source = lively();
    const { image: values } = inputsOf(graph);
    const { plan } = quantised(graph, source, values as Float32Array);
    const typed = quantise(graph, plan);
    const files = [false, true].map((int8Io) => {
      const { open, bytes } = memoryFiles();
      const options = { ...liteTarget.defaults, int8Io };
      liteTarget.emit({ graph: typed, weights: source, metadata: [], options, open });
      return bytes();
    });
    expect(checkOnnx(typed, onnxTarget.defaults).map(({ code }) => code)).toEqual(['int8-float-layer']);
    expect(() => checkTypes(integerPorts(typed))).not.toThrow();
    const warned = liteTarget.check(typed, { ...liteTarget.defaults, int8Io: true });
    expect(warned.map(({ code, message }) => [code, message])).toEqual([
      ['int8-float-layer', "the layer 'up' stays float32: transposed convolutions have no integer form"],
      ['tflite-float-output', "the output 'other' stays float32: it is computed in float32"],
    ]);
    const lite = await startInterpreter(engine?.python as string, engine?.name);
    try {
      const [floats, integers] = await Promise.all(
        files.map((file) => runLite(lite, file, typed, inputsOf(graph), 1, false)),
      );
      expect(integers![0]).toEqual(floats![0]);
      // what computes in float32 reads rounded pictures
      expect(distance(integers![1]!, floats![1]!)).toBeLessThan(0.05);
    } finally {
      lite.close();
    }
    const { metadata } = readLiteFacts(accessTo(files[1]!));
    const stated = JSON.parse(metadata.get('enet.input.image.quantisation')!);
    const { scales, zeroPoint } = plan.values.get(graph.inputs[0]!)!;
    expect(stated).toEqual({ type: 'int8', scale: scales[0], zeroPoint });
    expect(metadata.has('enet.output.logits.quantisation')).toBe(true);
    expect(metadata.has('enet.output.other.quantisation')).toBe(false);
  });
});
