import type { Graph, GraphNode } from '../graph.ts';
import type { ProgramNode, StepFunction } from './program.ts';
import type { Keeps } from './recompute.ts';

/** Which segment each node of the network is in, by its number. */
export type Segments = readonly number[];

/**
 * The network's stages as segments: the sections, and the rows of their tables, in the order in which they begin. Nodes of a
 * stage that began earlier belong to the one that they come after.
 */
export function stageSegments({ nodes }: Graph): Segments {
  let segment = -1;
  const seen = new Set<string>();
  return nodes.map(({ place }: GraphNode) => {
    const name = `${place.section}/${place.row ?? ''}`;
    if (!seen.has(name)) segment++;
    seen.add(name);
    return segment;
  });
}

/**
 * Keeps what one segment hands to others, and all of the last one, whose backward half comes first: its values would be made again
 * right after they were made.
 */
export function keepsBetween(fn: StepFunction, segments: Segments): Keeps {
  const last = Math.max(...segments);
  const segmentOf = ({ part }: ProgramNode) =>
    part?.backward === false ? (segments[part.node] as number) : Number.NaN;
  const handed = new Set<string>();
  for (const reader of fn.nodes) {
    if (reader.part?.backward) continue;
    for (const ref of reader.inputs) {
      const from = segmentOf(fn.nodes[ref.node] as ProgramNode);
      if (from !== segmentOf(reader)) handed.add(`${ref.node}:${ref.output}`);
    }
  }
  for (const { value } of fn.outputs) handed.add(`${value.node}:${value.output}`);
  return (ref, node) => segmentOf(node) === last || handed.has(`${ref.node}:${ref.output}`);
}
