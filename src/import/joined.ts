import type { ValueRef } from '../5-graph/graph.ts';
import type { ImportedNetwork } from './network.ts';

/**
 * A network whose concatenations extend an earlier one where they begin with its values: in dense blocks (Huang et al. 2017),
 * which concatenate everything before, each layer then adds to the previous concatenation.
 */
export function withNestedConcats({ nodes, ...network }: ImportedNetwork): ImportedNetwork {
  const known = new Map<string, number>();
  const key = (refs: readonly ValueRef[]) => refs.map(({ node, output }) => `${node}.${output}`).join();
  return {
    ...network,
    nodes: nodes.map((node, id) => {
      if (node.op.kind !== 'concat') return node;
      const { inputs } = node;
      known.set(key(inputs), known.get(key(inputs)) ?? id);
      for (let length = inputs.length - 1; length > 1; length--) {
        const before = known.get(key(inputs.slice(0, length)));
        if (before !== undefined) return { ...node, inputs: [{ node: before, output: 0 }, ...inputs.slice(length)] };
      }
      return node;
    }),
  };
}
