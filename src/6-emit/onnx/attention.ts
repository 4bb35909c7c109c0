import { elements } from '../../5-graph/graph.ts';
import { addNode } from './add-node.ts';
import { int, ints } from './attributes.ts';
import type { OnnxBuilder, OnnxValue } from './builder.ts';

/**
 * Scaled dot-product attention of q, k and v, pixels as tokens. Channels come before pixels, so the scores are computed
 * transposed, `[heads, pixels of k, pixels of q]`: then only k is transposed.
 */
export function attention(b: OnnxBuilder, values: readonly OnnxValue[], name: string, heads: number): string {
  const [q, k, v] = values as readonly [OnnxValue, OnnxValue, OnnxValue];
  /** By head: `[heads, channels, pixels]`. A 0 keeps the batch. */
  const cut = ({ shape }: OnnxValue, x: string, what: string) => {
    const [channels = 1, ...space] = shape;
    const parts = [heads, channels / heads, elements(space)];
    return {
      shape: parts,
      name: addNode(b, 'Reshape', [x, b.integers('shape', [0, ...parts])], `${name}/${what}`, parts),
    };
  };
  const channels = (q.shape[0] as number) / heads;
  const scaled = addNode(b, 'Mul', [q.name, b.scalar(1 / Math.sqrt(channels), q.name)], `${name}/scaled`, q.shape);
  const [queries, keys, contents] = [cut(q, scaled, 'q'), cut(k, k.name, 'k'), cut(v, v.name, 'v')];
  const [from, to] = [queries.shape[2] as number, keys.shape[2] as number];
  const perm = { perm: ints([0, 1, 3, 2]) };
  const turned = addNode(b, 'Transpose', [keys.name], `${name}/turned`, [heads, to, channels], perm);
  const scores = addNode(b, 'MatMul', [turned, queries.name], `${name}/scores`, [heads, to, from]);
  const shares = addNode(b, 'Softmax', [scores], `${name}/shares`, [heads, to, from], { axis: int(2) });
  const parts = [heads, contents.shape[1] as number, from];
  const means = addNode(b, 'MatMul', [contents.name, shares], `${name}/means`, parts);
  const shape = [v.shape[0] as number, ...q.shape.slice(1)];
  return addNode(b, 'Reshape', [means, b.integers('shape', [0, ...shape])], name, shape);
}
