import type { Graph, GraphNode, StagePosition, ValueRef } from '../../src/5-graph/graph.ts';
import { tensorsOf } from '../../src/5-graph/tensors.ts';
import { float32 } from '../../src/5-graph/value-type.ts';
import type { ActivationName } from '../../src/ops/activations.ts';
import type { Op } from '../../src/ops/ops.ts';
import type { Window } from '../../src/ops/window.ts';

/** Graphs built by hand, so that reports are tested without the language. */
const span = { source: { name: 'test', text: '' }, start: 0, end: 0 };

export interface Maker {
  place: StagePosition;
  nodes: GraphNode[];
  node(op: Op, path: string, inputs: ValueRef[], shapes: number[][]): ValueRef;
  shape(ref: ValueRef): number[];
  input(channels: number, size: number): ValueRef;
  conv(
    x: ValueRef,
    path: string,
    filters: number,
    kernel?: number,
    stride?: number,
    groups?: number,
    bias?: boolean,
  ): ValueRef;
  bn(x: ValueRef, path: string): ValueRef;
  act(x: ValueRef, path: string, fn: ActivationName): ValueRef;
  convBnAct(
    x: ValueRef,
    path: string,
    filters: number,
    kernel: number,
    stride: number,
    groups: number,
    fn: ActivationName,
  ): ValueRef;
  gap(x: ValueRef, path: string): ValueRef;
  pool(x: ValueRef, path: string, kind: 'maxPool' | 'avgPool', kernel: number, stride: number): ValueRef;
  linear(x: ValueRef, path: string, units: number): ValueRef;
  plain(op: Op, path: string, ...inputs: ValueRef[]): ValueRef;
  concat(path: string, ...inputs: ValueRef[]): ValueRef;
  graph(name: string, ...outputs: [string, ValueRef][]): Graph;
}

/** A window with TensorFlow's SAME pads for this size. */
function same(kernel: number, stride: number, size: number): { window: Window; out: number } {
  const out = Math.ceil(size / stride);
  const total = Math.max(0, (out - 1) * stride + kernel - size);
  const before = Math.floor(total / 2);
  const pads = { top: before, left: before, bottom: total - before, right: total - before };
  return { window: { kernel: [kernel, kernel], stride: [stride, stride], dilation: [1, 1], pads }, out };
}

export function maker(): Maker {
  const nodes: GraphNode[] = [];
  const m: Maker = {
    place: { section: 'image' },
    nodes,
    node(op, path, inputs, shapes) {
      const tensors = tensorsOf(op, inputs[0] ? m.shape(inputs[0]) : [], path);
      nodes.push({
        id: nodes.length,
        op,
        inputs,
        shapes,
        type: float32,
        path,
        tensors,
        span,
        place: m.place,
        traces: [],
      });
      return { node: nodes.length - 1, output: 0 };
    },
    shape: (ref) => [...(nodes[ref.node]!.shapes[ref.output] as number[])],
    input: (channels, size) => m.node({ kind: 'input', name: 'image' }, 'image', [], [[channels, size, size]]),
    conv(x, path, filters, kernel = 1, stride = 1, groups = 1, bias = false) {
      const [, h] = m.shape(x) as [number, number];
      const { window, out } = same(kernel, stride, h);
      return m.node({ kind: 'conv', filters, window, groups, bias }, path, [x], [[filters, out, out]]);
    },
    bn(x, path) {
      return m.node({ kind: 'batchNorm', epsilon: 1e-3, momentum: 0.99 }, path, [x], [m.shape(x)]);
    },
    act: (x, path, fn) => (fn === 'identity' ? x : m.plain({ kind: 'activation', fn }, path, x)),
    convBnAct(x, path, filters, kernel, stride, groups, fn) {
      return m.act(m.bn(m.conv(x, `${path}.conv`, filters, kernel, stride, groups), `${path}.bn`), path, fn);
    },
    gap: (x, path) => m.node({ kind: 'globalAvgPool' }, path, [x], [[m.shape(x)[0]!, 1, 1]]),
    pool(x, path, kind, kernel, stride) {
      const [c, h] = m.shape(x) as [number, number];
      const { window, out } = same(kernel, stride, h);
      const op: Op = kind === 'maxPool' ? { kind, window } : { kind, window, countPad: false };
      return m.node(op, path, [x], [[c, out, out]]);
    },
    linear(x, path, units) {
      return m.node({ kind: 'linear', units, bias: true }, path, [x], [[units]]);
    },
    plain: (op, path, ...inputs) => m.node(op, path, inputs, [m.shape(inputs[0]!)]),
    concat(path, ...inputs) {
      const [, h, w] = m.shape(inputs[0]!) as [number, number, number];
      return m.node({ kind: 'concat' }, path, inputs, [[inputs.reduce((n, x) => n + m.shape(x)[0]!, 0), h, w]]);
    },
    graph: (name, ...outputs) => ({
      name,
      nodes,
      inputs: [0],
      auxiliary: [],
      preprocessing: {},
      models: [],
      calls: [],
      outputs: outputs.map(([n, value]) => ({ name: n, value })),
    }),
  };
  return m;
}

