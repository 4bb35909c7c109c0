import type { Graph, GraphNode, TensorSpec } from '../5-graph/graph.ts';

/** A tensor that a source of weights must have, with the node that it belongs to. */
export interface RequiredTensor {
  readonly node: GraphNode;
  readonly tensor: TensorSpec;
}

/**
 * The nodes of a graph as before parallel branches were merged, whether or not they have tensors in a checkpoint. A folded
 * norm is still part of its convolution.
 */
export function* unmergedNodes(graph: Graph): Generator<GraphNode> {
  for (const node of graph.nodes) {
    if (!node.mergedBranches) yield node;
    else for (const branch of node.mergedBranches) if (branch.node) yield branch.node;
  }
}

/**
 * The tensors of a graph as they appear in a checkpoint, in the order of its nodes: where a batch norm was folded into a
 * convolution, the norm's own four tensors, without a bias that only folding added; where branches were merged, those of the
 * branches. The same for a graph before and after these passes.
 */
export function* requiredTensors(graph: Graph): Generator<RequiredTensor> {
  const seen = new Set<string>();
  for (const node of unmergedNodes(graph)) {
    // a shared step's tensors are those of its first use
    if (node.owner !== undefined && seen.size === seen.add(node.owner).size) continue;
    const { foldedNorm } = node;
    for (const tensor of node.tensors) {
      if (!(foldedNorm && !foldedNorm.hadBias && tensor.role === 'bias')) yield { node, tensor };
    }
    if (foldedNorm) for (const tensor of foldedNorm.tensors) yield { node, tensor };
  }
}
