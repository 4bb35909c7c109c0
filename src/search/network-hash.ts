import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Graph, GraphNode, ValueRef } from '../5-graph/graph.ts';
import { withoutAuxiliary } from '../5-graph/passes/remove-unreached.ts';

/**
 * A hash of a network: equal for networks that compute the same with the same layers, however their specs are written and their parts named. Nodes are numbered in the order of a walk from the outputs, so that the order of the text does not matter; ops with their attributes, shapes, tensors shared between nodes, and the normalisation of pixels do.
 * @returns 32 hexadecimal digits of a SHA-256
 */
export function networkHash(written: Graph): string {
  const graph = withoutAuxiliary(written);
  const numbers = new Map<number, number>();
  const tensors = new Map<string, number>();
  const lines: string[] = [];
  for (const id of inOrder(graph)) {
    const { op, inputs, shapes, tensors: own, owner, path } = graph.nodes[id] as GraphNode;
    numbers.set(id, numbers.size);
    const sources = inputs.map(({ node, output }) => `${numbers.get(node)}.${output}`);
    const owned = own.map(({ role, shape, initial }) => {
      const name = `${owner ?? path}.${role}`;
      if (!tensors.has(name)) tensors.set(name, tensors.size);
      return [tensors.get(name), role, shape, initial];
    });
    lines.push(JSON.stringify([op.kind === 'input' ? { kind: op.kind } : op, sources, shapes, owned]));
  }
  for (const { value } of graph.outputs) lines.push(`${numbers.get(value.node)}.${value.output}`);
  for (const id of graph.inputs) {
    const { path } = graph.nodes[id] as GraphNode;
    lines.push(JSON.stringify([numbers.get(id), Object.entries(graph.preprocessing[path] ?? {}).sort()]));
  }
  return bytesToHex(sha256(utf8ToBytes(lines.join('\n')))).slice(0, 32);
}

/** The nodes that the outputs reach, inputs before their readers: a depth-first walk in postorder. */
function* inOrder({ nodes, outputs }: Graph): Generator<number> {
  const seen = new Set<number>();
  for (const { value } of outputs) {
    const walk: { readonly id: number; readonly inputs: readonly ValueRef[]; next: number }[] = [];
    const enter = (id: number) => {
      if (seen.has(id)) return;
      seen.add(id);
      walk.push({ id, inputs: (nodes[id] as GraphNode).inputs, next: 0 });
    };
    enter(value.node);
    for (let at = walk.at(-1); at; at = walk.at(-1)) {
      const input = at.inputs[at.next++];
      if (input) enter(input.node);
      else {
        walk.pop();
        yield at.id;
      }
    }
  }
}
