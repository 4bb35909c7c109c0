import { type Cost, nodeCost, totalCost, zeroCost } from '../5-graph/cost.ts';
import { type Graph, type GraphNode, type Shape, shapeOf, type ValueRef } from '../5-graph/graph.ts';
import { memoise } from '../memoise.ts';
import { stageId } from './stages.ts';

/** The figures of a row of a table or of a whole section: its costs, inputs and outputs. */
export interface StageNumbers extends Cost {
  /** How many blocks the row builds; 1 for a section without rows. */
  readonly repeats: number;
  readonly input: Shape;
  readonly output: Shape;
  /** The node that makes the output: of several the one made last. */
  readonly outputNode: number;
  /** The names of the blocks that the row builds, as written; none for a section without rows. */
  readonly operators: readonly string[];
}

/**
 * The figures of all stages of one graph, kept where the graph itself is not. The total is counted as outside of training;
 * stages that only training has are included.
 */
export interface AllStageNumbers extends Cost {
  /** For a row, `stages` and `2`, or for a section with its contents, including the sections of an inner model. */
  get(section: string, row?: string): StageNumbers | undefined;
  /** Of the stages of `stagesOf`, by their ids and in their order: no node is in two of them. */
  readonly stages: ReadonlyMap<string, StageNumbers>;
}

/** The numbers of all sections and rows of a graph. */
export const allStageNumbers: (graph: Graph) => AllStageNumbers = memoise(measureStages);

/** For one. Undefined if the network does not have it: a row repeated 0 times, a section that no output reaches. */
export function stageNumbers(graph: Graph, section: string, row?: string): StageNumbers | undefined {
  return allStageNumbers(graph).get(section, row);
}

/** Some nodes of a graph while they are counted. */
interface Group {
  readonly cost: Sum;
  input: Shape | undefined;
  /** Of the values that others read the one made last. */
  output: { readonly value: ValueRef; readonly shape: Shape } | undefined;
  last: GraphNode;
  /** The row and block of the node before, and all that there were. */
  row: string | undefined;
  block: number | undefined;
  readonly rows: Set<string>;
  readonly blocks: Set<number>;
  readonly operators: Set<string>;
}

type Sum = { -readonly [K in keyof Cost]: Cost[K] };

/** The groups by their keys. */
interface Groups {
  readonly sections: Map<string, Group>;
  readonly stages: Map<string, Group>;
}

/**
 * One pass over the nodes, each of which counts for a few groups: its stage, and its section with the enclosing ones.
 */
function measureStages(graph: Graph): AllStageNumbers {
  const all: Groups = { sections: new Map(), stages: new Map() };
  const groupsOf: (readonly Group[])[] = [];
  const total: Sum = { ...zeroCost };
  for (const node of graph.nodes) {
    if (node.op.kind === 'input') {
      groupsOf.push([]);
      continue;
    }
    const groups = groupsAt(node, all);
    groupsOf.push(groups);
    const cost = nodeCost(graph, node);
    add(total, cost);
    for (const group of groups) count(group, node, cost);
    for (const value of node.inputs) {
      const shape = shapeOf(graph, value);
      const makers = groupsOf[value.node] ?? [];
      for (const group of groups) if (!makers.includes(group)) group.input ??= shape;
      for (const maker of makers) if (!groups.includes(maker)) giveOut(maker, value, shape);
    }
  }
  for (const { value } of [...graph.outputs, ...graph.auxiliary]) {
    for (const maker of groupsOf[value.node] ?? []) giveOut(maker, value, shapeOf(graph, value));
  }
  const stages = new Map([...all.stages].map(([id, group]) => [id, numbersOf(group)]));
  const sections = new Map([...all.sections].map(([id, group]) => [id, numbersOf(group)]));
  return {
    ...(graph.auxiliary.length === 0 ? total : totalCost(graph)),
    get: (section, row) => (row === undefined ? sections.get(section) : stages.get(`${section}.${row}`)),
    stages,
  };
}

function groupsAt(node: GraphNode, { sections, stages }: Groups): readonly Group[] {
  const { section } = node.place;
  const groups = [groupIn(stages, stageId(node), node)];
  for (let end = section.length; end > 0; end = section.lastIndexOf('.', end - 1)) {
    groups.push(groupIn(sections, section.slice(0, end), node));
  }
  return groups;
}

function groupIn(groups: Map<string, Group>, key: string, first: GraphNode): Group {
  let group = groups.get(key);
  if (!group) {
    const seen = { row: undefined, block: undefined, rows: new Set<string>(), blocks: new Set<number>() };
    group = {
      cost: { ...zeroCost },
      input: undefined,
      output: undefined,
      last: first,
      ...seen,
      operators: new Set(),
    };
    groups.set(key, group);
  }
  return group;
}

function count(group: Group, node: GraphNode, cost: Cost): void {
  const { block = 0, operator } = node.place;
  const stage = stageId(node);
  if (group.row !== stage) {
    group.row = stage;
    group.block = undefined;
    group.rows.add(stage);
  }
  if (group.block !== block) {
    group.block = block;
    group.blocks.add(block);
    if (operator !== undefined) group.operators.add(operator);
  }
  group.last = node;
  add(group.cost, cost);
}

function add(sum: Sum, { params, buffers, macs, activations, activationBytes }: Cost): void {
  sum.params += params;
  sum.buffers += buffers;
  sum.macs += macs;
  sum.activations += activations;
  sum.activationBytes += activationBytes;
}

function giveOut(group: Group, value: ValueRef, shape: Shape): void {
  const { output } = group;
  if (!output || value.node > output.value.node || isLaterOutput(value, output.value)) group.output = { value, shape };
}

function isLaterOutput(a: ValueRef, b: ValueRef): boolean {
  return a.node === b.node && a.output > b.output;
}

function numbersOf({ cost, last, input, output, blocks, rows, operators }: Group): StageNumbers {
  const isOne = rows.size === 1;
  return {
    ...cost,
    repeats: isOne ? blocks.size : 1,
    input: input ?? [],
    output: output?.shape ?? last.shapes[0] ?? [],
    outputNode: output?.value.node ?? last.id,
    operators: isOne ? [...operators] : [],
  };
}
