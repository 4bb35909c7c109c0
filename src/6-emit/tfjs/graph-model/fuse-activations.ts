import { type Graph, readerCounts } from '../../../5-graph/graph.ts';
import type { ActivationName } from '../../../ops/activations.ts';
import { isDepthwise } from '../../../weights/tfjs-layout.ts';

/** Activations that TensorFlow.js's convolutions and products can include, with their names there. */
const fusible: Partial<Readonly<Record<ActivationName, string>>> = { relu: 'Relu', relu6: 'Relu6' };

/** Activations that the node before them does, in one pass over the memory instead of two. */
export interface FusedActivations {
  /** For a convolution's or linear layer's id: the activation it ends with. */
  readonly after: ReadonlyMap<number, string>;
  /** The ids of the activations that are done so. */
  readonly done: ReadonlySet<number>;
}

/** Finds the activations that follow a convolution or linear layer with a bias, and are its only readers. */
export function fuseActivations(graph: Graph): FusedActivations {
  const readers = readerCounts(graph);
  const after = new Map<number, string>();
  const done = new Set<number>();
  for (const { id, op, inputs } of graph.nodes) {
    const name = op.kind === 'activation' ? fusible[op.fn] : undefined;
    const before = graph.nodes[inputs[0]?.node ?? -1];
    if (!name || !before || readers[before.id] !== 1) continue;
    const { op: made } = before;
    const isWhole = made.kind === 'linear' || (made.kind === 'conv' && (made.groups === 1 || isDepthwise(before)));
    if (!isWhole || !made.bias) continue;
    after.set(before.id, name);
    done.add(id);
  }
  return { after, done };
}
