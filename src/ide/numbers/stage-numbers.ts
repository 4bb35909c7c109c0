import { totalCost } from '../../5-graph/cost.ts';
import type { Graph, GraphNode, Shape } from '../../5-graph/graph.ts';
import { inputsOf, outputsOf, type Stage, stagesOf } from '../../report/stages.ts';

/** A row of a table or a whole section, in numbers. */
export interface StageNumbers {
  /** How many blocks the row builds; 1 for a section without rows. */
  readonly repeats: number;
  readonly input: Shape;
  readonly output: Shape;
  readonly params: number;
  readonly macs: number;
  /** The name of the block that the row builds, as written. */
  readonly operator?: string;
}

/** A graph's stages with what was asked of them so far. */
interface GraphStages {
  readonly stages: readonly Stage[];
  readonly numbers: Map<string, StageNumbers | undefined>;
}

const known = new WeakMap<Graph, GraphStages>();

/** The numbers of all sections and rows of a graph: what is left of it where the graph itself is not kept. */
export function allStageNumbers(graph: Graph): ReadonlyMap<string, StageNumbers> {
  const all = new Map<string, StageNumbers>();
  const add = (id: string, numbers: StageNumbers | undefined) => {
    if (numbers) all.set(id, numbers);
  };
  for (const { section, row, id } of stagesOf(graph)) {
    if (row !== undefined) add(id, stageNumbers(graph, section, row));
    // of an inner model's sections only the outer one is a section of this model
    const [outer = section] = section.split('.');
    if (!all.has(outer)) add(outer, stageNumbers(graph, outer));
    if (row === undefined && !all.has(section)) add(section, stageNumbers(graph, section));
  }
  return all;
}

/**
 * The numbers of a row, `stages` and `2`, or of a section with all that is in it, the sections of an inner model
 * included. Undefined where the network has none of it: a row repeated 0 times, a section that no output reaches.
 */
export function stageNumbers(graph: Graph, section: string, row?: string): StageNumbers | undefined {
  let entry = known.get(graph);
  if (!entry) {
    entry = { stages: stagesOf(graph), numbers: new Map() };
    known.set(graph, entry);
  }
  const key = row === undefined ? section : `${section}.${row}`;
  if (!entry.numbers.has(key)) entry.numbers.set(key, measure(graph, select(entry.stages, section, row)));
  return entry.numbers.get(key);
}

function select(stages: readonly Stage[], section: string, row: string | undefined): readonly Stage[] {
  if (row !== undefined) return stages.filter((s) => s.section === section && s.row === row);
  return stages.filter((s) => s.section === section || s.section.startsWith(`${section}.`));
}

function measure(graph: Graph, stages: readonly Stage[]): StageNumbers | undefined {
  const [first] = stages;
  const nodes = stages.flatMap((s) => s.nodes);
  const last = nodes.at(-1);
  if (!first || !last) return undefined;
  const { params, macs } = totalCost(graph, nodes);
  const operator = stages.length === 1 ? first.blocks[0]?.operator : undefined;
  return {
    repeats: stages.length === 1 ? first.blocks.length : 1,
    input: inputsOf(graph, nodes)[0]?.shape ?? [],
    output: lastOutput(graph, nodes) ?? last.shapes[0] ?? [],
    params,
    macs,
    ...(operator !== undefined && { operator }),
  };
}

/** What goes on from here: of several outputs the one made last. */
function lastOutput(graph: Graph, nodes: readonly GraphNode[]): Shape | undefined {
  const made = outputsOf(graph, nodes).sort((a, b) => a.value.node - b.value.node);
  return made.at(-1)?.shape;
}
