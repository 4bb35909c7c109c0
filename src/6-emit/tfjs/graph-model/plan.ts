import { type Graph, type GraphNode, ownerPath, type Shape, shapeOf, type TensorSpec } from '../../../5-graph/graph.ts';
import type { ActivationName } from '../../../ops/activations.ts';
import { isDepthwise, storedShape, weightLayout } from '../../../weights/tfjs-layout.ts';
import { fuseActivations } from '../../fuse-activations.ts';
import { lastChannels, writeNodes } from '../../written-node.ts';
import { createGraphBuilder } from '../node-def/builder.ts';
import { float, type GraphDef, type TensorName, type TensorShape } from '../node-def/node-def.ts';
import type { StoredWeight } from '../weight-shards.ts';
import { opTable } from './op-table.ts';

/** A value that goes in or comes out: its name for users, its node's, and its shape, -1 for the batch. */
export interface Port {
  readonly name: string;
  readonly node: TensorName;
  readonly shape: TensorShape;
}

/** A whole graph model except the numbers of the network's weights, which are constants without a value here. */
export interface GraphModelPlan {
  readonly graph: GraphDef;
  readonly weights: readonly StoredWeight[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Activations that TensorFlow.js's convolutions and products can include, with their names there. */
const fusible: Partial<Readonly<Record<ActivationName, string>>> = { relu: 'Relu', relu6: 'Relu6' };

/** Convolutions and linear layers with a bias. */
function canInclude(node: GraphNode): boolean {
  const { op } = node;
  const isWhole = op.kind === 'linear' || (op.kind === 'conv' && (op.groups === 1 || isDepthwise(node)));
  return isWhole && op.bias;
}

/**
 * Lays out a frozen graph.
 * @param fuses whether operators include a bias and an activation, as in TensorFlow.js; otherwise only TensorFlow's own operators are used
 */
export function planGraphModel(graph: Graph, fuses = true): GraphModelPlan {
  const b = createGraphBuilder();
  const weights: StoredWeight[] = [];
  const constants = new Map<string, TensorName>();
  const fused = fuses ? fuseActivations(graph, fusible, canInclude) : undefined;
  const weight = (node: GraphNode, tensor: TensorSpec, member: string) => {
    const layout = weightLayout(node, tensor);
    // each use of a shared step requests its tensors
    const key = `${tensor.name} ${layout}`;
    const known = constants.get(key);
    if (known !== undefined) return known;
    const name = b.node({ op: 'Const', name: `${ownerPath(node)}/${member}`, attr: { dtype: float } });
    constants.set(key, name);
    const shape = storedShape(layout, tensor.shape, node.op.kind === 'conv' ? node.op.groups : 1);
    weights.push({ name, shape, dtype: 'float32', source: { tensor, layout } });
    return name;
  };
  const resultOf = writeNodes(graph, opTable, (written) => {
    const { node } = written;
    const activation = fused?.after.get(node.id);
    return {
      ...written,
      b,
      fuses,
      fusedOps: activation === undefined ? ['BiasAdd'] : ['BiasAdd', activation],
      isDone: fused?.done.has(node.id) ?? false,
      weight: (tensor: TensorSpec, member: string) => weight(node, tensor, member),
    };
  });
  const inputs = graph.inputs.flatMap((id): Port[] => {
    const { op, shapes } = graph.nodes[id] as GraphNode;
    if (op.kind !== 'input') return [];
    return [{ name: op.name, node: resultOf({ node: id, output: 0 }), shape: portShape(shapes[0] ?? []) }];
  });
  const outputs = graph.outputs.map(({ name, value }): Port => {
    const node = b.node({ op: 'Identity', name, inputs: [resultOf(value)], attr: { T: float } });
    return { name, node, shape: portShape(shapeOf(graph, value)) };
  });
  return { graph: b.finish(), weights, inputs, outputs };
}

function portShape(shape: Shape): TensorShape {
  return [-1, ...lastChannels(shape)];
}
