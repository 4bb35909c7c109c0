import { describe, expect, test } from 'vitest';
import { checkTypes } from '../../src/5-graph/check-types.ts';
import { totalCost } from '../../src/5-graph/cost.ts';
import type { GraphNode } from '../../src/5-graph/graph.ts';
import { activationMemory } from '../../src/5-graph/memory.ts';
import { foldBatchNorm } from '../../src/5-graph/passes/for-inference.ts';
import { halfPrecision } from '../../src/5-graph/passes/half-precision.ts';
import { float16, float32, type QuantisedType, sameType, typeProblem } from '../../src/5-graph/value-type.ts';
import { emit } from '../../src/6-emit/emit.ts';
import type { OpenSink } from '../../src/6-emit/target.ts';
import { targets } from '../../src/6-emit/targets.ts';
import { weightBytes } from '../../src/cli/refuse-size.ts';
import { targetLabel } from '../../src/cli/target-options.ts';
import { compile } from '../../src/compile.ts';
import { explainNetwork } from '../../src/report/explain.ts';
import { explanationText } from '../../src/report/explain-text.ts';
import { summarize } from '../../src/report/summary.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import { graphBuilder } from '../onnx/graph-builder.ts';
import { smallNet } from '../onnx/small-net.ts';
import { change, quantisedNet, withTensors } from './quantised.ts';

const tiny = compile({
  name: 'tiny.enet',
  text: 'model Tiny {\n  convention torch\n  input image: [2, 8, 8]\n  classifier: Linear(5)\n}',
});

const unopened: OpenSink = (suffix) => {
  throw new Error(`'${suffix}' was opened`);
};

describe('int8 values with a scale and a zero point', () => {
  const graph = quantisedNet();

  test('fit together', () => {
    expect(() => checkTypes(graph)).not.toThrow();
    expect(() => checkTypes(halfPrecision(graph))).not.toThrow();
  });

  test('take a byte each in memory, and their biases four', () => {
    const { live, peak, peakNode } = activationMemory(graph);
    // image, its cast, the convolution; its activation works in place
    expect(live).toEqual([512, 512 + 128, 128 + 192, 192, 192 + 3, 3 + 12, 12 + 20]);
    expect([peak, peakNode]).toEqual([640, 1]);
    expect(totalCost(graph).activationBytes).toBe(128 + 192 + 192 + 3 + 12 + 20);
    expect(weightBytes(graph)).toBe(3 * 2 * 3 * 3 + 3 * 4 + (5 * 3 + 5) * 4);
  });

  test('are stated by summary and explain', () => {
    const line =
      'types: float32 3 values and 2 tensors (80 B); int8 4 values and 1 tensor (54 B); int32 1 tensor (12 B)';
    const text = summaryText(summarize(graph));
    expect(text).toContain(line);
    expect(text).toContain('activation memory for one image: 547 B written, at most 640 B at once');
    expect(explanationText(explainNetwork({ graph, point: tiny.point! }))).toContain(line);
    const asInput = change(graph, {
      '': (node) => ({ ...node, type: { element: 'int8', scales: [1], zeroPoint: 0 } }),
    });
    expect(summaryText(summarize(asInput))).toContain('input image 2 × 8 × 8 int8; output logits 5\n');
    expect(summarize(smallNet())).not.toHaveProperty('types');
  });

  const others = targets.filter(({ types }) => !types.includes('int8'));
  test.each(others.map((entry) => [targetLabel(entry), entry] as const))('are refused by %s', async (_, entry) => {
    const target = await entry.load();
    const { diagnostics, bytes } = emit({ ...tiny, graph }, target, {}, unopened);
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        'unsupported-type',
        `the target '${entry.name}' does not support values of type int8, only ${entry.types.join(' or ')}`,
      ],
    ]);
    expect(bytes).toBe(0);
  });
});

describe('half precision', () => {
  test('is refused by each target that takes float32 alone, and nowhere ignored', async () => {
    for (const entry of targets) {
      const target = await entry.load();
      const opened: string[] = [];
      const open: OpenSink = (suffix) => {
        opened.push(suffix);
        return { name: suffix, sink: { write: () => {} } };
      };
      const { diagnostics } = emit(tiny, target, {}, open, { half: true });
      const takes = entry.halves !== undefined;
      expect(diagnostics.map(({ code }) => code)).toEqual(takes ? [] : ['unsupported-type']);
      expect(opened.length > 0).toBe(takes);
    }
  });

  test('is a pass: all values and tensors but inputs and outputs, with casts between', () => {
    const graph = halfPrecision(foldBatchNorm(smallNet()));
    checkTypes(graph);
    const own = graph.nodes.filter(({ op }) => op.kind !== 'input' && op.kind !== 'cast');
    expect(new Set(own.flatMap(({ type, tensors }) => [type, ...tensors.map((tensor) => tensor.type)]))).toEqual(
      new Set([float16]),
    );
    const casts = graph.nodes.filter(({ op }) => op.kind === 'cast');
    expect(casts.map(({ path, type, id }) => [path, type, id])).toEqual([
      ['image/half', float16, 1],
      ['features/output', float32, graph.nodes.length - 2],
      ['logits/output', float32, graph.nodes.length - 1],
    ]);
    expect(graph.nodes.map(({ id }) => id)).toEqual(graph.nodes.map((_, i) => i));
    const [before, after] = [smallNet(), halfPrecision(smallNet())].map((g) => activationMemory(g).peak);
    expect(after!).toBeLessThan(before!);
    expect(weightBytes(halfPrecision(smallNet())) * 2).toBe(weightBytes(smallNet()));
  });
});

