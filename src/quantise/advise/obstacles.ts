import { type Graph, type GraphNode, shapeOf, type ValueRef } from '../../5-graph/graph.ts';
import { isShared } from '../../5-graph/quantise/units.ts';
import type { ActivationName } from '../../ops/activations.ts';
import type { OpKind } from '../../ops/ops.ts';

/** What keeps a network's values from being integers from layer to layer. */
export interface Obstacle {
  readonly kind: 'gate' | 'activation' | 'op' | 'shared';
  /** What it is: the activation, or the op. */
  readonly name: string;
  /** The activation, the product of a gate, or the op itself. */
  readonly node: GraphNode;
  /** The numbers of its nodes: for a gate, from its first pool to the product. */
  readonly nodes: ReadonlySet<number>;
}

/** Activations that ReLU6 can replace. */
const replaceable: ReadonlySet<ActivationName> = new Set([
  'silu',
  'hardswish',
  'gelu',
  'mish',
  'elu',
  'leaky_relu',
] satisfies ActivationName[]);

/** Whether ReLU6 can replace an activation: one that is close to the identity above 0. */
export function isReplaceable(name: string): boolean {
  return replaceable.has(name as ActivationName);
}

/** Ops with their own kind of numbers, which no target computes on integers. */
const floatOps: ReadonlySet<OpKind> = new Set<OpKind>([
  'attend',
  'channelConv',
  'convTranspose',
  'div',
  'groupNorm',
  'layerNorm',
  'localResponseNorm',
  'mul',
  'normalise',
  'power',
  'sub',
]);

/** What stands in the way of integers in a network as written, in the order of its nodes. */
export function obstaclesOf(graph: Graph): Obstacle[] {
  const gates = graph.nodes.flatMap((node) => gateAt(graph, node) ?? []);
  const inGates = new Set(gates.flatMap(({ nodes }) => [...nodes]));
  const shared = isShared(graph);
  const found = [...gates];
  for (const node of graph.nodes) {
    if (inGates.has(node.id)) continue;
    const { op } = node;
    const one = (kind: Obstacle['kind'], name: string) => found.push({ kind, name, node, nodes: new Set([node.id]) });
    if (op.kind === 'activation') {
      if (isReplaceable(op.fn)) one('activation', op.fn);
    } else if (floatOps.has(op.kind)) one('op', op.kind);
    else if ((op.kind === 'conv' || op.kind === 'linear') && shared(node)) one('shared', op.kind);
  }
  return found.sort((a, b) => a.node.id - b.node.id);
}

/** Pools that a gate can begin with. */
const pools: ReadonlySet<OpKind> = new Set<OpKind>(['globalAvgPool', 'globalMaxPool']);

/**
 * The gate whose product a node is: squeeze-and-excitation and similar blocks, a map times one number per channel, computed from
 * a pool of the same map.
 */
function gateAt(graph: Graph, node: GraphNode): Obstacle | undefined {
  if (node.op.kind !== 'mul' || node.inputs.length !== 2) return undefined;
  const [a, b] = node.inputs as readonly [ValueRef, ValueRef];
  for (const [map, factor] of [
    [a, b],
    [b, a],
  ] as const) {
    const [, height = 1, width = 1] = shapeOf(graph, factor);
    const nodes = height * width === 1 ? fromPools(graph, map, factor) : undefined;
    if (nodes) return { kind: 'gate', name: 'gate', node, nodes: nodes.add(node.id) };
  }
  return undefined;
}

/** The nodes that lead from pools of a map to a value; undefined where something else leads there, or reads them. */
function fromPools(graph: Graph, map: ValueRef, to: ValueRef): Set<number> | undefined {
  const nodes = new Set<number>();
  const open = [to.node];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (nodes.has(id)) continue;
    nodes.add(id);
    const { op, inputs } = graph.nodes[id] as GraphNode;
    const isStart = pools.has(op.kind) && inputs[0]?.node === map.node && inputs[0].output === map.output;
    if (isStart) continue;
    if (inputs.length === 0 || id === map.node) return undefined;
    for (const { node } of inputs) open.push(node);
  }
  return nodes;
}
