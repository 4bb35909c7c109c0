import { type Graph, readerCounts } from '../../5-graph/graph.ts';
import { sameType } from '../../5-graph/value-type.ts';
import type { ActivationName } from '../../ops/activations.ts';
import type { OpKind } from '../../ops/ops.ts';
import type { FusedActivation } from './builder.ts';

/** What operators of TensorFlow Lite can end with; tanh too, by the format, but runtimes refuse it. */
const fusible: Partial<Readonly<Record<ActivationName, FusedActivation>>> = { relu: 'relu', relu6: 'relu6' };

/** Ops whose last operator can end with an activation. */
const ending: ReadonlySet<OpKind> = new Set([
  'conv',
  'linear',
  'batchNorm',
  'add',
  'sub',
  'mul',
  'div',
  'maxPool',
  'avgPool',
]);

/** Activations that the node before them does. */
export interface FusedActivations {
  /** For a node's id: the activation it ends with. */
  readonly after: ReadonlyMap<number, FusedActivation>;
  /** The ids of the activations that are done so. */
  readonly done: ReadonlySet<number>;
}

/** Finds the activations that are the only readers of an operator that can include them. */
export function fuseActivations(graph: Graph): FusedActivations {
  const readers = readerCounts(graph);
  const after = new Map<number, FusedActivation>();
  const done = new Set<number>();
  for (const { id, op, inputs, type } of graph.nodes) {
    const name = op.kind === 'activation' ? fusible[op.fn] : undefined;
    const before = graph.nodes[inputs[0]?.node ?? -1];
    if (!name || !before || readers[before.id] !== 1 || !ending.has(before.op.kind)) continue;
    // on integers an operator ends in the type that it gives
    if (!sameType(before.type, type)) continue;
    after.set(before.id, name);
    done.add(id);
  }
  return { after, done };
}
