import * as tf from '@tensorflow/tfjs';
import { elements, type Graph, shapeOf } from '../../src/5-graph/graph.ts';
import type { EmitResult, OpenSink, Target } from '../../src/6-emit/target.ts';
import { memoryFiles } from '../memory-sink.ts';

export type Files = Map<string, Uint8Array>;

/** A sink for the files of a folder, in memory. */
export function folderInMemory(): { open: OpenSink; files: () => Files } {
  const memory = memoryFiles();
  const names: string[] = [];
  return {
    open(name) {
      names.push(name);
      return memory.open(name);
    },
    files: () => new Map(names.map((name) => [name, memory.bytes(name)])),
  };
}

/** What a target writes for a graph. */
export function writeFolder<T>(
  target: Target<T>,
  graph: Graph,
  weights: Parameters<Target<T>['emit']>[0]['weights'],
): { files: Files; result: EmitResult } {
  const { open, files } = folderInMemory();
  const request = { graph, weights, metadata: [['enet.model', graph.name]] as const, options: target.defaults, open };
  const result = target.emit(request);
  return { files: files(), result };
}

/** A reader of a model's folder such as TensorFlow.js has for URLs, over files in memory. */
export function fromFiles(files: Files): tf.io.IOHandler {
  return {
    async load() {
      const json = JSON.parse(new TextDecoder().decode(files.get('model.json'))) as tf.io.ModelJSON;
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const paths = manifest.flatMap((group) => group.paths);
        const specs = manifest.flatMap((group) => group.weights);
        const bytes = Buffer.concat(paths.map((path) => files.get(path) as Uint8Array));
        return [specs, Uint8Array.from(bytes).buffer];
      });
    },
  };
}

/** An input `[batch, C, H, W]` as a tensor with channels last. */
export function channelsLast(values: Float32Array, batch: number, shape: readonly number[]): tf.Tensor {
  const [channels = 1, height, width] = shape;
  if (height === undefined || width === undefined) return tf.tensor(values, [batch, channels]);
  return tf.tidy(() => tf.transpose(tf.tensor(values, [batch, channels, height, width]), [0, 2, 3, 1]));
}

/** A model's outputs in the logical order, channels first, one flat list an output. */
export function predict(
  model: tf.LayersModel | tf.GraphModel,
  graph: Graph,
  inputs: Readonly<Record<string, Float32Array>>,
  batch: number,
): Float32Array[] {
  return tf.tidy(() => {
    const feeds = graph.inputs.map((id) => {
      const node = graph.nodes[id]!;
      const name = node.op.kind === 'input' ? node.op.name : '';
      return channelsLast(inputs[name]!, batch, node.shapes[0]!);
    });
    const results = [model.predict(feeds.length === 1 ? feeds[0]! : feeds)].flat() as tf.Tensor[];
    return graph.outputs.map(({ value }, i) => {
      const shape = shapeOf(graph, value);
      const result = results[i]!;
      if (result.size !== batch * elements(shape)) throw new Error(`output ${i} has the shape ${result.shape}`);
      return (shape.length === 3 ? tf.transpose(result, [0, 3, 1, 2]) : result).dataSync().slice() as Float32Array;
    });
  });
}

/** The largest difference over the largest logit. */
export function relativeDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    largest = Math.max(largest, Math.abs(b[i]!));
  }
  return Number.isFinite(difference) && largest > 0 ? difference / largest : Number.POSITIVE_INFINITY;
}
