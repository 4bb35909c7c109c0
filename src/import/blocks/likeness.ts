import { isDepthwise } from '../say-op.ts';
import type { Reading } from './reading.ts';

/** What nodes compute from one value, up to their numbers, as a text: equal for nodes that one block can describe. */
export function likeness({ nodes }: Reading, ids: readonly number[]): string {
  const places = new Map(ids.map((id, place) => [id, place]));
  const parts = ids.map((id) => {
    const { op, inputs, shapes } = nodes[id]!;
    const from = inputs.map(({ node, output }) => `${places.get(node) ?? 'x'}.${output}`);
    return `${kindOf(id, nodes)}/${shapes[0]?.length} ${op.kind === 'split' ? op.parts : ''}(${from})`;
  });
  return parts.join(' ');
}

function kindOf(id: number, nodes: Reading['nodes']): string {
  const { op, inputs } = nodes[id]!;
  const [x] = inputs;
  if (op.kind === 'conv') return isDepthwise(op, x && nodes[x.node]?.shapes[x.output]) ? 'depthwise' : 'conv';
  if (op.kind === 'rescale') return op.scale === 1 ? 'plus' : 'times';
  if (op.kind === 'upsample') return `upsample ${op.mode}`;
  if (op.kind === 'weight') return `weight ${op.shape.map((n) => (n === 1 ? 1 : 'n'))}`;
  return op.kind;
}
