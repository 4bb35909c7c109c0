import type { ValueRef } from '../5-graph/graph.ts';
import type { ImportedNetwork, ImportedNode } from './network.ts';

/**
 * The same network with each branch in one run of nodes, where files interleave the nodes of parallel branches: a node's first input
 * is computed first, with everything that it needs. Inputs stay in front, in their order.
 */
export function depthFirst(network: ImportedNetwork): ImportedNetwork {
  const { nodes, outputs } = network;
  const order: number[] = [];
  const places = new Map<number, number>();
  const place = (id: number) => {
    places.set(id, order.length);
    order.push(id);
  };
  for (const [id, { op }] of nodes.entries()) if (op.kind === 'input') place(id);
  for (const { value } of outputs) {
    // Nodes whose inputs are being placed, with the number of inputs placed so far.
    const open = places.has(value.node) ? [] : [{ id: value.node, done: 0 }];
    for (let at = open.at(-1); at; at = open.at(-1)) {
      const next = (nodes[at.id] as ImportedNode).inputs[at.done++];
      if (next && !places.has(next.node)) open.push({ id: next.node, done: 0 });
      else if (!next) {
        place(at.id);
        open.pop();
      }
    }
  }
  const moved = (ref: ValueRef): ValueRef => ({ ...ref, node: places.get(ref.node) as number });
  return {
    ...network,
    nodes: order.map((id) => {
      const node = nodes[id] as ImportedNode;
      return { ...node, inputs: node.inputs.map(moved) };
    }),
    outputs: outputs.map((output) => ({ ...output, value: moved(output.value) })),
  };
}
