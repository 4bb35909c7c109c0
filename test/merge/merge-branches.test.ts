import { describe, expect, test } from 'vitest';
import { elements, type Graph, graphTensors, type ValueRef } from '../../src/5-graph/graph.ts';
import { foldBatchNorm, removeTrainingOps } from '../../src/5-graph/passes/for-inference.ts';
import { mergeBranches } from '../../src/5-graph/passes/merge-branches.ts';
import { buildTrainingProgram } from '../../src/5-graph/training/build-training-program.ts';
import type { StepFunction } from '../../src/5-graph/training/program.ts';
import type { Window } from '../../src/ops/window.ts';
import { foldedWeights } from '../../src/weights/folded-weights.ts';
import { mergedWeights } from '../../src/weights/merged-weights.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { requiredTensors } from '../../src/weights/required-tensors.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { compileLibrary } from '../library-points.ts';
import { graphBuilder, noPads, window } from '../onnx/graph-builder.ts';
import { doubleVariables, referenceOutputs } from '../training/reference/run-function.ts';
import { numbers } from '../training/small-training.ts';

type Builder = ReturnType<typeof graphBuilder>;

/** The largest difference of outputs in double precision, over the largest output. */
const tolerance = 1e-5;

/** The scores of a network for two images, computed in double precision op by op. */
function scoresOf(graph: Graph, source: WeightSource): Float64Array {
  const { training, diagnostics } = buildTrainingProgram(graph, { ema: false });
  if (!training) throw new Error(diagnostics.map((d) => d.message).join());
  const fn = training.program.functions.find(({ name }) => name === 'predict') as StepFunction;
  const values = new Map([...graphTensors(graph)].map(({ tensor }) => [tensor.name, source.read(tensor).slice()]));
  const variables = training.program.variables.filter(({ start }) => start === 'weights');
  const [channels = 0, height = 0, width = 0] = training.input.shape;
  const shape = [2, height, width, channels];
  const image = { shape, data: numbers('image', elements(shape), -2, 2) };
  const outputs = referenceOutputs(fn, doubleVariables(variables, values), { image });
  return Float64Array.from(outputs.get('logits')?.data ?? []);
}

/** Expects a network to compute the same with its branches merged. @returns the merged one. */
function expectSame(written: Graph): Graph {
  const graph = removeTrainingOps(written);
  const merged = mergeBranches(foldBatchNorm(graph));
  const checkpoint = randomWeights(graph, 3);
  const source: WeightSource = { read: ({ name }) => checkpoint.read(name) };
  const [expected, found] = [
    scoresOf(graph, source),
    scoresOf(merged, mergedWeights(merged, foldedWeights(merged, source))),
  ];
  const largest = Math.max(...expected.map(Math.abs));
  expect(largest).toBeGreaterThan(1e-3);
  expect(Math.max(...expected.map((value, i) => Math.abs(value - (found[i] as number)))) / largest).toBeLessThan(
    tolerance,
  );
  // A checkpoint is asked for the same tensors.
  const names = (of: Graph) => [...requiredTensors(of)].map(({ tensor }) => tensor.name).sort();
  expect(names(merged)).toEqual(names(graph));
  return merged;
}

const around = (n: number) => ({ top: n, left: n, bottom: n, right: n });

/** A network around a sum of branches of one tensor of 4 channels, 7 by 6. */
function around4(branches: (g: Builder, x: ValueRef) => readonly ValueRef[], act = true): Graph {
  const g = graphBuilder('sum');
  const stem = g.conv(g.input([3, 7, 6]), 'stem', 4, window(3, 1, around(1)), { bias: true });
  const [first, ...others] = branches(g, act ? g.act(stem, 'stem', 'silu') : stem) as [ValueRef, ...ValueRef[]];
  const sum = others.reduce((all, branch, i) => g.add(all, branch, `sum${i}`), first);
  return g.build({ logits: g.linear(g.act(sum, 'after', 'tanh'), 'classifier', 3) });
}

/** A convolution and its norm. */
function normed(g: Builder, x: ValueRef, path: string, win: Window, options: { groups?: number; bias?: boolean } = {}) {
  return g.batchNorm(g.conv(x, `${path}.conv`, 4, win, options), `${path}.bn`);
}

const convs = (graph: Graph) => graph.nodes.filter(({ op }) => op.kind === 'conv').map(({ path }) => path);

