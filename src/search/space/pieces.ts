import type { Member } from '../../1-parse/ast.ts';
import type { DeclaredModel } from '../../2-resolve/program.ts';
import { meaningsOf } from '../../3-check/meanings/declaration-names.ts';
import { boundName, eachName } from '../../3-check/meanings/names-in.ts';
import { givenNames } from '../../3-check/meanings/occurrence.ts';
import { nodeCost } from '../../5-graph/cost.ts';
import type { Graph, GraphNode } from '../../5-graph/graph.ts';
import { activationMemory } from '../../5-graph/memory.ts';
import type { Costs } from '../costs.ts';
import { countsRatesAlone, isRateOfMember } from './rate-counters.ts';
import type { Space } from './space.ts';

/** A run of nodes of one row of a table, or of one section: its costs, and what it passes on. */
export interface Piece {
  /** `stages.2`, `head`. */
  readonly id: string;
  /** `memory` is the peak while it runs. */
  readonly costs: Costs;
  /**
   * The shape of the one value that it takes from earlier pieces, and of the one that later pieces take; '' for none.
   */
  readonly takes: string;
  readonly gives: string;
  /** Equal where two pieces have the same layers. */
  readonly signature: string;
}

/** How a model's network is a chain of pieces. */
export interface ChainKind {
  /** Whether rows read the numbers of their blocks, only for rates of DropPath and Dropout: then pieces exclude those ops. */
  readonly counted: boolean;
}

/**
 * Whether a model's network is a chain of pieces, each of which depends on its own choices and on the shape that comes in: no
 * section reads another by its name, nothing is required of the whole network, and the numbers of blocks reach only rates that
 * matter in training, which do not depend on a choice. @returns undefined where it is not a chain
 */
export function chainKind(declared: DeclaredModel, { decisions }: Space): ChainKind | undefined {
  const { node: model } = declared;
  const meanings = meaningsOf(model);
  const sections = model.members.filter((m) => m.kind === 'section');
  let counted = false;
  const isChain = model.members.every((member) => {
    if (!chained.has(member.kind)) return false;
    if (member.kind !== 'section' && member.kind !== 'table' && member.kind !== 'return') return true;
    let free = true;
    let reads = false;
    eachName(meanings, member, (_, target) => {
      const bound = boundName(target);
      const ends = member.kind === 'return' && target.kind === 'local' && target.local.binder === sections.at(-1);
      if (target.kind === 'path') free = false;
      if (bound === givenNames.index || bound === givenNames.count) reads = true;
      if (bound && 'ident' in bound && crossing.has(bound.kind) && !ends) free = false;
    });
    counted ||= reads;
    return free && (!reads || countsRatesAlone(declared, member));
  });
  if (!isChain) return undefined;
  const columns = new Set(decisions.flatMap(({ places }) => places.map((place) => place.split('.')[2] ?? '')));
  const ofRates = [...columns].some((column) => model.members.some((m) => isRateOfMember(declared, m, column)));
  return counted && ofRates ? undefined : { counted };
}

const chained: ReadonlySet<Member['kind']> = new Set([
  'param',
  'convention',
  'input',
  'maximize',
  'scaling',
  'variants',
  'table',
  'section',
  'return',
]);

const crossing: ReadonlySet<string> = new Set(['value', 'section', 'input']);

/** The pieces of a network in order; undefined where more than one value goes from one to the next. */
export function piecesOf(graph: Graph): readonly Piece[] | undefined {
  const { live } = activationMemory(graph);
  const ends = lastReaders(graph);
  const pieces: Piece[] = [];
  let first = 0;
  let takes = '';
  while (first < graph.nodes.length) {
    const id = pieceId(graph.nodes[first] as GraphNode);
    let end = first + 1;
    while (end < graph.nodes.length && pieceId(graph.nodes[end] as GraphNode) === id) end++;
    const crossingValues = graph.nodes
      .slice(0, end)
      .flatMap((node) => node.shapes.flatMap((shape, i) => ((ends[node.id]?.[i] ?? -1) >= end ? [shape] : [])));
    if (crossingValues.length > 1 || pieces.some((piece) => piece.id === id)) return undefined;
    const gives = crossingValues.join('x');
    pieces.push(pieceOf(graph, id, graph.nodes.slice(first, end), live, takes, gives));
    takes = gives;
    first = end;
  }
  return pieces;
}

function pieceOf(
  graph: Graph,
  id: string,
  nodes: readonly GraphNode[],
  live: readonly number[],
  takes: string,
  gives: string,
): Piece {
  const costs = { params: 0, macs: 0, activations: 0, memory: 0 };
  for (const node of nodes) {
    const { params, macs, activations } = nodeCost(graph, node);
    costs.params += params;
    costs.macs += macs;
    costs.activations += activations;
    costs.memory = Math.max(costs.memory, live[node.id] ?? 0);
  }
  const start = nodes[0]?.id ?? 0;
  const signature = nodes.map((n) => layerOf(n, start)).join('|');
  return { id, costs, takes, gives, signature };
}

/** Everything that distinguishes a node's layer from others: op, inputs by their distance, tensors. */
function layerOf({ op, inputs, shapes, tensors }: GraphNode, start: number): string {
  const sources = inputs.map(({ node, output }) => (node < start ? 'in' : `${node - start}.${output}`));
  return `${JSON.stringify(op)}${sources}:${shapes.join(';')}:${tensors.map((t) => t.shape).join(';')}`;
}

function pieceId({ op, place }: GraphNode): string {
  if (op.kind === 'input') return 'input';
  return place.row === undefined ? place.section : `${place.section}.${place.row}`;
}

/** For each output of each node the last node that reads it; infinity for the network's outputs. */
function lastReaders(graph: Graph): number[][] {
  const last = graph.nodes.map(({ shapes }) => shapes.map(() => -1));
  const read = (node: number, output: number, by: number) => {
    const ends = last[node];
    if (ends) ends[output] = Math.max(ends[output] ?? -1, by);
  };
  for (const { id, inputs } of graph.nodes) for (const { node, output } of inputs) read(node, output, id);
  for (const { value } of graph.outputs) read(value.node, value.output, Number.POSITIVE_INFINITY);
  return last;
}