function mbconv(
  m: Maker,
  x: ValueRef,
  path: string,
  out: number,
  k: number,
  s: number,
  expand: number,
  se: number,
  drop = 0,
) {
  const inChannels = m.shape(x)[0]!;
  const hidden = inChannels * expand;
  let y = x;
  if (expand !== 1) y = m.convBnAct(y, `${path}.expand`, hidden, 1, 1, 1, 'silu');
  y = m.convBnAct(y, `${path}.depthwise`, hidden, k, s, hidden, 'silu');
  if (se > 0) {
    let g = m.gap(y, `${path}.se`);
    g = m.act(m.conv(g, `${path}.se.reduce`, Math.floor(inChannels * se), 1, 1, 1, true), `${path}.se`, 'silu');
    g = m.act(m.conv(g, `${path}.se.expand`, hidden, 1, 1, 1, true), `${path}.se`, 'sigmoid');
    y = m.plain({ kind: 'mul' }, `${path}.se`, y, g);
  }
  y = m.convBnAct(y, `${path}.project`, out, 1, 1, 1, 'identity');
  if (s === 1 && inChannels === out) {
    y = m.plain({ kind: 'dropPath', rate: drop }, path, y);
    y = m.plain({ kind: 'add' }, path, y, x);
  }
  return y;
}

const roundFilters = (f: number, w: number) => {
  const n = Math.max(8, Math.floor((f * w + 4) / 8) * 8);
  return n < 0.9 * f * w ? n + 8 : n;
};

const b0Rows = [
  [1, 16, 3, 1, 1],
  [2, 24, 3, 2, 6],
  [2, 40, 5, 2, 6],
  [3, 80, 3, 2, 6],
  [3, 112, 5, 1, 6],
  [4, 192, 5, 2, 6],
  [1, 320, 3, 1, 6],
] as const;

/** EfficientNet (tf convention) at any d, w and resolution. */
export function efficientNet(w = 1, d = 1, resolution = 224): Graph {
  const m = maker();
  let x = m.input(3, resolution);
  m.place = { section: 'stem' };
  x = m.convBnAct(x, 'stem', roundFilters(32, w), 3, 2, 1, 'silu');
  b0Rows.forEach(([repeat, filters, k, s, expand], row) => {
    for (let block = 0; block < Math.ceil(repeat * d); block++) {
      m.place = { section: 'stages', row: String(row), block, operator: 'MBConv' };
      x = mbconv(m, x, `stages.${row}.${block}`, roundFilters(filters, w), k, block === 0 ? s : 1, expand, 0.25, 0.1);
    }
  });
  m.place = { section: 'head' };
  x = m.convBnAct(x, 'head', roundFilters(1280, w), 1, 1, 1, 'silu');
  x = m.plain({ kind: 'dropout', rate: 0.2 }, 'head', m.gap(x, 'head'));
  m.place = { section: 'classifier' };
  x = m.linear(x, 'classifier', 1000);
  return m.graph('EfficientNet', ['logits', x]);
}

