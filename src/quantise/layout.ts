import type { Graph, GraphNode, ValueRef } from '../5-graph/graph.ts';
import { descriptorOf, type OpKind } from '../ops/ops.ts';
import type { Unit } from './units.ts';

/** What is held and computed on few bits, without the numbers: which ranges a plan needs. */
export interface Layout {
  /** The numbers of nodes that compute in integers. */
  readonly integer: ReadonlySet<number>;
  /** The units with int8 weights. */
  readonly weighted: readonly Unit[];
  /** The numbers of nodes whose values are read as integers or given as such; each needs a range. */
  readonly held: readonly number[];
  /** By the number of a node that only moves elements, or whose activation bounds: whose range it has. */
  readonly rangeOf: ReadonlyMap<number, number>;
}

/**
 * Decides what computes in integers. Convolutions and linear layers read integers; they give them where something reads them as
 * such. A sum computes in integers where both terms are held so and its result is read so; so does what only moves elements.
 * @param floats the numbers of units that stay float32.
 * @param observed units that give float32 whatever reads them, as what they give is to be seen.
 */
export function layOut(
  graph: Graph,
  units: readonly Unit[],
  floats: ReadonlySet<number>,
  observed: ReadonlySet<number> = new Set(),
): Layout {
  const weighted = units.filter((unit) => unit.kind !== 'add' && !floats.has(unit.node));
  const weightedNodes = new Set(weighted.map(({ node }) => node));
  const unitAt = new Map(units.map((unit) => [unit.node, unit]));
  const readers = readersOf(graph);
  const outputs = new Set(graph.outputs.map(({ value }) => value.node));

  // What is read as integers, from the end: sums and movers are read so if what reads them is.
  const readAsIntegers = new Set<number>();
  const candidates = new Set<number>();
  for (const node of [...graph.nodes].reverse()) {
    const wanted = readers[node.id]?.some(
      (reader) =>
        weightedNodes.has(reader.id) ||
        candidates.has(reader.id) ||
        (readAsIntegers.has(reader.id) && averages.has(reader.op.kind)),
    );
    if (wanted) readAsIntegers.add(node.id);
    if (wanted && isMover(node)) candidates.add(node.id);
    const unit = unitAt.get(node.id);
    if (unit?.kind === 'add' && !floats.has(unit.node) && unit.saturates && readAsIntegers.has(unit.result)) {
      candidates.add(node.id);
    }
  }

  const integer = new Set<number>();
  const rangeOf = new Map<number, number>();
  const resultOf = new Map<number, Unit>();
  for (const unit of units) if (unit.result !== unit.node) resultOf.set(unit.result, unit);
  const isHeld = ({ node }: ValueRef) => integer.has(node) || weightedReads(node);
  const weightedReads = (id: number) => readers[id]?.some((reader) => weightedNodes.has(reader.id)) ?? false;
  for (const node of graph.nodes) {
    const { id } = node;
    const unit = unitAt.get(id);
    if (unit && weightedNodes.has(id)) {
      const isGiven = unit.saturates && readAsIntegers.has(unit.result) && !observed.has(id);
      if (isGiven && !outputs.has(unit.result)) integer.add(id);
    } else if (unit?.kind === 'add' && candidates.has(id)) {
      if (!observed.has(id) && node.inputs.every(isHeld)) integer.add(id);
    } else if (resultOf.has(id)) {
      const from = (resultOf.get(id) as Unit).node;
      if (!integer.has(from)) continue;
      integer.add(id);
      rangeOf.set(from, id);
    } else if (candidates.has(id) && isMover(node) && integer.has((node.inputs[0] as ValueRef).node)) {
      integer.add(id);
      rangeOf.set(id, (node.inputs[0] as ValueRef).node);
    }
  }

  const held = new Set<number>();
  for (const node of graph.nodes) {
    if (integer.has(node.id)) held.add(node.id);
    if (weightedNodes.has(node.id) || integer.has(node.id)) for (const ref of node.inputs) held.add(ref.node);
  }
  return { integer, weighted, held: [...held].sort((a, b) => a - b), rangeOf };
}

/** Ops in float32 that runtimes compute on integers, as what they read and what they give is held so. */
const averages: ReadonlySet<OpKind> = new Set(['globalAvgPool', 'avgPool', 'mul']);

/** Whose range a value has. */
export function rangeSource({ rangeOf }: Layout, id: number): number {
  let current = id;
  for (let next = rangeOf.get(current); next !== undefined; next = rangeOf.get(current)) current = next;
  return current;
}

/** What only moves elements of one tensor: it gives what it takes, of the same type. */
function isMover({ op, inputs }: GraphNode): boolean {
  return inputs.length === 1 && op.kind !== 'cast' && op.kind !== 'input' && descriptorOf(op).movesOnly;
}

function readersOf(graph: Graph): GraphNode[][] {
  const readers: GraphNode[][] = graph.nodes.map(() => []);
  for (const node of graph.nodes) for (const { node: from } of node.inputs) readers[from]?.push(node);
  return readers;
}
