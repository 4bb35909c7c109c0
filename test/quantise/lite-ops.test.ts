import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkTypes } from '../../src/5-graph/check-types.ts';
import type { Graph, GraphNode, ValueRef } from '../../src/5-graph/graph.ts';
import { quantise } from '../../src/5-graph/passes/quantise.ts';
import { layOut } from '../../src/5-graph/quantise/layout.ts';
import { unitsOf } from '../../src/5-graph/quantise/units.ts';
import { isQuantised } from '../../src/5-graph/value-type.ts';
import { applyPasses } from '../../src/6-emit/emit.ts';
import { integerOps } from '../../src/6-emit/tflite/integer-ops.ts';
import { liteTarget } from '../../src/6-emit/tflite/target.ts';
import { type LiteInterpreter, startInterpreter } from '../../src/backends/tflite/interpreter.ts';
import { activationNames } from '../../src/ops/activations.ts';
import { descriptors, isTrainingOnly, type Op } from '../../src/ops/ops.ts';
import { decibels, powers } from '../../src/quantise/judge.ts';
import { makePlan } from '../../src/quantise/make-plan.ts';
import { withValues } from '../../src/quantise/observe.ts';
import { typeOfRange } from '../../src/quantise/ranges.ts';
import { foldedWeights } from '../../src/weights/folded-weights.ts';
import { inputsOf, lively } from '../onnx/emit.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';
import { opCases } from '../onnx/op-cases.ts';
import { runReference } from '../onnx/reference.ts';
import { findLite, liteFile, runLite } from '../tflite/lite.ts';

const engine = findLite();

/** A graph whose inputs come from layers and whose outputs go to layers, so that all between can be integers. */
function betweenLayers(graph: Graph): Graph {
  const g = graphBuilder('Between');
  const numbers = new Map<number, number>();
  const layer = (x: ValueRef, path: string, filters: number) =>
    g.shape(x).length === 3 ? g.conv(x, path, filters, window(1), { bias: true }) : g.linear(x, path, filters);
  for (const node of graph.nodes) {
    if (node.op.kind === 'input') {
      const [shape = []] = node.shapes;
      numbers.set(node.id, layer(g.input([...shape], node.op.name), `${node.op.name}.before`, shape[0] ?? 1).node);
    } else {
      const inputs = node.inputs.map((ref) => ({ ...ref, node: numbers.get(ref.node)! }));
      numbers.set(node.id, g.nodes.push({ ...node, id: g.nodes.length, inputs }) - 1);
    }
  }
  const outputs = graph.outputs.map(({ name, value }): [string, ValueRef] => {
    const x = { node: numbers.get(value.node)!, output: value.output };
    return [name, layer(x, `${name}.after`, 3)];
  });
  return g.build(outputs);
}

const cases = Object.entries(opCases).filter(([, make]) => liteTarget.check(make(), liteTarget.defaults).length === 0);

describe.skipIf(!engine)('each form of each op between int8 layers', () => {
  let lite: LiteInterpreter;
  const held = { integers: new Set<string>(), floats: new Set<string>() };
  beforeAll(async () => {
    lite = await startInterpreter(engine?.python as string, engine?.name);
  });
  afterAll(() => lite.close());

  test.each(cases)('%s', async (_name, make) => {
    const graph = applyPasses(betweenLayers(make()), liteTarget, {});
    const source = foldedWeights(graph, lively());
    const inputs = inputsOf(graph);
    const layout = layOut(graph, { units: unitsOf(graph), integers: integerOps }, new Set());
    const all = graph.nodes.map(({ id }) => id);
    const ranges = runReference(withValues(graph, all), source, inputs).map((values) => ({
      least: Math.min(0, ...values),
      most: Math.max(0, ...values),
    }));
    const typed = quantise(
      graph,
      makePlan(graph, layout, (id) => typeOfRange(ranges[id]!, 'int8'), source, new Map()),
    );
    expect(() => checkTypes(typed)).not.toThrow();
    for (const node of typed.nodes) (isQuantised(node.type) ? held.integers : held.floats).add(nameOf(node));
    const { file } = liteFile(typed, source);
    const expected = runReference(graph, source, inputs);
    for (const delegate of [false, true]) {
      const found = await runLite(lite, file, typed, inputs, 1, delegate);
      const near = expected.map((values, i) => decibels(powers(Float32Array.from(values), found[i]!)));
      // found: 29 to 68 dB, most of it by the layers around
      expect(Math.min(...near), `delegate ${delegate}: ${near}`).toBeGreaterThan(25);
    }
  });

  test('every op is there, on integers or in float32', () => {
    const both = new Set([...held.integers, ...held.floats]);
    const kinds = descriptors
      .map(({ kind }) => kind)
      .filter((kind) => kind !== 'activation' && !isTrainingOnly({ kind } as Op));
    expect([...both].sort()).toEqual([...kinds, ...activationNames].sort());
    expect(
      [...both]
        .filter((name) => !held.integers.has(name))
        .sort()
        .join(' '),
    ).toMatchInlineSnapshot(
      `"attend batchNorm channelConv channelMean convTranspose div groupNorm hardsigmoid input layerNorm localResponseNorm mish normalise power rescale weight"`,
    );
  });
});

function nameOf({ op }: GraphNode): string {
  return op.kind === 'activation' ? op.fn : op.kind;
}