describe('branches that become one convolution', () => {
  test.each<[string, (g: Builder, x: ValueRef) => readonly ValueRef[], Window]>([
    [
      '3x3, 1x1 and the input, each with its norm (RepVGG)',
      (g, x) => [
        normed(g, x, 'square', window(3, 1, around(1))),
        normed(g, x, 'point', window(1)),
        g.batchNorm(x, 'norm'),
      ],
      window(3, 1, around(1)),
    ],
    [
      'in groups, with biases, the input without a norm',
      (g, x) => [
        normed(g, x, 'square', window(3, 1, around(1)), { groups: 2, bias: true }),
        normed(g, x, 'depthwise', window(3, 1, around(1)), { groups: 4 }),
        g.conv(x, 'point', 4, window(1), { groups: 2, bias: true }),
        x,
      ],
      window(3, 1, around(1)),
    ],
    [
      'with stride 2, the odd pixel at the bottom and right',
      (g, x) => [
        normed(g, x, 'square', window(3, 2, { top: 1, left: 0, bottom: 1, right: 1 })),
        normed(g, x, 'point', window(1, 2)),
      ],
      window(3, 2, { top: 1, left: 0, bottom: 1, right: 1 }),
    ],
    [
      'with dilation, and a window that is not square',
      (g, x) => [
        normed(g, x, 'far', window(3, 1, around(2), 2)),
        normed(g, x, 'row', window([1, 3], 1, { ...noPads, left: 2, right: 2 }, 2)),
        g.batchNorm(x, 'norm'),
      ],
      window(3, 1, around(2), 2),
    ],
    [
      'several of one window (MobileOne)',
      (g, x) => ['a', 'b', 'c'].map((path) => normed(g, x, path, window(3, 1, around(1)), { groups: 4 })),
      window(3, 1, around(1)),
    ],
    ['a convolution and its own input', (g, x) => [x, g.conv(x, 'point', 4, window(1))], window(1)],
  ])('%s', (_name, branches, expected) => {
    const merged = expectSame(around4(branches));
    expect(convs(merged)).toEqual(['stem', expect.stringMatching(/\.merged$/)]);
    const node = merged.nodes.find(({ mergedBranches }) => mergedBranches);
    expect(node?.op).toMatchObject({ window: expected, bias: true });
    expect(merged.nodes.some(({ op }) => op.kind === 'add' || op.kind === 'batchNorm')).toBe(false);
  });

  test('RepVGG with groups and MobileOne, without a branch left', () => {
    const set = { classes: '5', widths: '[4,8,8,16,16]' };
    for (const [library, options, parallel] of [
      ['repvgg', { set: { ...set, layers: '[2,3,2,1]', groups: '2' }, resolution: 33 }, 9],
      ['mobileone', { set: { ...set, branches: '3' }, resolution: 17 }, 43],
    ] as const) {
      const { graph } = compileLibrary(library, options);
      const merged = expectSame(graph as Graph);
      expect(convs(merged)).toHaveLength(parallel);
      expect(merged.nodes.filter(({ op }) => op.kind === 'add' || op.kind === 'batchNorm')).toEqual([]);
    }
  });
});

describe('branches that stay apart', () => {
  test.each<[string, (g: Builder, x: ValueRef) => readonly ValueRef[]]>([
    [
      'an activation in one of them',
      (g, x) => [g.act(g.conv(x, 'a', 4, window(1)), 'a', 'relu'), g.conv(x, 'b', 4, window(1))],
    ],
    [
      'another tensor in one of them',
      (g, x) => [g.conv(x, 'a', 4, window(1)), g.conv(g.act(x, 'other', 'relu'), 'b', 4, window(1))],
    ],
    [
      'more to compute together than apart: a row and a column',
      (g, x) => [
        g.conv(x, 'row', 4, window([1, 3], 1, { ...noPads, left: 1, right: 1 })),
        g.conv(x, 'column', 4, window([3, 1], 1, { ...noPads, top: 1, bottom: 1 })),
      ],
    ],
    [
      'more to compute together than apart: groups',
      (g, x) => [g.conv(x, 'groups', 4, window(3, 1, around(1)), { groups: 4 }), g.conv(x, 'point', 4, window(1))],
    ],
    ['no convolution', (g, x) => [g.batchNorm(x, 'a'), g.batchNorm(x, 'b')]],
    [
      'one that is read elsewhere',
      (g, x) => {
        const read = g.conv(x, 'a', 4, window(1));
        return [read, g.conv(x, 'b', 4, window(1)), g.act(read, 'more', 'relu')];
      },
    ],
  ])('%s', (_name, branches) => {
    const graph = around4(branches);
    expect(mergeBranches(foldBatchNorm(graph)).nodes.some(({ mergedBranches }) => mergedBranches)).toBe(false);
  });
});