/** ResNet with bottlenecks. */
export function resNet(layers = [3, 4, 6, 3]): Graph {
  const m = maker();
  let x = m.input(3, 224);
  m.place = { section: 'stem' };
  x = m.pool(m.convBnAct(x, 'stem', 64, 7, 2, 1, 'relu'), 'stem', 'maxPool', 3, 2);
  layers.forEach((repeat, row) => {
    const width = 64 * 2 ** row;
    for (let block = 0; block < repeat; block++) {
      const path = `stages.c${row + 2}.${block}`;
      m.place = { section: 'stages', row: `c${row + 2}`, block, operator: 'Bottleneck' };
      const stride = block === 0 && row > 0 ? 2 : 1;
      const skip = block === 0 ? m.convBnAct(x, `${path}.down`, width * 4, 1, stride, 1, 'identity') : x;
      let y = m.convBnAct(x, `${path}.conv1`, width, 1, 1, 1, 'relu');
      y = m.convBnAct(y, `${path}.conv2`, width, 3, stride, 1, 'relu');
      y = m.convBnAct(y, `${path}.conv3`, width * 4, 1, 1, 1, 'identity');
      x = m.act(m.plain({ kind: 'add' }, path, y, skip), path, 'relu');
    }
  });
  m.place = { section: 'head' };
  x = m.gap(x, 'head');
  m.place = { section: 'classifier' };
  return m.graph('ResNet', ['logits', m.linear(x, 'classifier', 1000)]);
}

/** Two normal cells of NASNet-A, the second of which sees the stem past the first: branches, joins, several inputs. */
export function nasLike(): Graph {
  const m = maker();
  const image = m.input(3, 224);
  m.place = { section: 'stem' };
  const stem = m.bn(m.conv(image, 'stem.conv', 32, 3, 2), 'stem.bn');
  const sep = (x: ValueRef, path: string, c: number, k: number) => {
    let y = x;
    for (const n of [1, 2]) {
      y = m.act(y, path, 'relu');
      y = m.conv(y, `${path}.depthwise${n}`, m.shape(y)[0]!, k, 1, m.shape(y)[0]!);
      y = m.bn(m.conv(y, `${path}.pointwise${n}`, c), `${path}.bn${n}`);
    }
    return y;
  };
  const fitTo = (x: ValueRef, path: string, c: number) =>
    m.bn(m.conv(m.act(x, path, 'relu'), `${path}.conv`, c), `${path}.bn`);
  const cell = (x: ValueRef, previous: ValueRef, path: string, c: number) => {
    const p = fitTo(previous, `${path}.adjust.fit`, c);
    const h = fitTo(x, `${path}.fit`, c);
    const add = (a: ValueRef, b: ValueRef) => m.plain({ kind: 'add' }, path, a, b);
    const avg = (v: ValueRef) => m.pool(v, path, 'avgPool', 3, 1);
    return m.concat(
      path,
      p,
      add(sep(h, `${path}.a_left`, c, 5), sep(p, `${path}.a_right`, c, 3)),
      add(sep(p, `${path}.b_left`, c, 5), sep(p, `${path}.b_right`, c, 3)),
      add(avg(h), p),
      add(avg(p), avg(p)),
      add(sep(h, `${path}.e_left`, c, 3), h),
    );
  };
  let [x, previous] = [stem, stem];
  ['normal0', 'normal1', 'normal2'].forEach((row, r) => {
    for (let block = 0; block < 2; block++) {
      m.place = { section: 'stages', row, block, operator: 'NormalCell' };
      [x, previous] = [cell(x, previous, `stages.${row}.${block}`, 44 * 2 ** r), x];
    }
  });
  m.place = { section: 'head' };
  x = m.gap(m.act(x, 'head', 'relu'), 'head');
  m.place = { section: 'classifier' };
  return m.graph('NASNetA', ['logits', m.linear(x, 'classifier', 1000)]);
}
