import type { Graph, GraphNode } from '../../5-graph/graph.ts';
import type { Box } from '../../ops/descriptor.ts';
import { asWritten, kernelLabel } from '../../ops/labels.ts';
import { descriptorOf, isTrainingOnly } from '../../ops/ops.ts';
import type { Pair } from '../../ops/pair.ts';
import { dilationOf } from '../../ops/window.ts';

import { groupBy } from '../group-by.ts';
import { opLabel } from '../op-label.ts';
import { inChannels } from '../read-block.ts';
import { type Block, inputsOf, outputsOf, refKey } from '../stages.ts';
import { type RawUnit, type Uses, unitsOf } from './block-units.ts';

/** How a unit of a block is drawn. */
export type UnitKind = Box | 'group' | 'port';

/** A box in the drawing of a block: a convolution with its batch norm and activation, a pool, a join. */
export interface FigureUnit {
  readonly kind: UnitKind;
  /** `DWConv k×k /s`; for a join `+` or `×`. */
  readonly label: string;
  /** `BN · SiLU`; several lines for a group. */
  readonly details: string;
  /** Some blocks of the name lack it. */
  readonly optional: boolean;
  /** Its output is a map, not a gate's single position. */
  readonly spatial: boolean;
}

/** The inside of a kind of block. Ports are first (inputs) and last (the output). */
export interface BlockFigure {
  readonly operator: string;
  readonly units: readonly FigureUnit[];
  /** Indices into `units`. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/** Draws the most complete of all blocks with one name; differences of the others are marked on it. */
export function blockFigure(graph: Graph, operator: string, blocks: readonly Block[], uses: Uses): BlockFigure {
  const all = blocks.map((block) => unitsOf(block.nodes, uses));
  const fullness = all.map((units, i) => units.length + inputsOf(graph, blocks[i]?.nodes ?? []).length);
  const chosen = fullness.reduce((best, n, i) => (n > (fullness[best] ?? 0) ? i : best), 0);
  const fullest = all[chosen] ?? [];
  const block = blocks[chosen] as Block;
  if (fullest.length > mostDrawn) return unreadable(operator, block);
  const variants = groupBy(all.flat(), (unit) => unit.key);

  const inputs = inputsOf(graph, block.nodes);
  // The newest tensor is the result of the block before; it is the first.
  const newestFirst = [...inputs].sort((a, b) => b.value.node - a.value.node || a.value.output - b.value.output);
  const nameOf = (input: (typeof inputs)[number]) => {
    const place = newestFirst.indexOf(input);
    return block.tensors?.[place] ?? `input ${place + 1}`;
  };
  const ports = inputs.map((input) => port(inputs.length > 1 ? nameOf(input) : 'input'));
  const unitOfNode = new Map<number, number>();
  fullest.forEach((unit, i) => {
    for (const node of unit.nodes) unitOfNode.set(node.id, ports.length + i);
  });
  const portOfValue = new Map(inputs.map(({ value }, i) => [refKey(value), i]));
  const output = ports.length + fullest.length;

  const edges = new Map<string, [number, number]>();
  const connect = (from: number | undefined, to: number | undefined) => {
    if (from !== undefined && to !== undefined && from !== to) edges.set(`${from} ${to}`, [from, to]);
  };
  for (const node of block.nodes) {
    for (const ref of node.inputs) {
      connect(portOfValue.get(refKey(ref)) ?? unitOfNode.get(ref.node), unitOfNode.get(node.id));
    }
  }
  for (const { value } of outputsOf(graph, block.nodes)) connect(unitOfNode.get(value.node), output);

  const units = fullest.map((unit) => drawnUnit(graph, variants.get(unit.key) ?? [unit], blocks.length));
  return { operator, units: [...ports, ...units, port('output')], edges: [...edges.values()] };
}

/** More units than this do not make a figure, and take long to place. */
const mostDrawn = 150;

/** A block that is too large to draw. */
function unreadable(operator: string, block: Block): BlockFigure {
  const whole = { ...port(`${block.nodes.length} ops`), kind: 'group', details: 'too many to draw' } as const;
  const edges = [[0, 1] as const, [1, 2] as const];
  return { operator, units: [port('input'), whole, port('output')], edges };
}

function port(label: string): FigureUnit {
  return { kind: 'port', label, details: '', optional: false, spatial: true };
}

/** One unit as it appears in several blocks. */
function drawnUnit(graph: Graph, same: readonly RawUnit[], blockCount: number): FigureUnit {
  const unit = same.reduce((most, u) => (u.nodes.length > most.nodes.length ? u : most));
  const last = unit.nodes.at(-1) as GraphNode;
  const optional = same.length < blockCount;
  const spatial = (last.shapes[0]?.[1] ?? 1) > 1 || (last.shapes[0]?.[2] ?? 1) > 1;
  if (unit.group !== undefined) {
    return { kind: 'group', label: unit.group, details: groupDetails(graph, unit.nodes), optional, spatial };
  }
  const head = unit.nodes[0] as GraphNode;
  // Drop path and dropout only act while training; figures leave them out.
  const tail = unit.nodes.slice(1).filter((node) => !isTrainingOnly(node.op));
  return {
    kind: kindOf(graph, head),
    label: headLabel(graph, same),
    details: tail.map((node) => tailLabel(graph, node, same)).join(' · '),
    optional,
    spatial,
  };
}

/** The name of an op after a unit's first; blocks may differ in the activation that they take. */
function tailLabel(graph: Graph, node: GraphNode, same: readonly RawUnit[]): string {
  const counterparts = same.flatMap((unit) => unit.nodes.slice(1).filter((n) => n.op.kind === node.op.kind));
  return agree(counterparts, (n) => labelOf(graph, n), 'activation');
}

/** The name of a join. */
const signs: Partial<Readonly<Record<GraphNode['op']['kind'], string>>> = { add: '+', sub: '−', mul: '×', div: '÷' };

/** `DWConv k×k /s` where kernel and stride differ between blocks. */
function headLabel(graph: Graph, same: readonly RawUnit[]): string {
  const heads = same.map((unit) => unit.nodes[0] as GraphNode);
  const head = heads[0] as GraphNode;
  const sign = signs[head.op.kind];
  if (sign !== undefined) return sign;
  const windows = heads.flatMap((node) => ('window' in node.op ? [node.op.window] : []));
  if (windows.length === 0) return agree(heads, (node) => labelOf(graph, node), 'activation');
  const name = labelOf(graph, head).replace(/ \S+$/, '');
  const kernel = agree(windows, (w) => kernelLabel(w.kernel), kernelLabel(['k', 'k']));
  const stride = agree(windows, ({ stride }) => strideLabel(stride), ' /s');
  const dilation = agree(windows, (window) => dilationLabel(dilationOf(window)), ' ·d');
  return `${name} ${kernel}${stride}${dilation}`;
}

/** ` /2`, ` /2×1`; nothing where no step is left out. */
function strideLabel(stride: Pair): string {
  if (stride.every((n) => n === 1)) return '';
  const written = asWritten(stride);
  return ` /${typeof written === 'number' ? written : kernelLabel(written)}`;
}

/** ` ·2`: one tap in two rows and columns; nothing where the taps are neighbours. */
function dilationLabel(dilation: Pair): string {
  if (dilation.every((n) => n === 1)) return '';
  const written = asWritten(dilation);
  return ` ·${typeof written === 'number' ? written : kernelLabel(written)}`;
}

/** `DWConv 5×5`, `Conv 1×1`, `twice`, in lines: a step of the block that is itself a block. */
function groupDetails(graph: Graph, nodes: readonly GraphNode[]): string {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    if (descriptorOf(node.op).joins.length > 0) continue;
    const label = labelOf(graph, node);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const times = [...counts.values()];
  const all = times.length > 1 && (times[0] ?? 1) > 1 && times.every((n) => n === times[0]) ? times[0] : undefined;
  const lines = [...counts].map(([label, n]) => (all || n === 1 ? label : `${n} × ${label}`));
  const shown = lines.length > 3 ? [...lines.slice(0, 2), '…'] : lines;
  return [...shown, ...(all ? [`(${all} times)`] : [])].join('\n');
}

function kindOf(graph: Graph, node: GraphNode): UnitKind {
  const { box } = descriptorOf(node.op);
  return typeof box === 'string' ? box : box(node.op, inChannels(graph, node));
}

function labelOf(graph: Graph, node: GraphNode): string {
  return opLabel(node.op, inChannels(graph, node));
}

/** The text if all are equal, else a word for "it differs". */
function agree<T>(items: readonly T[], textOf: (item: T) => string, otherwise: string): string {
  const texts = new Set(items.map(textOf));
  return texts.size > 1 ? otherwise : ([...texts][0] ?? '');
}
