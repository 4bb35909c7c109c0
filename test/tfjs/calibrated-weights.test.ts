import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { calibratedWeights } from '../../src/backends/parity/calibrated-weights.ts';
import { padsFor } from '../../src/ops/window.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { compileLibrary } from '../library-points.ts';
import { memoryFiles } from '../memory-sink.ts';
import { inputsOf, runOrt } from '../onnx/emit.ts';
import { channelsLast, relativeDifference } from './models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Node = Graph['nodes'][number];

/** A mistake that a target could make, in all nodes. */
const mistakes: Readonly<Record<string, (node: Node, graph: Graph) => Node>> = {
  'an epsilon of 1e-3 instead of 1e-5': (node) =>
    node.op.kind === 'batchNorm' ? { ...node, op: { ...node.op, epsilon: 1e-3 } } : node,
  "TensorFlow's padding instead of PyTorch's": (node, graph) => {
    if (node.op.kind !== 'conv') return node;
    const [, height = 1, width = 1] = graph.nodes[node.inputs[0]!.node]!.shapes[0]!;
    const pads = padsFor('same', node.op.window, [height, width]);
    return { ...node, op: { ...node.op, window: { ...node.op.window, pads } } };
  },
};

/**
 * What `enetc verify` holds against its tolerance of 1e-4: a mistake moves the outputs by far more, and so does the image.
 */
describe.each([
  ['efficientnet', 'b0'],
  ['resnet', 'resnet50'],
])('random weights of %s %s, calibrated', (model, variant) => {
  const network = compileLibrary(model, { variant, resolution: 64, convention: 'torch' });
  const graph = network.graph!;
  const inputs = inputsOf(graph, 2);

  async function logits(changed: Graph, checkpoint: Checkpoint): Promise<Float32Array> {
    const files = memoryFiles();
    emit({ ...network, graph: changed }, onnxTarget, {}, files.open, { checkpoint });
    return (await runOrt(files.bytes(), graph, inputs, 2))[0]!;
  }

  test('tell right from wrong', async () => {
    const images = channelsLast(Object.values(inputs)[0]!, 2, graph.nodes[0]!.shapes[0]!);
    const weights = await calibratedWeights(network, graph, 1, tf, [images]);
    const right = await logits(graph, weights);
    const half = right.length / 2;
    expect(relativeDifference(right.slice(0, half), right.slice(half))).toBeGreaterThan(0.01);
    for (const [what, change] of Object.entries(mistakes)) {
      const wrong = { ...graph, nodes: graph.nodes.map((node) => change(node, graph)) };
      expect(relativeDifference(await logits(wrong, weights), right), what).toBeGreaterThan(1e-3);
    }
  });
});
