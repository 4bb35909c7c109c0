import { elements } from '../../../5-graph/graph.ts';
import type { TensorName } from '../node-def/node-def.ts';
import {
  add,
  dimsOf,
  type NodeContext,
  openShape,
  reduce,
  reshape,
  type StepContext,
  transpose,
  type WriteStep,
} from './context.ts';

/** Attention and its gradient, by head: `[N, heads, pixels, channels]`. */

type AttentionContext = StepContext<'attend'> | StepContext<'attendGrad'>;

export const attend: WriteStep<'attend'> = (c) => {
  const { shares, v } = partsOf(c, 0);
  return [asMap(c, multiply(c, shares, v), c.shapes[0]?.dims ?? [])];
};

export const attendGrad: WriteStep<'attendGrad'> = (c) => {
  const { q, k, v, shares, scale } = partsOf(c, 1);
  const dy = byHead(c, 0);
  const along = multiply(c, dy, v, false, true);
  const leaning = reduce(c, 'Sum', add(c, 'Mul', [along, shares]), [-1], true);
  const scores = add(c, 'Mul', [shares, add(c, 'Sub', [along, leaning])]);
  const gradients = [
    add(c, 'Mul', [multiply(c, scores, k), c.b.number(scale)]),
    multiply(c, scores, q, true),
    multiply(c, shares, dy, true),
  ];
  return gradients.map((gradient, i) => asMap(c, gradient, dimsOf(c, i + 1)));
};

/** @param from which input is q. */
function partsOf(c: AttentionContext, from: number) {
  const scale = 1 / Math.sqrt((dimsOf(c, from)[0] ?? 1) / c.op.heads);
  const q = add(c, 'Mul', [byHead(c, from), c.b.number(scale)]);
  const [k, v] = [byHead(c, from + 1), byHead(c, from + 2)];
  return { q, k, v, scale, shares: add(c, 'Softmax', [multiply(c, q, k, false, true)]) };
}

function byHead(c: AttentionContext, input: number): TensorName {
  const [channels = 1, ...space] = dimsOf(c, input);
  const { heads } = c.op;
  const apart = reshape(c, c.inputs[input] as TensorName, [-1, elements(space), heads, channels / heads]);
  return transpose(c, apart, [0, 2, 1, 3]);
}

function asMap(c: NodeContext, x: TensorName, dims: readonly number[]): TensorName {
  return reshape(c, transpose(c, x, [0, 2, 1, 3]), openShape(dims));
}

function multiply(c: NodeContext, a: TensorName, b: TensorName, turnA = false, turnB = false): TensorName {
  return add(c, 'BatchMatMulV2', [a, b], { adj_x: { bool: turnA }, adj_y: { bool: turnB } });
}
