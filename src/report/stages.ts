import { type Graph, type GraphNode, type Shape, shapeOf, type ValueRef } from '../5-graph/graph.ts';
import { memoise } from '../memoise.ts';
import { groupBy } from './group-by.ts';

/** The nodes of one row of a model's table, or of a section without one, in the graph's order. */
export interface Stage {
  /** `stem`, `stages.4`. */
  readonly id: string;
  readonly section: string;
  readonly row?: string;
  /** The block that a section without a table consists of, as the source writes it. */
  readonly callee?: string;
  readonly blocks: readonly Block[];
  readonly nodes: readonly GraphNode[];
}

/** One block of a row: what a table's `repeat` counts. */
export interface Block {
  readonly number: number;
  /** The name of the block as the source writes it; absent for a section without a table. */
  readonly operator?: string;
  /** The names of its tensor parameters, where it takes more than one. */
  readonly tensors?: readonly string[];
  readonly nodes: readonly GraphNode[];
}

/** A value that goes from one set of nodes to another. */
export interface Crossing {
  readonly value: ValueRef;
  readonly shape: Shape;
}

/** `stem`, `stages.4`: which stage a node belongs to. */
export function stageId({ place: { section, row } }: GraphNode): string {
  return row === undefined ? section : `${section}.${row}`;
}

/** The network cut into stages, in the order in which they first appear. Inputs belong to none. */
export function stagesOf(graph: Graph): Stage[] {
  const nodes = graph.nodes.filter(({ op }) => op.kind !== 'input');
  return [...groupBy(nodes, stageId)].map(([id, own]) => {
    const { section, row, callee } = (own[0] as GraphNode).place;
    const blocks = [...groupBy(own, ({ place }) => place.block ?? 0)].map(([number, inBlock]) => {
      const { operator, tensors } = (inBlock[0] as GraphNode).place;
      return { number, nodes: inBlock, ...(operator !== undefined && { operator }), ...(tensors && { tensors }) };
    });
    return {
      id,
      section,
      ...(row !== undefined && { row }),
      ...(callee !== undefined && { callee }),
      nodes: own,
      blocks,
    };
  });
}

/** The values that `nodes` read and do not make, each once, in the order of reading. */
export function inputsOf(graph: Graph, nodes: readonly GraphNode[]): Crossing[] {
  const inside = new Set(nodes.map((n) => n.id));
  const seen = new Map<string, Crossing>();
  for (const node of nodes) {
    for (const value of node.inputs) {
      const key = refKey(value);
      if (!inside.has(value.node) && !seen.has(key)) seen.set(key, { value, shape: shapeOf(graph, value) });
    }
  }
  return [...seen.values()];
}

/** The values of `nodes` that others read or that are the graph's outputs, each once. */
export function outputsOf(graph: Graph, nodes: readonly GraphNode[]): Crossing[] {
  const inside = new Set(nodes.map((n) => n.id));
  const seen = new Map<string, Crossing>();
  const see = (value: ValueRef) => {
    if (inside.has(value.node)) seen.set(refKey(value), { value, shape: shapeOf(graph, value) });
  };
  for (const id of readersOf(graph, nodes)) {
    if (!inside.has(id)) for (const value of graph.nodes[id]?.inputs ?? []) see(value);
  }
  for (const output of graph.outputs) see(output.value);
  return [...seen.values()];
}

/** A name for a value within its graph. */
export function refKey(ref: ValueRef): string {
  return `${ref.node}:${ref.output}`;
}

/** The nodes that read what each node makes. */
const readers = memoise((graph: Graph): readonly (readonly number[])[] => {
  const lists: number[][] = graph.nodes.map(() => []);
  for (const node of graph.nodes) for (const ref of node.inputs) lists[ref.node]?.push(node.id);
  return lists;
});

/** The nodes that read what `nodes` make. */
function readersOf(graph: Graph, nodes: readonly GraphNode[]): number[] {
  const table = readers(graph);
  const found = new Set<number>();
  for (const node of nodes) for (const id of table[node.id] ?? []) found.add(id);
  return [...found].sort((a, b) => a - b);
}
