import { type Graph, type GraphNode, shapeOf, type TensorSpec, type ValueRef } from '../../../5-graph/graph.ts';
import type { OpKind } from '../../../ops/ops.ts';
import { storedShape, weightLayout } from '../../../weights/tfjs-layout.ts';
import { createGraphBuilder } from '../node-def/builder.ts';
import { float, type GraphDef, type TensorName, type TensorShape } from '../node-def/node-def.ts';
import type { StoredWeight } from '../weight-shards.ts';
import type { WriteOp } from './context.ts';
import { fuseActivations } from './fuse-activations.ts';
import { opTable } from './op-table.ts';

/** A value that goes in or comes out: its name for users, its node's, and its shape, -1 for the batch. */
export interface Port {
  readonly name: string;
  readonly node: TensorName;
  readonly shape: TensorShape;
}

/** All of a graph model but the numbers of the network's own weights, which are constants without a value here. */
export interface GraphModelPlan {
  readonly graph: GraphDef;
  readonly weights: readonly StoredWeight[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Lays out a frozen graph. */
export function planGraphModel(graph: Graph): GraphModelPlan {
  const b = createGraphBuilder();
  const weights: StoredWeight[] = [];
  const inputs: Port[] = [];
  const fused = fuseActivations(graph);
  const values = new Map<number, readonly TensorName[]>();
  const resultOf = (ref: ValueRef) => values.get(ref.node)?.[ref.output] as TensorName;

  const weight = (node: GraphNode, tensor: TensorSpec, member: string) => {
    const name = b.node({ op: 'Const', name: `${node.path}/${member}`, attr: { dtype: float } });
    const layout = weightLayout(node, tensor);
    const shape = storedShape(layout, tensor.shape, node.op.kind === 'conv' ? node.op.groups : 1);
    weights.push({ name, shape, dtype: 'float32', source: { tensor, layout } });
    return name;
  };
  for (const node of graph.nodes) {
    const write = opTable[node.op.kind] as WriteOp<OpKind>;
    if (fused.done.has(node.id)) {
      values.set(node.id, node.inputs.map(resultOf));
      continue;
    }
    const inputShapes = node.inputs.map((ref) => shapeOf(graph, ref));
    const activation = fused.after.get(node.id);
    const fusedOps = activation === undefined ? ['BiasAdd'] : ['BiasAdd', activation];
    const written = write({ b, node, op: node.op, inputs: node.inputs.map(resultOf), inputShapes, fusedOps, weight });
    values.set(node.id, written);
    if (node.op.kind !== 'input') continue;
    inputs.push({ name: node.op.name, node: written[0] as TensorName, shape: portShape(node.shapes[0] ?? []) });
  }
  const outputs = graph.outputs.map(({ name, value }): Port => {
    const node = b.node({ op: 'Identity', name, inputs: [resultOf(value)], attr: { T: float } });
    return { name, node, shape: portShape(shapeOf(graph, value)) };
  });
  return { graph: b.finish(), weights, inputs, outputs };
}

function portShape([channels = 0, ...space]: readonly number[]): TensorShape {
  return [-1, ...space, channels];
}
