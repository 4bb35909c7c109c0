import { elements, type Graph, type GraphNode, shapeOf } from './graph.ts';
import type { Op, OpKind, OpOf } from './ops.ts';
import { bytesPerElement } from './value-type.ts';

/** What one node, a stage or a network costs, for one image (batch 1) at inference. */
export interface Cost {
  /** Trainable values. */
  readonly params: number;
  /** Values that training moves without a gradient: running means and variances. */
  readonly buffers: number;
  /**
   * Multiply-accumulates of convolutions and linear layers, positions on padding counted; nothing else counts
   * (no bias, batch norm, activation, pooling, addition or product). The paper's "FLOPs" are these.
   */
  readonly macs: number;
  /** Elements that the node writes. Zero for inputs and for what does nothing at inference. */
  readonly activations: number;
  /** Their bytes. */
  readonly activationBytes: number;
}

export const zeroCost: Cost = { params: 0, buffers: 0, macs: 0, activations: 0, activationBytes: 0 };

/** What running a node once takes; parameters are counted from its tensors. */
type RunCost = Pick<Cost, 'macs' | 'activations'>;
type CostRule<K extends OpKind> = (node: GraphNode, op: OpOf<K>, graph: Graph) => RunCost;

const free = (): RunCost => ({ macs: 0, activations: 0 });
const writesOnly = (node: GraphNode): RunCost => ({ macs: 0, activations: written(node) });

/** One rule an op. */
const costRules: { readonly [K in OpKind]: CostRule<K> } = {
  input: free,
  conv: (node, op, graph) => {
    const inChannels = inputShape(graph, node)[0] ?? 0;
    return {
      macs: written(node) * (inChannels / op.groups) * op.window.kernel * op.window.kernel,
      activations: written(node),
    };
  },
  linear: (node, op, graph) => ({
    macs: op.units * elements(inputShape(graph, node)),
    activations: written(node),
  }),
  batchNorm: writesOnly,
  activation: (node, op) => (op.fn === 'identity' ? free() : writesOnly(node)),
  globalAvgPool: writesOnly,
  maxPool: writesOnly,
  avgPool: writesOnly,
  // Both only act while training.
  dropout: free,
  dropPath: free,
  add: writesOnly,
  mul: writesOnly,
  concat: writesOnly,
  split: writesOnly,
  channelShuffle: writesOnly,
  pad: writesOnly,
  cast: writesOnly,
};

/** What a node costs. */
export function nodeCost(graph: Graph, node: GraphNode): Cost {
  let params = 0;
  let buffers = 0;
  for (const tensor of node.tensors) {
    if (tensor.trainable) params += elements(tensor.shape);
    else buffers += elements(tensor.shape);
  }
  const rule = costRules[node.op.kind] as (node: GraphNode, op: Op, graph: Graph) => RunCost;
  const { macs, activations } = rule(node, node.op, graph);
  return { params, buffers, macs, activations, activationBytes: activations * bytesPerElement[node.type.element] };
}

/** What several nodes cost together; all of the graph's without `nodes`. */
export function totalCost(graph: Graph, nodes: Iterable<GraphNode> = graph.nodes): Cost {
  let total = zeroCost;
  for (const node of nodes) total = addCost(total, nodeCost(graph, node));
  return total;
}

function addCost(a: Cost, b: Cost): Cost {
  return {
    params: a.params + b.params,
    buffers: a.buffers + b.buffers,
    macs: a.macs + b.macs,
    activations: a.activations + b.activations,
    activationBytes: a.activationBytes + b.activationBytes,
  };
}

function inputShape(graph: Graph, node: GraphNode): readonly number[] {
  const ref = node.inputs[0];
  return ref ? shapeOf(graph, ref) : [];
}

function written(node: GraphNode): number {
  let sum = 0;
  for (const shape of node.shapes) sum += elements(shape);
  return sum;
}
