import { nodeCost } from '../../5-graph/cost.ts';
import { type Graph, type GraphNode, type Shape, shapeOf, type ValueRef } from '../../5-graph/graph.ts';

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

/** The numbers of all stages of one graph: what is left of it where the graph itself is not kept. */
export interface AllStageNumbers {
  /** Of the whole network. */
  readonly params: number;
  readonly macs: number;
  /** Of a row, `stages` and `2`, or of a section with all that is in it, the sections of an inner model included. */
  get(section: string, row?: string): StageNumbers | undefined;
}

const known = new WeakMap<Graph, AllStageNumbers>();

/** The numbers of all sections and rows of a graph. */
export function allStageNumbers(graph: Graph): AllStageNumbers {
  let all = known.get(graph);
  if (!all) {
    all = measureStages(graph);
    known.set(graph, all);
  }
  return all;
}

/** Of one. Undefined where the network has none of it: a row repeated 0 times, a section that no output reaches. */
export function stageNumbers(graph: Graph, section: string, row?: string): StageNumbers | undefined {
  return allStageNumbers(graph).get(section, row);
}

/** Some nodes of a graph while they are counted. */
interface Group {
  readonly first: GraphNode;
  params: number;
  macs: number;
  input: Shape | undefined;
  /** Of the values that others read the one made last. */
  output: { readonly value: ValueRef; readonly shape: Shape } | undefined;
  last: GraphNode;
  /** The row and block of the node before, and how many blocks and rows there were. */
  row: string | undefined;
  block: number | undefined;
  blocks: number;
  rows: number;
}

/** One walk over the nodes, for each of which a few groups count: its row, and its section with those around it. */
function measureStages(graph: Graph): AllStageNumbers {
  const rows = new Map<string, Map<string, Group>>();
  const sections = new Map<string, Group>();
  const groupsOf: (readonly Group[])[] = [];
  const total = { params: 0, macs: 0 };
  for (const node of graph.nodes) {
    if (node.op.kind === 'input') {
      groupsOf.push([]);
      continue;
    }
    const groups = groupsAt(node, rows, sections);
    groupsOf.push(groups);
    const { params, macs } = nodeCost(graph, node);
    total.params += params;
    total.macs += macs;
    for (const group of groups) count(group, node, params, macs);
    for (const value of node.inputs) {
      const shape = shapeOf(graph, value);
      const makers = groupsOf[value.node] ?? [];
      for (const group of groups) if (!makers.includes(group)) group.input ??= shape;
      for (const maker of makers) if (!groups.includes(maker)) giveOut(maker, value, shape);
    }
  }
  for (const { value } of graph.outputs) {
    for (const maker of groupsOf[value.node] ?? []) giveOut(maker, value, shapeOf(graph, value));
  }
  const numbers = new Map<Group, StageNumbers>();
  return {
    ...total,
    get(section, row) {
      const group = row === undefined ? sections.get(section) : rows.get(section)?.get(row);
      if (!group) return undefined;
      let found = numbers.get(group);
      if (!found) {
        found = numbersOf(group);
        numbers.set(group, found);
      }
      return found;
    },
  };
}

function groupsAt(
  node: GraphNode,
  rows: Map<string, Map<string, Group>>,
  sections: Map<string, Group>,
): readonly Group[] {
  const { section, row } = node.place;
  const groups: Group[] = [];
  for (let end = section.length; end > 0; end = section.lastIndexOf('.', end - 1)) {
    groups.push(groupIn(sections, section.slice(0, end), node));
  }
  if (row !== undefined) {
    let ofSection = rows.get(section);
    if (!ofSection) {
      ofSection = new Map();
      rows.set(section, ofSection);
    }
    groups.push(groupIn(ofSection, row, node));
  }
  return groups;
}

function groupIn(groups: Map<string, Group>, key: string, first: GraphNode): Group {
  let group = groups.get(key);
  if (!group) {
    const nothing = { params: 0, macs: 0, input: undefined, output: undefined };
    group = { first, ...nothing, last: first, row: undefined, block: undefined, blocks: 0, rows: 0 };
    groups.set(key, group);
  }
  return group;
}

function count(group: Group, node: GraphNode, params: number, macs: number): void {
  const { section, row, block = 0 } = node.place;
  const stage = row === undefined ? section : `${section}.${row}`;
  if (group.row !== stage) {
    group.row = stage;
    group.block = undefined;
    group.rows++;
  }
  if (group.block !== block) {
    group.block = block;
    group.blocks++;
  }
  group.last = node;
  group.params += params;
  group.macs += macs;
}

function giveOut(group: Group, value: ValueRef, shape: Shape): void {
  const { output } = group;
  if (!output || value.node > output.value.node || isLaterOutput(value, output.value)) group.output = { value, shape };
}

function isLaterOutput(a: ValueRef, b: ValueRef): boolean {
  return a.node === b.node && a.output > b.output;
}

function numbersOf({ first, last, params, macs, input, output, blocks, rows }: Group): StageNumbers {
  const { operator } = first.place;
  return {
    repeats: rows === 1 ? blocks : 1,
    input: input ?? [],
    output: output?.shape ?? last.shapes[0] ?? [],
    params,
    macs,
    ...(rows === 1 && operator !== undefined && { operator }),
  };
}
