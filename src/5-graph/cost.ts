import { descriptorOf, resultOf } from '../ops/ops.ts';
import { elements, type Graph, type GraphNode, shapeOf, sharesEarlier } from './graph.ts';
import { withoutAuxiliary } from './passes/remove-unreached.ts';
import { bytesPerElement } from './value-type.ts';

/** What one node, a stage or a network costs, for one image (batch 1) at inference. */
export interface Cost {
  /** Trainable values. */
  readonly params: number;
  /** Values that training moves without a gradient: running means and variances. */
  readonly buffers: number;
  /**
   * Multiply-accumulates of convolutions, linear layers and attention, including positions on padding; nothing else
   * counts (no bias, batch norm, activation, pooling, addition or product). The paper's "FLOPs" are these.
   */
  readonly macs: number;
  /** Elements that the node writes. Zero for inputs and for what does nothing at inference. */
  readonly activations: number;
  /** Their bytes. */
  readonly activationBytes: number;
}

export const zeroCost: Cost = { params: 0, buffers: 0, macs: 0, activations: 0, activationBytes: 0 };

/** The cost of a node; the parameters of a shared step count with its first use. */
export function nodeCost(graph: Graph, node: GraphNode): Cost {
  let params = 0;
  let buffers = 0;
  for (const tensor of sharesEarlier(graph, node) ? [] : node.tensors) {
    if (tensor.trainable) params += elements(tensor.shape);
    else buffers += elements(tensor.shape);
  }
  const inputs = node.inputs.map((ref) => shapeOf(graph, ref));
  const macs = descriptorOf(node.op).macs(node.op, inputs, node.shapes[0] ?? []);
  const activations = written(node);
  return { params, buffers, macs, activations, activationBytes: activations * bytesPerElement[node.type.element] };
}

/** The total cost of several nodes; without `nodes`, of the network outside of training. */
export function totalCost(graph: Graph, nodes?: Iterable<GraphNode>): Cost {
  if (!nodes) {
    const evaluated = withoutAuxiliary(graph);
    return totalCost(evaluated, evaluated.nodes);
  }
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

function written({ op, shapes }: GraphNode): number {
  const result = resultOf(op);
  if (result === 'given' || result === 'passed') return 0;
  return shapes.reduce((sum, shape) => sum + elements(shape), 0);
}
