import type { Graph, GraphNode, ValueRef } from '../../src/5-graph/graph.ts';
import { tensorsOf } from '../../src/5-graph/tensors.ts';
import { float32, type ValueType } from '../../src/5-graph/value-type.ts';
import type { ActivationName } from '../../src/ops/activations.ts';
import type { Resampling } from '../../src/ops/interpolation.ts';
import type { Op } from '../../src/ops/ops.ts';
import { type Pair, pairOf } from '../../src/ops/pair.ts';

import type { Pads, Window } from '../../src/ops/window.ts';

export const noPads: Pads = { top: 0, left: 0, bottom: 0, right: 0 };
export const span = { source: { name: 'test.enet', text: 'x' }, start: 0, end: 1 };

export const window = (
  kernel: number | Pair,
  stride: number | Pair = 1,
  pads: Pads = noPads,
  dilation: number | Pair = 1,
): Window => ({
  kernel: pairOf(kernel),
  stride: pairOf(stride),
  dilation: pairOf(dilation),
  pads,
});

/** Graphs by hand, an op a call: shapes are worked out here, so that the tests need no other phase. */
export function graphBuilder(name = 'test') {
  const nodes: GraphNode[] = [];
  const shape = (ref: ValueRef) => nodes[ref.node]!.shapes[ref.output] as number[];
  const add = (op: Op, path: string, inputs: ValueRef[], shapes: number[][]): ValueRef => {
    const tensors = tensorsOf(op, inputs[0] ? shape(inputs[0]) : [], path);
    nodes.push({
      id: nodes.length,
      op,
      inputs,
      shapes,
      type: float32,
      path,
      tensors,
      span,
      place: { section: 'test' },
      traces: [],
    });
    return { node: nodes.length - 1, output: 0 };
  };
  const windowed = ([c, h, w]: number[], { kernel, stride, dilation, pads }: Window, channels = c!): number[] => {
    const size = (axis: 0 | 1, n: number, padding: number) =>
      Math.floor((n + padding - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis]) + 1;
    return [channels, size(0, h!, pads.top + pads.bottom), size(1, w!, pads.left + pads.right)];
  };

  return {
    nodes,
    shape,
    input: (inputShape: number[], inputName = 'image') => add({ kind: 'input', name: inputName }, '', [], [inputShape]),
    conv(x: ValueRef, path: string, filters: number, win: Window, { groups = 1, bias = false } = {}) {
      const op: Op = { kind: 'conv', filters, window: win, groups, bias };
      return add(op, path, [x], [windowed(shape(x), win, filters)]);
    },
    convTranspose(x: ValueRef, path: string, filters: number, win: Window, { groups = 1, bias = false } = {}) {
      const op: Op = { kind: 'convTranspose', filters, window: win, groups, bias };
      const [, ...map] = shape(x);
      const taken = [win.pads.top + win.pads.bottom, win.pads.left + win.pads.right];
      const space = map.map(
        (n, axis) => (n - 1) * win.stride[axis]! + (win.kernel[axis]! - 1) * win.dilation[axis]! + 1 - taken[axis]!,
      );
      return add(op, path, [x], [[filters, ...space]]);
    },
    attend: (values: [ValueRef, ValueRef, ValueRef], path: string, heads: number) =>
      add({ kind: 'attend', heads }, path, values, [[shape(values[2])[0]!, ...shape(values[0]).slice(1)]]),
    batchNorm(x: ValueRef, path: string, epsilon = 1e-3) {
      return add({ kind: 'batchNorm', epsilon, momentum: 0.99 }, path, [x], [shape(x)]);
    },
    act: (x: ValueRef, path: string, fn: ActivationName, slope?: number) =>
      add({ kind: 'activation', fn, ...(slope !== undefined && { slope }) }, path, [x], [shape(x)]),
    /** An op of one input that is none of the others here. */
    op: (x: ValueRef, path: string, op: Op, outShape = shape(x)) => add(op, path, [x], [outShape]),
    globalPool: (x: ValueRef, path: string) => add({ kind: 'globalAvgPool' }, path, [x], [[shape(x)[0]!, 1, 1]]),
    maxPool: (x: ValueRef, path: string, win: Window) =>
      add({ kind: 'maxPool', window: win }, path, [x], [windowed(shape(x), win)]),
    avgPool: (x: ValueRef, path: string, win: Window, countPad: boolean) =>
      add({ kind: 'avgPool', window: win, countPad }, path, [x], [windowed(shape(x), win)]),
    linear(x: ValueRef, path: string, units: number, bias = true) {
      return add({ kind: 'linear', units, bias }, path, [x], [[units]]);
    },
    cast(x: ValueRef, path: string, type: ValueType) {
      const ref = add({ kind: 'cast' }, path, [x], [shape(x)]);
      nodes[ref.node] = { ...nodes[ref.node]!, type };
      return ref;
    },
    dropout: (x: ValueRef, path: string) => add({ kind: 'dropout', rate: 0.5 }, path, [x], [shape(x)]),
    dropPath: (x: ValueRef, path: string) => add({ kind: 'dropPath', rate: 0.5 }, path, [x], [shape(x)]),
    add: (a: ValueRef, b: ValueRef, path: string) => add({ kind: 'add' }, path, [a, b], [shape(a)]),
    mul: (a: ValueRef, b: ValueRef, path: string) => add({ kind: 'mul' }, path, [a, b], [shape(a)]),
    sum: (values: ValueRef[], path: string) => add({ kind: 'add' }, path, values, [shape(values[0]!)]),
    product(values: ValueRef[], path: string) {
      const full = values.map(shape).find(([, h, w]) => h !== 1 || w !== 1);
      return add({ kind: 'mul' }, path, values, [full ?? shape(values[0]!)]);
    },
    concat(values: ValueRef[], path: string) {
      const [, ...space] = shape(values[0]!);
      return add({ kind: 'concat' }, path, values, [[values.reduce((sum, v) => sum + shape(v)[0]!, 0), ...space]]);
    },
    split(x: ValueRef, path: string, parts: number): ValueRef[] {
      const [c = 0, ...space] = shape(x);
      const { node } = add({ kind: 'split', parts }, path, [x], Array(parts).fill([c / parts, ...space]));
      return Array.from({ length: parts }, (_, output) => ({ node, output }));
    },
    shuffle: (x: ValueRef, path: string, groups: number) =>
      add({ kind: 'channelShuffle', groups }, path, [x], [shape(x)]),
    pad(x: ValueRef, path: string, pads: Pads) {
      const [c, h, w] = shape(x) as [number, number, number];
      return add({ kind: 'pad', pads }, path, [x], [[c, h + pads.top + pads.bottom, w + pads.left + pads.right]]);
    },
    elementwise(kind: 'add' | 'sub' | 'mul' | 'div', values: ValueRef[], path: string) {
      const shapes = values.map(shape);
      return add({ kind }, path, values, [shapes[0]!.map((_n, axis) => Math.max(...shapes.map((s) => s[axis]!)))]);
    },
    rescale: (x: ValueRef, path: string, scale: number, offset: number) =>
      add({ kind: 'rescale', scale, offset }, path, [x], [shape(x)]),
    weight: (path: string, shape: number[], std?: number) =>
      add(
        { kind: 'weight', shape, initial: std ? { kind: 'normal', deviation: std } : { kind: 'constant', value: 0.5 } },
        path,
        [],
        [shape],
      ),
    upsample(x: ValueRef, path: string, mode: Resampling, [rows, columns]: readonly [number, number]) {
      const [c, h, w] = shape(x) as [number, number, number];
      const op: Op = { kind: 'upsample', mode, rows: { from: h, to: rows }, columns: { from: w, to: columns } };
      return add(op, path, [x], [[c, rows, columns]]);
    },
    build(outputs: Record<string, ValueRef> | [string, ValueRef][], auxiliary: Graph['auxiliary'] = []): Graph {
      const list = Array.isArray(outputs) ? outputs : Object.entries(outputs);
      return {
        name,
        auxiliary,
        preprocessing: {},
        models: [],
        calls: [],
        nodes,
        inputs: nodes.filter((n) => n.op.kind === 'input').map((n) => n.id),
        outputs: list.map(([outputName, value]) => ({ name: outputName, value })),
      };
    },
  };
}

