import type { ActivationName } from '../../ops/activations.ts';
import { type Graph, type GraphNode, readerCounts } from '../graph.ts';

/** An op that can compute on few bits, with the activation that belongs to it. */
export interface Unit {
  /** The number of its node: a convolution, a linear layer or a sum. */
  readonly node: number;
  readonly kind: 'conv' | 'linear' | 'add';
  /** The path by which reports call it. */
  readonly path: string;
  /** The number of the node that gives its result: its activation, or itself. Ranges are taken of this alone. */
  readonly result: number;
  readonly activation?: ActivationName;
  /**
   * Whether what it gives can be integers at once: bounding by the type is the activation. Otherwise it gives float32, which is
   * rounded after the activation where it is read as integers: an activation such as SiLU is never between two roundings.
   */
  readonly saturates: boolean;
}

/** Activations that bounds of a range compute. */
const bounds: ReadonlySet<ActivationName> = new Set(['identity', 'relu', 'relu6']);

/**
 * What of a network can compute on few bits: convolutions and linear layers that own their tensors alone, and sums.
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

/** Tells uses of steps that are used several times: their inputs have ranges of their own, and their weights one scale. */
export function isShared(graph: Graph): (node: GraphNode) => boolean {
  const uses = new Map<string, number>();
  for (const { owner } of graph.nodes) if (owner !== undefined) uses.set(owner, (uses.get(owner) ?? 0) + 1);
  return ({ owner }) => owner !== undefined && (uses.get(owner) ?? 0) > 1;
}
