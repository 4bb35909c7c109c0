import { classScores } from '../5-graph/class-scores.ts';
import type { Graph } from '../5-graph/graph.ts';
import { readOnnxGraph } from '../import/onnx/read-graph.ts';
import { isUnreadable } from '../weights/readers/byte-reader.ts';
import type { RandomAccess } from '../weights/readers/format.ts';
import { readTopology } from '../weights/readers/layers-model/topology.ts';
import { operators } from '../weights/readers/tflite/schema.ts';
import type { LastActivation } from './probabilities.ts';

/** The last activation of a network's class scores. */
export function lastOfGraph(graph: Graph): LastActivation {
  const [scores] = classScores(graph);
  let node = scores && graph.nodes[scores.value.node];
  while (node?.op.kind === 'flatten') node = graph.nodes[node.inputs[0]?.node ?? -1];
  const fn = node?.op.kind === 'activation' ? node.op.fn : undefined;
  return fn === 'softmax' || fn === 'sigmoid' ? fn : 'none';
}

/** Nodes that do not change the numbers. */
const passing = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Cast']);

/** The same for an ONNX file's first output; undefined where the graph is not known. */
export function lastOfOnnx(name: string, file: RandomAccess): LastActivation | undefined {
  try {
    const { nodes, outputs } = readOnnxGraph({ name, file });
    const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
    let node = makers.get(outputs[0]?.name ?? '');
    for (let i = 0; node && passing.has(node.type) && i < nodes.length; i++) node = makers.get(node.inputs[0] ?? '');
    if (!node) return undefined;
    return node.type === 'Softmax' ? 'softmax' : node.type === 'Sigmoid' ? 'sigmoid' : 'none';
  } catch (e) {
    if (isUnreadable(e)) return undefined;
    throw e;
  }
}

/** The same for a TensorFlow Lite file, by the operator that its scores come from. */
export function lastOfLite(operator: number | undefined): LastActivation | undefined {
  if (operator === undefined) return undefined;
  if (operator === operators.softmax.code) return 'softmax';
  return operator === operators.logistic.code ? 'sigmoid' : 'none';
}

/** The same for a layers model of TensorFlow.js; undefined for a graph model, since converters fuse and rename. */
export function lastOfLayers(modelTopology: unknown): LastActivation | undefined {
  const topology = readTopology(modelTopology);
  const last = topology?.layers.find(({ id }) => id === topology.outputs[0]?.layer);
  if (!last || last.inner) return undefined;
  const { className, config } = last;
  if (className === 'Softmax') return 'softmax';
  return config.activation === 'softmax' || config.activation === 'sigmoid' ? config.activation : 'none';
}
