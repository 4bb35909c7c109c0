import { elements } from '../../5-graph/graph.ts';
import { optionFields } from '../../weights/readers/tflite/schema.ts';
import { label, lastChannels, outputShape, type WithOp } from '../written-node.ts';
import { add, arithmetic, type LiteNode, reshape, transpose } from './add.ts';
import { bool, float32 } from './flat-tables.ts';

/** Scaled dot-product attention of q, k and v, pixels as tokens. */
export function writeAttention(c: WithOp<LiteNode, 'attend'>): string {
  const { heads } = c.op;
  const name = label(c, 'attend');
  /** By head: `[N, heads, pixels, channels]`. */
  const cut = (i: number, x: string, what: string) => {
    const [channels = 1, ...space] = c.inputShapes[i] ?? [];
    const [pixels, own] = [elements(space), channels / heads];
    const apart = reshape(c, x, `${name}/${what}/heads`, [pixels, heads, own]);
    const value = transpose(c, apart, `${name}/${what}`, [0, 2, 1, 3], [heads, pixels, own]);
    return { value, pixels, own };
  };
  const product = (a: string, b: string, what: string, isTurned: boolean, shape: readonly number[]) =>
    add(c, 'batchMatMul', [a, b], `${name}/${what}`, shape, [
      [optionFields.batchMatMul.adjointX, bool(false)],
      [optionFields.batchMatMul.adjointY, bool(isTurned)],
    ]);
  const [q, k, v] = c.inputs as readonly [string, string, string];
  const scale = 1 / Math.sqrt((c.inputShapes[0]?.[0] as number) / heads);
  const shape = lastChannels(c.inputShapes[0] ?? []);
  const scaled = add(c, 'mul', [q, c.b.number(scale)], `${name}/scaled`, shape, arithmetic());
  const [queries, keys, values] = [cut(0, scaled, 'q'), cut(1, k, 'k'), cut(2, v, 'v')];
  const pairs = [heads, queries.pixels, keys.pixels];
  const scores = product(queries.value, keys.value, 'scores', true, pairs);
  const shares = add(c, 'softmax', [scores], `${name}/shares`, pairs, [[optionFields.softmax.beta, float32(1)]]);
  const means = product(shares, values.value, 'means', false, [heads, queries.pixels, values.own]);
  const joined = transpose(c, means, `${name}/joined`, [0, 2, 1, 3], [queries.pixels, heads, values.own]);
  return reshape(c, joined, name, lastChannels(outputShape(c)));
}
