import type { Graph, GraphNode, Shape, ValueRef } from '../../5-graph/graph.ts';
import type { OpKind, OpOf, Pads } from '../../5-graph/ops.ts';
import { activations } from './activations.ts';
import { type Attributes, float, int, ints } from './attributes.ts';
import type { Builder } from './builder.ts';
import { gatedProduct, globalMean } from './tuned-forms.ts';

interface Context {
  readonly b: Builder;
  readonly graph: Graph;
  readonly node: GraphNode;
  /** The names of its inputs, and their shapes without the batch. */
  readonly inputs: readonly string[];
  readonly inputShapes: readonly Shape[];
}

/** What the writer of an op gets to see. */
export interface OpContext<K extends OpKind> extends Context {
  readonly op: OpOf<K>;
}

/** Adds an op's nodes; the names of its outputs. */
export type WriteOp<K extends OpKind> = (context: OpContext<K>) => readonly string[];

/**
 * From op to ONNX nodes. Values have the shape `[batch, C, H, W]` or `[batch, C]`.
 * What only matters in training (dropout, stochastic depth) adds no node and passes its input's name on.
 */
export const opTable: { readonly [K in OpKind]: WriteOp<K> } = {
  input: ({ b, op, node }) => [b.input(op.name, shapeOf(node))],
  conv: (c) => {
    const { window, groups } = c.op;
    const input = crop(c, window.pads);
    const attributes = { ...windowAttributes(window), dilations: pair(window.dilation), group: int(groups) };
    return owner(c, 'Conv', [input, ...ownTensors(c)], attributes);
  },
  batchNorm: (c) => owner(c, 'BatchNormalization', [first(c), ...ownTensors(c)], { epsilon: float(c.op.epsilon) }),
  activation: (c) => [activations[c.op.fn](c.b, first(c), label(c, 'act'), shapeOf(c.node))],
  globalAvgPool: (c) => [globalMean(c.b, first(c), c.inputShapes[0] as Shape, label(c, 'pool'))],
  maxPool: (c) => {
    const { window } = c.op;
    const attributes = { ...windowAttributes(window), dilations: pair(window.dilation) };
    return step(c, 'MaxPool', [crop(c, window.pads)], 'pool', attributes);
  },
  avgPool: (c) => {
    const { window, countPad } = c.op;
    const attributes = { ...windowAttributes(window), count_include_pad: int(countPad ? 1 : 0) };
    return step(c, 'AveragePool', [crop(c, window.pads)], 'pool', attributes);
  },
  linear: (c) => owner(c, 'Gemm', [flatten(c), ...ownTensors(c)], { transB: int(1) }),
  dropout: (c) => [first(c)],
  dropPath: (c) => [first(c)],
  add: (c) => step(c, 'Add', c.inputs, 'add'),
  mul: (c) => {
    const gate = c.inputShapes.findIndex((shape) => shape[1] === 1 && shape[2] === 1);
    const other = 1 - gate;
    if (c.inputs.length !== 2 || gate < 0 || c.inputShapes[other]?.[1] === 1) return step(c, 'Mul', c.inputs, 'mul');
    const x = { value: c.inputs[other] as string, shape: shapeOf(c.node) };
    const ref = c.node.inputs[gate] as ValueRef;
    return [gatedProduct(c.b, c.graph, x, { value: c.inputs[gate] as string, ref }, label(c, 'mul'))];
  },
  concat: (c) => step(c, 'Concat', c.inputs, 'concat', { axis: int(1) }),
  // Sizes as an input are the one form that opsets 13 to 18 share.
  split: (c) => {
    const sizes = c.b.integers(
      'split',
      c.node.shapes.map((shape) => shape[0] as number),
    );
    return step(c, 'Split', [first(c), sizes], 'split', { axis: int(1) });
  },
  // [batch, g * n, H, W] as [batch, g, n, H, W], groups and members swapped (Zhang et al. 2017). A 0 keeps the batch.
  channelShuffle: (c) => {
    const { groups } = c.op;
    const [channels, height, width] = shapeOf(c.node) as [number, number, number];
    const members = channels / groups;
    const reshape = (x: string, shape: readonly number[], name: string) =>
      add(c, 'Reshape', [x, c.b.integers('shape', [0, ...shape])], name, shape);
    const grouped = reshape(first(c), [groups, members, height, width], 'shuffle/groups');
    const perm = { perm: ints([0, 2, 1, 3, 4]) };
    const swapped = add(c, 'Transpose', [grouped], 'shuffle/swap', [members, groups, height, width], perm);
    return [reshape(swapped, [channels, height, width], 'shuffle')];
  },
  pad: (c) => [addPad(c, c.op.pads, 'pad')],
};

const shapeOf = (node: GraphNode): Shape => node.shapes[0] as Shape;
const first = (c: Context): string => c.inputs[0] as string;
const pair = (n: number) => ints([n, n]);

/** `stages.4.1.expand/act`. */
function label({ node }: Context, what: string): string {
  return node.path === '' ? what : `${node.path}/${what}`;
}

/** A node of the op's own that owns tensors: it bears the path itself. */
function owner(c: Context, type: string, inputs: readonly string[], attributes: Attributes): string[] {
  return c.b.node({ type, inputs, name: c.node.path, shapes: c.node.shapes, attributes });
}

function step(c: Context, type: string, inputs: readonly string[], what: string, attributes?: Attributes): string[] {
  return c.b.node({ type, inputs, name: label(c, what), shapes: c.node.shapes, attributes });
}

/** A node on the way, with one output. */
function add(c: Context, type: string, inputs: string[], what: string, shape: Shape, attributes?: Attributes): string {
  return c.b.node({ type, inputs, name: label(c, what), shapes: [shape], attributes })[0] as string;
}

/** Weight and bias, or gamma, beta, mean and variance: a node's tensors are in the order in which ONNX wants them. */
function ownTensors(c: Context): string[] {
  return c.node.tensors.map((tensor) => c.b.tensor(tensor));
}

function windowAttributes({ kernel, stride, pads }: { kernel: number; stride: number; pads: Pads }): Attributes {
  const { top, left, bottom, right } = pads;
  const padding = [top, left, bottom, right].map((n) => Math.max(n, 0));
  return { kernel_shape: pair(kernel), strides: pair(stride), pads: ints(padding) };
}

/** A window that begins inside its input: Conv and pools take no negative pads, but Pad does. */
function crop(c: Context, pads: Pads): string {
  const top = Math.min(pads.top, 0);
  const left = Math.min(pads.left, 0);
  const bottom = Math.min(pads.bottom, 0);
  const right = Math.min(pads.right, 0);
  return top + left + bottom + right === 0 ? first(c) : addPad(c, { top, left, bottom, right }, 'crop');
}

function addPad(c: Context, { top, left, bottom, right }: Pads, what: string): string {
  const [channels, height, width] = c.inputShapes[0] as [number, number, number];
  const pads = c.b.integers('pads', [0, 0, top, left, 0, 0, bottom, right]);
  return add(c, 'Pad', [first(c), pads], what, [channels, height + top + bottom, width + left + right]);
}

function flatten(c: Context): string {
  const shape = c.inputShapes[0] as Shape;
  if (shape.length === 1) return first(c);
  return add(c, 'Flatten', [first(c)], 'flatten', [shape.reduce((product, n) => product * n, 1)], { axis: int(1) });
}
