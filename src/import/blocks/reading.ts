import type { ImportedNetwork, ImportedNode } from '../network.ts';

/** Which nodes of a network read which others. */
export interface Reading {
  readonly nodes: readonly ImportedNode[];
  /** By node: the nodes that it reads, each once. */
  readonly sources: readonly (readonly number[])[];
  /** By node: the nodes that read it, in order; the number of nodes represents an output of the network. */
  readonly readers: readonly (readonly number[])[];
}

/** @param sizes by node: another one whose output's size it takes */
export function readingOf({ nodes, outputs }: ImportedNetwork, sizes: ReadonlyMap<number, number>): Reading {
  const readers: number[][] = nodes.map(() => []);
  const sources = nodes.map(({ inputs }, id) => {
    const giver = sizes.get(id);
    return [...new Set([...inputs.map(({ node }) => node), ...(giver === undefined ? [] : [giver])])];
  });
  for (const [id, list] of sources.entries()) for (const source of list) readers[source]?.push(id);
  for (const { value } of outputs) readers[value.node]?.push(nodes.length);
  return { nodes, sources, readers };
}
