import type { ActivationName } from '../../ops/activations.ts';
import { type Graph, type GraphNode, readerCounts } from '../graph.ts';

/** An op that can compute on few bits, with the activation that belongs to it. */
export interface Unit {
  /** The number of its node: a convolution, a linear layer or a sum. */
  readonly node: number;
  readonly kind: 'conv' | 'linear' | 'add';
  /** The path by which reports call it. */
  readonly path: string;
  /** The number of the node that gives its result: its activation, or itself. Only this one has a range. */
  readonly result: number;
  readonly activation?: ActivationName;
  /**
   * Whether it can give integers directly, because clamping to the type is the activation. Otherwise it gives float32, which is
   * rounded after the activation where it is read as integers: an activation such as SiLU is never between two roundings.
   */
  readonly saturates: boolean;
}

/** Activations that clamping to a range computes. */
const bounds: ReadonlySet<ActivationName> = new Set(['identity', 'relu', 'relu6']);

/**
 * What can be quantised: convolutions and linear layers whose tensors are not shared, and sums.
 * @param graph for inference, with norms folded.
 */
export function unitsOf(graph: Graph): Unit[] {
  const readers = readerCounts(graph);
  const next = new Map<number, GraphNode>();
  for (const node of graph.nodes) for (const { node: from } of node.inputs) next.set(from, node);
  const shared = isShared(graph);
  return graph.nodes.flatMap((node): Unit[] => {
    const { id, op, path } = node;
    if (op.kind !== 'conv' && op.kind !== 'linear' && op.kind !== 'add') return [];
    if (shared(node)) return [];
    const after = readers[id] === 1 ? next.get(id) : undefined;
    const activation = after?.op.kind === 'activation' ? after.op.fn : undefined;
    const result = activation === undefined || !after ? id : after.id;
    return [
      {
        node: id,
        kind: op.kind,
        path,
        result,
        ...(activation !== undefined && { activation }),
        saturates: activation === undefined || bounds.has(activation),
      },
    ];
  });
}

/**
 * Returns whether a node is a use of a shared step: the uses have different ranges of inputs, but one scale of weights.
 */
export function isShared(graph: Graph): (node: GraphNode) => boolean {
  const uses = new Map<string, number>();
  for (const { owner } of graph.nodes) if (owner !== undefined) uses.set(owner, (uses.get(owner) ?? 0) + 1);
  return ({ owner }) => owner !== undefined && (uses.get(owner) ?? 0) > 1;
}
