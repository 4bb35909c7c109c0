import { expect, test } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { type Adjustments, adjustedWeights } from '../../src/quantise/adjusted-weights.ts';
import { scaleFactors, scaleGroup, scaleGroups } from '../../src/quantise/equalise.ts';
import { distance, emitFiles, inputsOf, lively, runOrt } from '../onnx/emit.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';

const around = { top: 1, left: 1, bottom: 1, right: 1 };

/** A shortcut over ReLU, a depthwise convolution, a pool, and a linear layer; SiLU, through which no scale goes. */
function net(): Graph {
  const g = graphBuilder('Net');
  const stem = g.act(g.conv(g.input([3, 9, 9]), 'stem', 6, window(3, 2, around), { bias: true }), 'stem.act', 'silu');
  const first = g.conv(stem, 'first', 6, window(1), { bias: true });
  const deep = g.act(g.conv(first, 'deep', 6, window(3, 1, around), { groups: 6, bias: true }), 'deep.act', 'relu');
  const second = g.conv(deep, 'second', 6, window(1), { bias: true });
  const sum = g.add(first, second, 'sum');
  const capped = g.act(g.conv(sum, 'third', 8, window(1), { bias: true }), 'third.act', 'relu6');
  const last = g.act(g.conv(capped, 'last', 5, window(1), { bias: true }), 'last.act', 'relu');
  return g.build({ logits: g.linear(g.globalPool(last, 'pool'), 'classifier', 4) });
}

test('scales go through sums, ReLU and pools, and stop at SiLU, inputs and outputs', () => {
  const graph = net();
  const paths = (ids: readonly number[]) => ids.map((id) => graph.nodes[id]!.path);
  expect(scaleGroups(graph).map((g) => [paths(g.producers), paths(g.consumers), g.isCapped])).toEqual([
    [['first', 'second'], ['deep', 'third'], false],
    [['deep'], ['second'], false],
    [['third'], ['last'], true],
    [['last'], ['classifier'], false],
  ]);
});

test('equalised, a network gives in float32 what it gave', async () => {
  const graph = net();
  const adjustments: Adjustments = new Map();
  for (const group of scaleGroups(graph).filter(({ isCapped }) => !isCapped)) {
    const factors = Float64Array.from({ length: group.channels }, (_, i) => 1 + 3 * i);
    scaleGroup(graph, group, factors, adjustments);
  }
  const image = inputsOf(graph).image as Float32Array;
  const run = async (source = lively()) => (await runOrt(emitFiles(graph, source).bytes, graph, { image }))[0]!;
  const adjusted = await run(adjustedWeights(lively(), adjustments));
  expect(adjustments.size).toBe(10);
  expect(distance(adjusted, await run())).toBeLessThan(1e-5);
});

test('factors bring the largest numbers of channels near one another, below 6 where that is a bound', () => {
  expect([...scaleFactors({ isCapped: false }, Float64Array.of(8, 2, 0, 0.5), 0.5)]).toEqual([1, 2, 1, 4]);
  expect([...scaleFactors({ isCapped: true }, Float64Array.of(6, 3, 1e-6), 1)]).toEqual([1, 2, 64]);
});
