import { descriptorOf } from '../../ops/ops.ts';
import { elements, type Graph, type GraphNode, shapeOf, type ValueRef } from '../graph.ts';
import type { QuantisedType } from '../value-type.ts';
import type { IntegerForm, IntegerOps } from './integer-ops.ts';
import type { Unit } from './units.ts';

/** What can be quantised in a network: its layers and sums, and what else the target computes on integers. */
export interface IntegerParts {
  readonly units: readonly Unit[];
  readonly integers: IntegerOps;
}

/** What is stored and computed as integers, without scales: which ranges a plan needs. */
export interface Layout {
  /** The numbers of nodes that compute in integers. */
  readonly integer: ReadonlySet<number>;
  /** The units with int8 weights. */
  readonly weighted: readonly Unit[];
  /** The numbers of nodes whose values are read as integers or given as such; each needs a range. */
  readonly held: readonly number[];
  /** For a node that only moves elements, whose activation bounds, or that is joined with others: the node whose range it has. */
  readonly rangeOf: ReadonlyMap<number, number>;
  /** For a node the type of its result, where the target leaves no choice. */
  readonly fixed: ReadonlyMap<number, QuantisedType>;
}

/**
 * Decides what computes in integers. Convolutions and linear layers read integers; they give integers where something reads them as
 * such, and always where the target has no layer that gives float32. A sum computes in integers where both terms are integers and
 * its result is read as such; likewise ops that only move elements, and what else the target computes on integers. @param floats the
 * numbers of units that stay float32. @param observed units that give float32 whatever reads them, since their results are to be
 * observed.
 */
export function layOut(
  graph: Graph,
  { units, integers }: IntegerParts,
  floats: ReadonlySet<number>,
  observed: ReadonlySet<number> = new Set(),
): Layout {
  const weighted = units.filter((unit) => unit.kind !== 'add' && !floats.has(unit.node));
  const weightedNodes = new Set(weighted.map(({ node }) => node));
  const unitAt = new Map(units.map((unit) => [unit.node, unit]));
  const readers = readersOf(graph);
  const outputs = new Set(graph.outputs.map(({ value }) => value.node));
  const bounded = new Map<number, Unit>();
  for (const unit of units) if (unit.saturates && unit.result !== unit.node) bounded.set(unit.result, unit);
  const forms = graph.nodes.map((node) => (bounded.has(node.id) ? undefined : formOf(node, integers)));

  // Which values are read as integers, from the end: sums and movers are if their readers are.
  const readAsIntegers = new Set<number>();
  const candidates = new Set<number>();
  for (const node of [...graph.nodes].reverse()) {
    const { id } = node;
    const isRead = readers[id]?.some(
      (reader) =>
        weightedNodes.has(reader.id) ||
        candidates.has(reader.id) ||
        (readAsIntegers.has(reader.id) && forms[reader.id] === 'between'),
    );
    if (isRead) readAsIntegers.add(id);
    const unit = unitAt.get(id);
    if (unit?.kind === 'add') {
      const result = unit.saturates ? unit.result : unit.node;
      const isInTurn = node.inputs.length > integers.terms;
      if (!floats.has(id) && readAsIntegers.has(result) && !isInTurn) candidates.add(id);
    } else if (isRead && (isMover(node) || (forms[id] !== undefined && forms[id] !== 'between'))) candidates.add(id);
  }

  const integer = new Set<number>();
  const rangeOf = new Map<number, number>();
  const fixed = new Map<number, QuantisedType>();
  const weightedReads = (id: number) => readers[id]?.some((reader) => weightedNodes.has(reader.id)) ?? false;
  const isHeld = ({ node }: ValueRef) => integer.has(node) || weightedReads(node);
  for (const node of graph.nodes) {
    const { id } = node;
    const unit = unitAt.get(id);
    const form = forms[id];
    const [from] = node.inputs.map((ref) => ref.node);
    const unitBefore = bounded.get(id);
    if (unit && weightedNodes.has(id)) {
      const isGiven = unit.saturates && readAsIntegers.has(unit.result) && !outputs.has(unit.result);
      if ((isGiven || !integers.givesFloats) && !observed.has(id)) integer.add(id);
    } else if (unitBefore) {
      if (!integer.has(unitBefore.node)) continue;
      integer.add(id);
      rangeOf.set(unitBefore.node, id);
    } else if (!candidates.has(id) || from === undefined) continue;
    else if (unit) {
      if (!observed.has(id) && node.inputs.every(isHeld)) integer.add(id);
    } else if (isMover(node) || form === 'read') {
      if (!integer.has(from)) continue;
      integer.add(id);
      rangeOf.set(id, from);
    } else if (form === 'shared') {
      if (!node.inputs.some(({ node: before }) => integer.has(before))) continue;
      integer.add(id);
      for (const { node: before } of node.inputs) {
        // a value that others also read, or that has another's range, keeps its type and is converted
        const isItsOwn = integer.has(before) && !rangeOf.has(before) && !fixed.has(before);
        if (isItsOwn && readers[before]?.length === 1) rangeOf.set(before, id);
      }
    } else if (largestInputs(graph, node).every(isHeld)) {
      integer.add(id);
      if (typeof form === 'object') fixed.set(id, form);
    }
  }

  const held = new Set<number>();
  for (const node of graph.nodes) {
    if (integer.has(node.id)) held.add(node.id);
    const readsHeld = weightedNodes.has(node.id) || (integer.has(node.id) && forms[node.id] !== 'shared');
    if (readsHeld) for (const ref of node.inputs) held.add(ref.node);
  }
  // the type does not depend on whether what comes before is integer
  for (const id of held) {
    const form = forms[id];
    if (typeof form === 'object') fixed.set(id, form);
  }
  return { integer, weighted, held: [...held].sort((a, b) => a - b), rangeOf, fixed };
}

/** Whose range a value has. */
export function rangeSource({ rangeOf }: Layout, id: number): number {
  let current = id;
  for (let next = rangeOf.get(current); next !== undefined; next = rangeOf.get(current)) current = next;
  return current;
}

/** The values whose ranges a plan takes of what pictures show, each by its node. */
export function rangesToFind(layout: Layout): number[] {
  const sources = new Set(layout.held.map((id) => rangeSource(layout, id)));
  return [...sources].filter((id) => !layout.fixed.has(id));
}

/** Whether an op only moves elements of one tensor, so that its result has its input's type. */
function isMover({ op, inputs }: GraphNode): boolean {
  return inputs.length === 1 && op.kind !== 'cast' && op.kind !== 'input' && descriptorOf(op).movesOnly;
}

function formOf({ op, inputs }: GraphNode, integers: IntegerOps): IntegerForm | undefined {
  const form = integers.formOf(op);
  return form === 'own' && inputs.length > integers.terms ? undefined : form;
}

/** The inputs of an op that have the size of its result. Gates and other small ones are rounded wherever they come from. */
function largestInputs(graph: Graph, { inputs }: GraphNode): readonly ValueRef[] {
  const sizes = inputs.map((ref) => elements(shapeOf(graph, ref)));
  const most = Math.max(...sizes);
  return inputs.filter((_, i) => sizes[i] === most);
}

function readersOf(graph: Graph): GraphNode[][] {
  const readers: GraphNode[][] = graph.nodes.map(() => []);
  for (const node of graph.nodes) for (const { node: from } of node.inputs) readers[from]?.push(node);
  return readers;
}