describe('what a type must be', () => {
  const perTensor: QuantisedType = { element: 'int8', scales: [0.5], zeroPoint: 127 };
  const perChannel: QuantisedType = { element: 'int8', scales: [0.5, 0.25], zeroPoint: 0, axis: 0 };

  test.each([
    [perTensor, undefined],
    [perChannel, undefined],
    [{ ...perTensor, scales: [0] }, 'a scale of 0'],
    [{ ...perTensor, scales: [Number.NaN] }, 'a scale of NaN'],
    [{ ...perTensor, scales: [1, 1] }, '2 scales instead of 1'],
    [{ ...perChannel, scales: [1] }, '1 scales instead of 2'],
    [{ ...perChannel, axis: 4 }, 'scales along axis 4 of 4'],
    [{ ...perTensor, zeroPoint: 128 }, 'a zero point of 128'],
    [{ ...perTensor, zeroPoint: 0.5 }, 'a zero point of 0.5'],
    [{ ...perChannel, zeroPoint: 1 }, 'a zero point of 1'],
    [{ ...perTensor, element: 'int32' } as QuantisedType, 'a zero point of 127'],
  ])('%j: %s', (type, problem) => {
    expect(typeProblem(type, [2, 1, 3, 3])).toBe(problem);
  });

  test('types are compared by what they hold', () => {
    expect(sameType(perTensor, { ...perTensor, scales: [...perTensor.scales] })).toBe(true);
    for (const other of [float32, perChannel, { ...perTensor, zeroPoint: 3 }, { ...perTensor, scales: [0.25] }]) {
      expect(sameType(perTensor, other)).toBe(false);
    }
    expect(sameType(float32, { element: 'float32' })).toBe(true);
    expect(sameType(float32, float16)).toBe(false);
  });
});

describe('what a graph with types must be', () => {
  const int8: QuantisedType = { element: 'int8', scales: [1], zeroPoint: 0 };
  const filters = { scales: [0.5, 0.25, 2 ** -7], zeroPoint: 0, axis: 0 };
  const wrong: readonly (readonly [problem: string, path: string, change: (node: GraphNode) => GraphNode])[] = [
    ['it reads int8 and is float32', 'stem.conv', (node) => ({ ...node, type: float32 })],
    ['a scale of -1', 'head', (node) => ({ ...node, type: { ...int8, scales: [-1] } })],
    ['a value is int8 or int16 with one scale', 'head', (node) => ({ ...node, type: { ...int8, element: 'int32' } })],
    ['a value is int8 or int16 with one scale', 'head', (node) => ({ ...node, type: { element: 'int8', ...filters } })],
    ['the cast changes nothing', 'image/int8', (node) => ({ ...node, type: float32 })],
    ["'classifier.bias': int8 in an op of float32", 'classifier', (node) => withTensors(node, { bias: int8 })],
    ["'stem.conv.weight': float32 in an op of int8", 'stem.conv', (node) => withTensors(node, { weight: float32 })],
    [
      "'stem.conv.weight': a weight is int8 with a zero point of 0",
      'stem.conv',
      (node) => withTensors(node, { weight: { ...int8, zeroPoint: 1 } }),
    ],
    [
      "'stem.conv.weight': scales that do not belong to filters",
      'stem.conv',
      (node) => withTensors(node, { weight: { ...int8, scales: [1, 1], axis: 1 } }),
    ],
    ["'stem.conv.bias': a bias is int32", 'stem.conv', (node) => withTensors(node, { bias: int8 })],
    [
      "'stem.conv.bias': a bias has the input's scale times the weight's",
      'stem.conv',
      (node) => withTensors(node, { bias: { element: 'int32', ...filters } }),
    ],
    [
      "'stem.conv.weight': 3 scales instead of 1",
      'stem.conv',
      (node) => withTensors(node, { weight: { element: 'int8', scales: filters.scales, zeroPoint: 0 } }),
    ],
  ];

  test.each(wrong)('%s', (problem, path, changed) => {
    expect(() => checkTypes(change(quantisedNet(), { [path]: changed }))).toThrow(problem);
  });

  test('what only moves elements keeps their scale, and a batch norm computes in floating point', () => {
    const g = graphBuilder();
    const x = g.cast(g.input([2, 4, 4]), 'x', int8);
    const moved = g.build({ y: g.shuffle(x, 'moved', 2) });
    const changed = change(moved, { moved: (node) => ({ ...node, type: { ...int8, scales: [2] } }) });
    expect(() => checkTypes(changed)).toThrow('it only moves elements, and rescales them');
    const h = graphBuilder();
    const norm = h.build({ y: h.batchNorm(h.cast(h.input([2, 4, 4]), 'x', int8), 'norm') });
    const quantised = change(norm, { norm: (node) => ({ ...node, type: int8 }) });
    expect(() => checkTypes(quantised)).toThrow('only convolutions and linear layers compute with int8 tensors');
  });
});
