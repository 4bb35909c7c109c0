import { type Graph, type GraphNode, shapeOf } from '../5-graph/graph.ts';
import { type MapStrides, whole } from '../5-graph/stride.ts';
import { isDepthwise } from '../ops/kinds/conv.ts';
import { asWritten } from '../ops/labels.ts';
import type { Pair } from '../ops/pair.ts';

import { type Block, inputsOf } from './stages.ts';

/** Properties of a stage's ops, without knowledge of any model. */
export interface WindowReading {
  /**
   * The sizes of the windows that move over space, `[high, wide]` where they are not square, in order of appearance;
   * those of 1 only where there are no others.
   */
  readonly kernels: readonly (number | Pair)[];
  /** By how much the stage makes height and width smaller; a global pool is not in it. */
  readonly stride: number;
}

/** Kernels and stride of some nodes. The stride is against the most reduced of the tensors that they take. */
export function readWindows(graph: Graph, nodes: readonly GraphNode[], strides: MapStrides): WindowReading {
  const windowed = windowedNodes(nodes, strides);
  const all = windowed.flatMap((node) => ('window' in node.op ? [node.op.window.kernel] : []));
  const kernels = [...new Map(all.map((kernel) => [String(kernel), kernel])).values()];
  const large = kernels.filter((kernel) => !isPoint(kernel));
  const before = Math.max(1, ...inputsOf(graph, nodes).map(({ value }) => strides[value.node] ?? 1));
  const after = Math.max(before, ...windowed.map((node) => strides[node.id] ?? 1));
  return { kernels: (large.length > 0 ? large : kernels).map(asWritten), stride: after / before };
}

/**
 * How much wider a block is inside than the tensor it takes: the channels of its spatial convolution over those of
 * its input (6 for MBConv6, 0.25 for a bottleneck). Undefined if the block has no such middle.
 */
export function readExpansion(graph: Graph, block: Block, strides: MapStrides): number | undefined {
  const inputs = inputsOf(graph, block.nodes);
  const convs = block.nodes.filter((n) => n.op.kind === 'conv' && strides[n.id] !== whole);
  const spatial = convs.filter(
    (n) => n.op.kind === 'conv' && (!isPoint(n.op.window.kernel) || isDepthwise(n.op, inChannels(graph, n))),
  );
  const inChannelCount = inputs[0]?.shape[0];
  if (inputs.length !== 1 || !inChannelCount || spatial.length > 2) return undefined;
  // A block that ends in a spatial convolution has no narrow end that its middle could be wider than.
  const last = convs.at(-1);
  if (last?.op.kind === 'conv' && !isPoint(last.op.window.kernel)) return undefined;
  const middle = spatial.find((n) => n !== last);
  return middle?.op.kind === 'conv' ? middle.op.filters / inChannelCount : undefined;
}

/** The channels that a squeeze-and-excitation squeezes to: the first convolution after a global pool that ends in a gate. */
export function readSqueeze(block: Block, strides: MapStrides): number | undefined {
  const gated = block.nodes.some((n) => n.op.kind === 'mul' && n.inputs.some((ref) => strides[ref.node] === whole));
  if (!gated) return undefined;
  const squeeze = block.nodes.find((n) => n.op.kind === 'conv' && strides[n.id] === whole);
  return squeeze?.op.kind === 'conv' ? squeeze.op.filters : undefined;
}

function isPoint([high, wide]: Pair): boolean {
  return high === 1 && wide === 1;
}

/** The nodes that move a window over space; those after a global pool, such as a gate's, do not. */
export function windowedNodes(nodes: readonly GraphNode[], strides: MapStrides): GraphNode[] {
  return nodes.filter((node) => 'window' in node.op && strides[node.id] !== whole);
}

/** The channels of a node's first input. */
export function inChannels(graph: Graph, node: GraphNode): number {
  const ref = node.inputs[0];
  return ref ? (shapeOf(graph, ref)[0] ?? 0) : 0;
}