/** Folds every batch norm into the convolution before it, as the pass `foldBatchNorm` does. */
export function foldNorms(graph: Graph): Graph {
  const nodes = [...graph.nodes];
  const redirect = new Map<number, number>();
  for (const norm of graph.nodes) {
    const source = norm.inputs[0] && graph.nodes[norm.inputs[0].node];
    if (norm.op.kind !== 'batchNorm' || source?.op.kind !== 'conv') continue;
    const op = { ...source.op, bias: true };
    nodes[source.id] = {
      ...source,
      op,
      tensors: tensorsOf(op, graph.nodes[source.inputs[0]!.node]!.shapes[source.inputs[0]!.output]!, source.path),
      foldedNorm: { tensors: norm.tensors, epsilon: norm.op.epsilon, hadBias: source.op.bias },
    };
    redirect.set(norm.id, source.id);
  }
  const kept = nodes.filter((node) => !redirect.has(node.id));
  const ids = new Map(kept.map((node, i) => [node.id, i]));
  const move = (ref: ValueRef) => ({ ...ref, node: ids.get(redirect.get(ref.node) ?? ref.node)! });
  return {
    ...graph,
    nodes: kept.map((node, id) => ({ ...node, id, inputs: node.inputs.map(move) })),
    inputs: graph.inputs.map((id) => ids.get(id)!),
    outputs: graph.outputs.map((output) => ({ ...output, value: move(output.value) })),
  };
}
