import type { Graph } from '../../../5-graph/graph.ts';
import type { ActivationName } from '../../../ops/activations.ts';

/** What TensorFlow.js's convolutions and products can do at their end, by the name it has there. */
const fusible: Partial<Readonly<Record<ActivationName, string>>> = { relu: 'Relu', relu6: 'Relu6' };

/** Activations that the node before them does, in one pass over the memory instead of two. */
export interface FusedActivations {
  /** For a convolution's or linear layer's id: the activation it ends with. */
  readonly after: ReadonlyMap<number, string>;
  /** The ids of the activations that are done so. */
  readonly done: ReadonlySet<number>;
}

/** Finds the activations that only a convolution or linear layer with a bias comes before, and that alone read it. */
export function fuseActivations(graph: Graph): FusedActivations {
  const readers = new Map<number, number>();
  const count = (id: number) => readers.set(id, (readers.get(id) ?? 0) + 1);
  for (const node of graph.nodes) for (const ref of node.inputs) count(ref.node);
  for (const { value } of graph.outputs) count(value.node);
  const after = new Map<number, string>();
  const done = new Set<number>();
  for (const { id, op, inputs } of graph.nodes) {
    const name = op.kind === 'activation' ? fusible[op.fn] : undefined;
    const before = graph.nodes[inputs[0]?.node ?? -1];
    if (!name || !before || readers.get(before.id) !== 1) continue;
    const made = before.op;
    const isFusible =
      made.kind === 'linear'
        ? made.bias
        : made.kind === 'conv' && made.bias && isWhole(made, before.tensors[0]?.shape[1]);
    if (!isFusible) continue;
    after.set(before.id, name);
    done.add(id);
  }
  return { after, done };
}

/** A convolution of one node: no groups, or one for each channel. */
function isWhole({ groups }: { readonly groups: number }, inner: number | undefined): boolean {
  return groups === 1 || inner === 1;
}
