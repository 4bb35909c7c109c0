import { describe, expect, test } from 'vitest';
import { checkTypes } from '../../src/5-graph/check-types.ts';
import type { Graph } from '../../src/5-graph/graph.ts';
import { quantise } from '../../src/5-graph/passes/quantise.ts';
import { layOut, rangeSource } from '../../src/5-graph/quantise/layout.ts';
import { unitsOf } from '../../src/5-graph/quantise/units.ts';
import { integerOps } from '../../src/6-emit/onnx/integer-ops.ts';
import { onnx } from '../../src/6-emit/onnx/proto.ts';
import { loadOnnxRuntime, type OnnxRuntime } from '../../src/backends/onnx-runtime.ts';
import { adjustedWeights } from '../../src/quantise/adjusted-weights.ts';
import { onnxEngine } from '../../src/quantise/engine.ts';
import { makePlan } from '../../src/quantise/make-plan.ts';
import { withValues } from '../../src/quantise/observe.ts';
import { typeOfRange } from '../../src/quantise/ranges.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { emitFiles, inputsOf, lively } from '../onnx/emit.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';
import { temporaryFolder } from '../train/run/fixture.ts';
import { runIntegers } from './integer-interpreter.ts';

const around = { top: 1, left: 1, bottom: 1, right: 1 };

/** A block as MobileNetV2 has it, with a shortcut, and one with SiLU. */
function net(): Graph {
  const g = graphBuilder('Net');
  const image = g.input([3, 9, 9]);
  const stem = g.act(g.conv(image, 'stem', 6, window(3, 2, around), { bias: true }), 'stem.act', 'relu6');
  const deep = g.act(g.conv(stem, 'deep', 6, window(3, 1, around), { groups: 6, bias: true }), 'deep.act', 'relu6');
  const project = g.conv(deep, 'project', 6, window(1), { bias: true });
  const sum = g.add(stem, project, 'sum');
  const soft = g.act(g.conv(sum, 'soft', 8, window(1), { bias: true }), 'soft.act', 'silu');
  const last = g.act(g.conv(soft, 'last', 5, window(1), { bias: true }), 'last.act', 'relu6');
  return g.build({ logits: g.linear(g.globalPool(last, 'pool'), 'classifier', 4) });
}

/** The first output in ONNX Runtime, as files state it: integer kernels cut sums off where a processor lacks VNNI. */
async function runOnnx(graph: Graph, source: WeightSource, image: Float32Array, opset = 17): Promise<Float32Array> {
  const ort = loadOnnxRuntime(process.cwd()) as OnnxRuntime;
  const network = await onnxEngine(ort, temporaryFolder(), opset).open(graph, source);
  const outputs = await network.run(image, 1);
  const first = (outputs[graph.outputs[0]!.name] as Float32Array).slice();
  await network.close();
  return first;
}

function quantised(bits: 8 | 16 = 8) {
  const graph = net();
  const source = lively();
  const units = unitsOf(graph);
  const layout = layOut(graph, { units, integers: integerOps }, new Set());
  const plan = makePlan(
    graph,
    layout,
    (id) => {
      const signed = ['', 'project', 'sum', 'soft'].includes(graph.nodes[id]!.path);
      return typeOfRange({ least: signed ? -4 : 0, most: 6 }, bits === 8 ? 'int8' : 'int16');
    },
    source,
    new Map(),
  );
  return { graph, source, units, layout, plan };
}

describe('a quantised network', () => {
  test('has integers from the first to the last convolution, and floats around SiLU', () => {
    const { graph, layout, plan } = quantised();
    const paths = (ids: Iterable<number>) => [...ids].map((id) => graph.nodes[id]!.path);
    expect(paths(layout.integer)).toEqual([
      'stem',
      'stem.act',
      'deep',
      'deep.act',
      'project',
      'sum',
      'last',
      'last.act',
    ]);
    expect(paths(layout.held)).toEqual([
      '',
      'stem',
      'stem.act',
      'deep',
      'deep.act',
      'project',
      'sum',
      'soft.act',
      'last',
      'last.act',
      'pool',
    ]);
    // never of what a convolution gives before its activation
    expect(graph.nodes[rangeSource(layout, 1)]!.path).toBe('stem.act');
    expect([...plan.weights.keys()].map((id) => graph.nodes[id]!.path)).toEqual([
      'stem',
      'deep',
      'project',
      'soft',
      'last',
      'classifier',
    ]);
    const typed = quantise(graph, plan);
    expect(() => checkTypes(typed)).not.toThrow();
    expect(typed.nodes.filter(({ op }) => op.kind === 'cast').length).toBe(6);
  });

  test('gives in ONNX Runtime what whole numbers give, to a step of the last place', async () => {
    const { graph, source, plan } = quantised();
    const image = inputsOf(graph).image as Float32Array;
    const typed = quantise(graph, plan);
    const values = runIntegers(typed, source, image);
    const expected = values.get(typed.outputs[0]!.value.node)!;
    const logits = await runOnnx(typed, source, image);
    const step = 0.02;
    expect(expected.every((x, i) => Math.abs(x - logits[i]!) < step)).toBe(true);

    // each value on the way, alone: a runtime that sees it computes on the same integers before it
    for (const id of plan.integer) {
      const seen = quantise(withValues(graph, [id]), plan);
      const found = await runOnnx(seen, source, image);
      const own = runIntegers(seen, source, image).get(seen.outputs[0]!.value.node)!;
      const { scales } = plan.values.get(id)!;
      const steps = own.map((x, i) => Math.round(Math.abs(x - found[i]!) / scales[0]!));
      expect(Math.max(...steps), graph.nodes[id]!.path).toBeLessThanOrEqual(1);
      expect(steps.filter((n) => n > 0).length / steps.length, graph.nodes[id]!.path).toBeLessThan(0.02);
    }
  });

  test('holds its weights as the file states, and values in 16 bits where that is asked', async () => {
    const { graph, source, plan } = quantised(16);
    const image = inputsOf(graph).image as Float32Array;
    const logits = await runOnnx(quantise(graph, plan), source, image, 21);
    const coarse = quantised();
    const eight = await runOnnx(quantise(coarse.graph, coarse.plan), source, image);
    const exact = await runOnnx(graph, source, image);
    const error = (a: Float32Array) => Math.hypot(...a.map((x, i) => x - exact[i]!));
    expect(error(logits)).toBeLessThan(error(eight));
  });

  test('writes fitted whole numbers as they were fitted, whatever the largest of them is', () => {
    const { graph, source, layout, units } = quantised();
    const weight = graph.nodes[units[0]!.node]!.tensors.find(({ role }) => role === 'weight')!;
    const integers = new Int8Array(weight.shape.reduce((a, b) => a * b, 1)).map((_, i) => ((i * 37) % 181) - 90);
    const scales = Array.from({ length: weight.shape[0]! }, (_, i) => Math.fround(0.01 + 0.001 * i));
    const adjustments = new Map([[weight.name, { rounded: { integers, scales } }]]);
    const typeOf = () => typeOfRange({ least: 0, most: 6 }, 'int8');
    const plan = makePlan(graph, layout, typeOf, source, adjustments);
    const { bytes } = emitFiles(quantise(graph, plan), adjustedWeights(source, adjustments), { opset: 17 });
    const { initializer } = onnx.ModelProto.decode(bytes).graph!;
    const written = initializer!.find(({ name }) => name === weight.name)!.rawData!;
    expect(new Int8Array(written.buffer, written.byteOffset, written.length)).toEqual(integers);
  });
});
