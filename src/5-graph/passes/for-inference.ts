import { isTrainingOnly, type OpOf } from '../../ops/ops.ts';
import {
  type Graph,
  type GraphNode,
  inputShapeOf,
  ownerPath,
  readerCounts,
  type Shape,
  type ValueRef,
} from '../graph.ts';
import { tensorsOf } from '../tensors.ts';
import { selectNodes, withoutAuxiliary } from './remove-unreached.ts';

/** Removes what a network has only for training: auxiliary outputs, dropout and stochastic depth. */
export function removeTrainingOps(trained: Graph): Graph {
  const graph = withoutAuxiliary(trained);
  const gone = (node: GraphNode) => isTrainingOnly(node.op);
  return selectNodes(
    graph,
    (node) => !gone(node),
    (ref) => {
      const node = graph.nodes[ref.node] as GraphNode;
      return gone(node) ? (node.inputs[0] as ValueRef) : ref;
    },
  );
}

/**
 * Folds each batch norm into the convolution before it, transposed or not, where nothing else reads the convolution: with fixed
 * statistics both are one affine map. The weight source computes the folded numbers, see `weights/folded-weights.ts`.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const readers = readerCounts(graph);
  const normOf = new Map<number, GraphNode>();
  for (const node of graph.nodes) {
    const before = node.op.kind === 'batchNorm' ? graph.nodes[node.inputs[0]?.node ?? -1] : undefined;
    if (before && takesNorm(before) && readers[before.id] === 1) normOf.set(before.id, node);
  }
  for (const conv of keptApart(graph, normOf)) normOf.delete(conv);
  const folded = new Map([...normOf].map(([conv, norm]) => [norm.id, conv]));
  return selectNodes(
    graph,
    (node) => !folded.has(node.id),
    (ref) => {
      const conv = folded.get(ref.node);
      return conv === undefined ? ref : { node: conv, output: 0 };
    },
    (node) => withNorm(node, inputShapeOf(graph, node), normOf.get(node.id)),
  );
}

function takesNorm(node: GraphNode): node is GraphNode & { readonly op: OpOf<'conv' | 'convTranspose'> } {
  return node.op.kind === 'conv' || node.op.kind === 'convTranspose';
}

/** Uses of a shared convolution that cannot all have the same norm folded into them: they have one set of numbers. */
function keptApart(graph: Graph, normOf: ReadonlyMap<number, GraphNode>): number[] {
  const uses = new Map<string, number[]>();
  for (const node of graph.nodes) {
    const { id, owner } = node;
    if (takesNorm(node) && owner !== undefined) uses.set(owner, [...(uses.get(owner) ?? []), id]);
  }
  return [...uses.values()].flatMap((convs) => {
    const norms = new Set(convs.map((id) => normOf.get(id)?.tensors[0]?.name));
    return norms.size > 1 ? convs : [];
  });
}

function withNorm(conv: GraphNode, inputShape: Shape, norm: GraphNode | undefined): GraphNode {
  if (!norm || !takesNorm(conv) || norm.op.kind !== 'batchNorm') return conv;
  const op = { ...conv.op, bias: true };
  return {
    ...conv,
    op,
    tensors: tensorsOf(op, inputShape, ownerPath(conv)).map((tensor) => ({ ...tensor, type: norm.type })),
    foldedNorm: { tensors: norm.tensors, epsilon: norm.op.epsilon, hadBias: conv.op.bias },
  };
}
