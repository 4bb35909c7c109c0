import { elements, type Shape } from '../../../5-graph/graph.ts';
import { label, lastChannels, outputShape, type WithOp } from '../../written-node.ts';
import type { TensorName } from '../node-def/node-def.ts';
import { add, type GraphModelNode, reshape, transpose } from './add.ts';

/** Scaled dot-product attention of q, k and v, pixels as tokens. */
export function writeAttention(c: WithOp<GraphModelNode, 'attend'>): TensorName {
  const { heads } = c.op;
  const name = label(c, 'attend');
  /** By head: `[N, heads, pixels, channels]`. */
  const cut = (i: number, x: TensorName, what: string) => {
    const [channels = 1, ...space] = c.inputShapes[i] as Shape;
    const apart = reshape(c, x, `${name}/${what}/heads`, [elements(space), heads, channels / heads]);
    return transpose(c, apart, `${name}/${what}`, [0, 2, 1, 3]);
  };
  const product = (a: TensorName, b: TensorName, what: string, isTurned: boolean) =>
    add(c, 'BatchMatMulV2', `${name}/${what}`, [a, b], { adj_x: { bool: false }, adj_y: { bool: isTurned } });
  const [q, k, v] = c.inputs as [TensorName, TensorName, TensorName];
  const scale = 1 / Math.sqrt((c.inputShapes[0]?.[0] as number) / heads);
  const scaled = add(c, 'Mul', `${name}/scaled`, [q, c.b.number(scale)]);
  const scores = product(cut(0, scaled, 'q'), cut(1, k, 'k'), 'scores', true);
  const means = product(add(c, 'Softmax', `${name}/shares`, [scores]), cut(2, v, 'v'), 'means', false);
  return reshape(c, transpose(c, means, `${name}/joined`, [0, 2, 1, 3]), name, lastChannels(outputShape(c)));
}
