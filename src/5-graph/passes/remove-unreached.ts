import { renumberCalls } from '../calls.ts';
import type { Graph, GraphNode, ValueRef } from '../graph.ts';

/** The network outside of training: without auxiliary outputs and what only they need. */
export function withoutAuxiliary(graph: Graph): Graph {
  return graph.auxiliary.length === 0 ? graph : removeUnreached({ ...graph, auxiliary: [] });
}

/**
 * Returns which nodes all outputs depend on. The nodes of only one level of a detector are not among them: a map of one
 * pixel there does not mean that the image is too small.
 */
export function neededByAll({ nodes, outputs }: Graph): (id: number) => boolean {
  const ends = new Set(outputs.map(({ value }) => value.node));
  const counts = new Uint32Array(nodes.length);
  for (const end of ends) {
    const reached = new Uint8Array(nodes.length);
    reached[end] = 1;
    for (let id = end; id >= 0; id--) {
      if (!reached[id]) continue;
      counts[id] = (counts[id] as number) + 1;
      for (const { node } of (nodes[id] as GraphNode).inputs) reached[node] = 1;
    }
  }
  return (id) => counts[id] === ends.size;
}

/** Whether no output can be reached from the inputs around a node: neither by a branch next to it nor by a shortcut. */
export function isUnavoidable({ nodes, inputs, outputs }: Graph, id: number): boolean {
  const reached = new Uint8Array(nodes.length);
  for (const input of inputs) reached[input] = 1;
  for (const node of nodes) if (node.inputs.some((ref) => reached[ref.node])) reached[node.id] = node.id === id ? 0 : 1;
  return outputs.every(({ value }) => !reached[value.node]);
}

/** Leaves out the nodes that no output reaches, and renumbers the others in the same order. */
export function removeUnreached(graph: Graph): Graph {
  const reached = new Uint8Array(graph.nodes.length);
  for (const { value } of [...graph.outputs, ...graph.auxiliary]) reached[value.node] = 1;
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    if (reached[id]) for (const ref of (graph.nodes[id] as GraphNode).inputs) reached[ref.node] = 1;
  }
  if (!reached.includes(0)) return graph;
  return selectNodes(
    graph,
    (node) => reached[node.id] === 1,
    (ref) => ref,
  );
}

/**
 * A graph with some of the nodes; readers of a removed node read what `forward` names instead.
 * @param forward the value that replaces another; called until it no longer changes
 */
export function selectNodes(
  graph: Graph,
  keep: (node: GraphNode) => boolean,
  forward: (ref: ValueRef) => ValueRef,
  change: (node: GraphNode) => GraphNode = (node) => node,
): Graph {
  const numbers = new Map<number, number>();
  const nodes: GraphNode[] = [];
  const keptBefore = [0];
  const settle = (ref: ValueRef): ValueRef => {
    let current = ref;
    for (let next = forward(current); next !== current; next = forward(current)) current = next;
    return { node: numbers.get(current.node) ?? -1, output: current.output };
  };
  for (const node of graph.nodes) {
    if (keep(node)) {
      numbers.set(node.id, nodes.length);
      nodes.push({ ...change(node), id: nodes.length, inputs: node.inputs.map(settle) });
    }
    keptBefore.push(nodes.length);
  }
  return {
    name: graph.name,
    nodes,
    inputs: nodes.flatMap((n) => (n.op.kind === 'input' ? [n.id] : [])),
    outputs: graph.outputs.map((o) => ({ ...o, value: settle(o.value) })),
    auxiliary: graph.auxiliary.map((o) => ({ ...o, value: settle(o.value) })),
    preprocessing: graph.preprocessing,
    models: graph.models,
    calls: renumberCalls(graph.calls, (node) => keptBefore[node] as number),
  };
}
