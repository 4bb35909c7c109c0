import { type Graph, shapeOf } from '../../5-graph/graph.ts';
import { isQuantised, sameType } from '../../5-graph/value-type.ts';
import type { ActivationName } from '../../ops/activations.ts';
import type { OpKind } from '../../ops/ops.ts';
import { fuseActivations } from '../fuse-activations.ts';
import { lastChannels, writeNodes } from '../written-node.ts';
import { createLiteBuilder, type FusedActivation } from './builder.ts';
import type { LiteModel } from './model.ts';
import { opTable } from './op-table.ts';
import type { LiteOptions } from './options.ts';

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

/** A whole model except the numbers of its weights. */
export function planLiteModel(graph: Graph, { batch }: LiteOptions): LiteModel {
  const b = createLiteBuilder(
    batch,
    graph.outputs.map(({ name }) => name),
  );
  const fused = fuseActivations(
    graph,
    fusible,
    // on integers an operator ends in the type that it gives
    (before, activation) => ending.has(before.op.kind) && sameType(before.type, activation.type),
  );
  const nameOf = writeNodes(graph, opTable, (written) => {
    const { id, type } = written.node;
    const own = isQuantised(type) ? b.typed(type) : b;
    return { ...written, b: own, fused: fused.after.get(id) ?? 'none', isDone: fused.done.has(id) };
  });
  for (const { name, value } of graph.outputs) b.output(name, nameOf(value), lastChannels(shapeOf(graph, value)));
  return b.finish(graph.name);
}
