import { elements, type Graph, type GraphNode, inputShapeOf, type ValueRef } from '../5-graph/graph.ts';
import { isShared } from '../5-graph/quantise/units.ts';
import type { Adjustments } from './adjusted-weights.ts';
import { tensorOf } from './weight-types.ts';

/** Values whose channels must be scaled alike, and the layers that can absorb the scales. */
export interface ScaleGroup {
  /** The numbers of nodes with these values. */
  readonly values: readonly number[];
  /** Convolutions and linear layers that compute them: their filters are multiplied. */
  readonly producers: readonly number[];
  /** Those that read them: the weights of a channel are divided. */
  readonly consumers: readonly number[];
  readonly channels: number;
  /** Whether ReLU6 bounds them: a channel may be made larger, not smaller, and observed values stay below 6. */
  readonly isCapped: boolean;
}

/** A factor further from 1 than this would amplify mere noise. */
const mostFactor = 64;

/**
 * Finds the values whose channels can each have their own scale: what computes and reads them is linear, and what lies in between commutes with scaling (sums, pools, ReLU). Generalises the pairs of cross-layer equalisation (Nagel et al.,
 * "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, section 4.1) to sums with shortcuts, and to ReLU6, which bounds the range of each channel.
 * @param graph for inference, with norms folded.
 */
export function scaleGroups(graph: Graph): ScaleGroup[] {
  const parent = graph.nodes.map(({ id }) => id);
  const root = (id: number): number => {
    let at = id;
    while (parent[at] !== at) at = parent[at] as number;
    return at;
  };
  const join = (a: number, b: number) => {
    parent[root(a)] = root(b);
  };
  const frozen = new Set<number>();
  const shared = isShared(graph);
  const producers: number[] = [];
  const consumers: { id: number; of: number }[] = [];
  const capped: number[] = [];
  const freeze = (refs: readonly ValueRef[]) => {
    for (const { node } of refs) frozen.add(node);
  };
  for (const node of graph.nodes) {
    const { id, op, inputs } = node;
    const [input] = inputs;
    if ((op.kind === 'conv' || op.kind === 'linear') && input && !shared(node) && takesScales(graph, node)) {
      producers.push(id);
      consumers.push({ id, of: input.node });
    } else if (commutes(graph, node)) {
      if (op.kind === 'activation' && op.fn === 'relu6') capped.push(id);
      for (const ref of inputs) join(id, ref.node);
    } else {
      frozen.add(id);
      freeze(inputs);
    }
  }
  freeze(graph.outputs.map(({ value }) => value));

  const stuck = new Set([...frozen].map(root));
  const groups = new Map<number, { values: number[]; producers: number[]; consumers: number[] }>();
  for (const { id } of graph.nodes) {
    if (stuck.has(root(id))) continue;
    const group = groups.get(root(id)) ?? { values: [], producers: [], consumers: [] };
    groups.set(root(id), group);
    group.values.push(id);
  }
  for (const id of producers) groups.get(root(id))?.producers.push(id);
  for (const { id, of } of consumers) groups.get(root(of))?.consumers.push(id);
  const caps = new Set(capped.map(root));
  return [...groups].flatMap(([at, group]) => {
    const channels = graph.nodes[group.producers[0] ?? -1]?.shapes[0]?.[0] ?? 0;
    return group.producers.length > 0 && group.consumers.length > 0
      ? [{ ...group, channels, isCapped: caps.has(at) }]
      : [];
  });
}

/**
 * A factor for each channel, which brings the largest numbers of all channels closer together. @param largest magnitude
 * of each channel, in the pictures. @param share how much of the difference is removed: all of it for 1.
 */
export function scaleFactors(
  { isCapped }: Pick<ScaleGroup, 'isCapped'>,
  largest: Float64Array,
  share: number,
): Float64Array {
  const most = isCapped ? 6 : largest.reduce((a, b) => Math.max(a, b), 0);
  return largest.map((own) => {
    if (!(own > 0) || !(most > 0)) return 1;
    return Math.min(Math.max((most / own) ** share, 1), mostFactor);
  });
}

/**
 * Multiplies the channels of a group's values by factors in the layers that compute them, and divides by them in the
 * layers that read them.
 */
export function scaleGroup(graph: Graph, group: ScaleGroup, factors: Float64Array, adjustments: Adjustments): void {
  const inverse = factors.map((f) => 1 / f);
  for (const id of group.producers) {
    for (const tensor of (graph.nodes[id] as GraphNode).tensors) multiply(adjustments, tensor.name, 'filters', factors);
  }
  for (const id of group.consumers) {
    const node = graph.nodes[id] as GraphNode;
    const weight = tensorOf(node, 'weight');
    if (!weight) throw new Error(`'${node.path}' has no weight`);
    multiply(adjustments, weight.name, isDepthwise(graph, node) ? 'filters' : 'channels', inverse);
  }
}

function multiply(adjustments: Adjustments, name: string, part: 'filters' | 'channels', by: Float64Array): void {
  const adjustment = adjustments.get(name) ?? {};
  const before = adjustment[part];
  adjustments.set(name, { ...adjustment, [part]: before ? before.map((x, i) => x * (by[i] as number)) : by });
}

/** Whether every channel of the input has weights of its own, in one axis of the weight. */
function takesScales(graph: Graph, node: GraphNode): boolean {
  const { op } = node;
  if (op.kind === 'linear') return elements(inputShapeOf(graph, node)) === inputShapeOf(graph, node)[0];
  return op.kind === 'conv' && (op.groups === 1 || isDepthwise(graph, node));
}

function isDepthwise(graph: Graph, node: GraphNode): boolean {
  const [channels] = inputShapeOf(graph, node);
  return node.op.kind === 'conv' && node.op.groups === channels && node.op.filters === channels && channels > 1;
}

function commutes(graph: Graph, node: GraphNode): boolean {
  const { op, inputs } = node;
  switch (op.kind) {
    case 'activation':
      return op.fn === 'identity' || op.fn === 'relu' || op.fn === 'relu6';
    case 'add':
      return inputs.every((ref) => sameChannels(graph, ref, node));
    case 'maxPool':
    case 'avgPool':
    case 'globalAvgPool':
    case 'globalMaxPool':
      return true;
    case 'flatten':
      return elements(inputShapeOf(graph, node)) === inputShapeOf(graph, node)[0];
    default:
      return false;
  }
}

function sameChannels(graph: Graph, ref: ValueRef, { shapes: [shape] }: GraphNode): boolean {
  return (graph.nodes[ref.node] as GraphNode).shapes[ref.output]?.[0] === shape?.[0];
}
