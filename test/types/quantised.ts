import type { Graph, GraphNode } from '../../src/5-graph/graph.ts';
import type { QuantisedType, ValueType } from '../../src/5-graph/value-type.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';

const inputType: QuantisedType = { element: 'int8', scales: [1 / 64], zeroPoint: -3 };
const activationType: QuantisedType = { element: 'int8', scales: [1 / 32], zeroPoint: -128 };
const filterScales = [0.5, 0.25, 2 ** -7];

/**
 * A small network as TensorFlow Lite's specification and ONNX's QDQ form have it: its image is quantised, a convolution with a
 * scale per filter, its activation and pool are int8, and the classifier is float32 again.
 */
export function quantisedNet(): Graph {
  const g = graphBuilder('Quantised');
  const image = g.cast(g.input([2, 8, 8]), 'image/int8', inputType);
  const conv = g.conv(image, 'stem.conv', 3, window(3, 1, { top: 1, left: 1, bottom: 1, right: 1 }), { bias: true });
  const pooled = g.globalPool(g.act(conv, 'stem', 'relu'), 'head');
  const features = g.cast(pooled, 'head/float32', { element: 'float32' });
  const graph = g.build({ logits: g.linear(features, 'classifier', 5) });
  return change(graph, {
    'stem.conv': (node) => ({
      ...withTensors(node, {
        weight: { element: 'int8', scales: filterScales, zeroPoint: 0, axis: 0 },
        bias: { element: 'int32', scales: filterScales.map((scale) => scale / 64), zeroPoint: 0, axis: 0 },
      }),
      type: activationType,
    }),
    stem: (node) => ({ ...node, type: activationType }),
    head: (node) => ({ ...node, type: activationType }),
  });
}

/** A graph with some nodes changed, by their paths. */
export function change(graph: Graph, changes: Readonly<Record<string, (node: GraphNode) => GraphNode>>): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => changes[node.path]?.(node) ?? node) };
}

/** A node whose tensors have other types, by their roles. */
export function withTensors(node: GraphNode, types: Readonly<Record<string, ValueType>>): GraphNode {
  return { ...node, tensors: node.tensors.map((tensor) => ({ ...tensor, type: types[tensor.role] ?? tensor.type })) };
}
