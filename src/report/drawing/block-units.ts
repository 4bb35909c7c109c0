import type { GraphNode } from '../../5-graph/graph.ts';
import { descriptorOf } from '../../ops/ops.ts';

/** Nodes of a block that are drawn as one box. */
export interface RawUnit {
  /** The key of equal units in all blocks of a name: the path within the block and the op. */
  readonly key: string;
  readonly nodes: readonly GraphNode[];
  /** The label of the step, where a whole step of the block is one box. */
  readonly group?: string;
}

/** More boxes than this do not make a readable figure: labelled steps become one box each. */
const mostUnits = 14;

/** By node: how many readers its outputs have, the graph's outputs among them. */
export type Uses = readonly number[];

/** A block's nodes as boxes, in an order in which they run. */
export function unitsOf(nodes: readonly GraphNode[], uses: Uses): RawUnit[] {
  const merged = mergeChains(nodes, uses);
  const units = merged.length > mostUnits ? collapseSteps(merged, nodes) : merged;
  return withKeys(units, blockPrefix(nodes));
}

interface Draft {
  readonly nodes: GraphNode[];
  readonly group?: string;
}

function mergeChains(nodes: readonly GraphNode[], uses: Uses): Draft[] {
  const unitOf = new Map<number, Draft>();
  const units: Draft[] = [];
  for (const node of nodes) {
    const before = node.inputs[0]?.node ?? -1;
    const unit = node.inputs.length === 1 ? unitOf.get(before) : undefined;
    const alone = uses[before] === 1;
    const head = unit?.nodes[0]?.op.kind;
    if (unit && alone && descriptorOf(node.op).joins.some((kind) => kind === head)) {
      unit.nodes.push(node);
      unitOf.set(node.id, unit);
    } else {
      const fresh: Draft = { nodes: [node] };
      units.push(fresh);
      unitOf.set(node.id, fresh);
    }
  }
  return units;
}

/**
 * Makes one box for each labelled step of several ops, unless that would create a cycle of boxes. Ops directly in the
 * block stay separate boxes.
 */
function collapseSteps(units: readonly Draft[], nodes: readonly GraphNode[]): readonly Draft[] {
  const prefix = blockPrefix(nodes);
  const groups = new Map<string, Draft>();
  const collapsed: Draft[] = [];
  for (const unit of units) {
    const [label, ...below] = (unit.nodes[0] as GraphNode).path.split('.').slice(prefix);
    if (label === undefined || below.length === 0) {
      collapsed.push(unit);
      continue;
    }
    const group = groups.get(label);
    if (group) group.nodes.push(...unit.nodes);
    else {
      const draft: Draft = { nodes: [...unit.nodes], group: label };
      groups.set(label, draft);
      collapsed.push(draft);
    }
  }
  return isAcyclic(collapsed) ? collapsed : units;
}

function isAcyclic(units: readonly Draft[]): boolean {
  const unitOf = new Map<number, number>();
  units.forEach((unit, i) => {
    for (const node of unit.nodes) unitOf.set(node.id, i);
  });
  const before = units.map((unit, i) => {
    const sources = unit.nodes.flatMap((node) => node.inputs.map((ref) => unitOf.get(ref.node)));
    return new Set(sources.filter((s): s is number => s !== undefined && s !== i));
  });
  let left = units.map((_, i) => i);
  while (left.length > 0) {
    const waiting = new Set(left);
    const blocked = left.filter((i) => [...(before[i] ?? [])].some((s) => waiting.has(s)));
    if (blocked.length === left.length) return false;
    left = blocked;
  }
  return true;
}

function withKeys(units: readonly Draft[], prefix: number): RawUnit[] {
  const seen = new Map<string, number>();
  return units.map((unit) => {
    const head = unit.nodes[0] as GraphNode;
    const base = unit.group ?? `${head.path.split('.').slice(prefix).join('.')} ${head.op.kind}`;
    const ordinal = seen.get(base) ?? 0;
    seen.set(base, ordinal + 1);
    return { ...unit, key: `${base} ${ordinal}` };
  });
}

/** How many parts of their paths name the block itself: the section, the row and the number, if present. */
function blockPrefix(nodes: readonly GraphNode[]): number {
  const paths = nodes.map((node) => node.path.split('.'));
  const { section, row, block } = nodes[0]?.place ?? { section: '' };
  const place = [section, row, block].flatMap((part) => (part === undefined ? [] : String(part).split('.')));
  let shared = 0;
  while (shared < place.length && paths.every((path) => path[shared] === place[shared])) shared++;
  return shared;
}
