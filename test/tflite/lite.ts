import { elements, type Graph, shapeOf } from '../../src/5-graph/graph.ts';
import { halfWeights } from '../../src/5-graph/passes/half-weights.ts';
import type { Metadata } from '../../src/6-emit/target.ts';
import type { LiteOptions } from '../../src/6-emit/tflite/options.ts';
import { planLiteModel } from '../../src/6-emit/tflite/plan.ts';
import { liteTarget } from '../../src/6-emit/tflite/target.ts';
import { writeLiteModel } from '../../src/6-emit/tflite/write-model.ts';
import { turned } from '../../src/backends/parity/values.ts';
import type { LiteInterpreter } from '../../src/backends/tflite/interpreter.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { memoryFiles } from '../memory-sink.ts';
import { findPython } from '../oracle.ts';

export interface LiteEngine {
  readonly name: 'litert' | 'tensorflow';
  readonly python: string;
}

/** A Python with LiteRT, which starts fast, or with TensorFlow; undefined, with the reason printed, where there is none. */
export function findLite(): LiteEngine | undefined {
  const litert = findPython(['ai_edge_litert.interpreter']);
  if (litert) return { name: 'litert', python: litert };
  const tensorflow = findPython(['tensorflow']);
  return tensorflow === undefined ? undefined : { name: 'tensorflow', python: tensorflow };
}

interface WriteOptions extends Partial<LiteOptions> {
  readonly half?: boolean;
  readonly metadata?: Metadata;
  /** See `writeLiteModel`. */
  readonly mostBytes?: number;
}

/** The file that the target writes for a graph. */
export function liteFile(graph: Graph, weights: WeightSource, { half, mostBytes, ...options }: WriteOptions = {}) {
  const { open, bytes } = memoryFiles();
  const { metadata = [], ...rest } = options;
  const given = half ? halfWeights(graph) : graph;
  const request = { graph: given, weights, metadata, options: { ...liteTarget.defaults, ...rest }, open };
  const result = writeLiteModel(planLiteModel(given, request.options), request, mostBytes);
  return { ...result, file: bytes() };
}

/** Runs a file in an interpreter; its outputs in their order, channels first. @param inputs channels first */
export async function runLite(
  lite: LiteInterpreter,
  file: Uint8Array,
  graph: Graph,
  inputs: Readonly<Record<string, Float32Array>>,
  batch: number,
  delegate: boolean,
): Promise<Float32Array[]> {
  const session = await lite.open({ model: file, threads: 1, delegate });
  try {
    const fed = graph.inputs.map((id) => {
      const node = graph.nodes[id]!;
      const name = node.op.kind === 'input' ? node.op.name : '';
      const shape = node.shapes[0]!;
      const [channels = 1, ...space] = shape;
      return [
        name,
        { shape: [batch, ...space, channels], data: turned(inputs[name]!, batch, shape, 'toLast') },
      ] as const;
    });
    const results = await session.run(Object.fromEntries(fed));
    return graph.outputs.map(({ name, value }) => {
      const shape = shapeOf(graph, value);
      const { data } = results[name]!;
      return turned(data, data.length / elements(shape), shape, 'toFirst');
    });
  } finally {
    await session.close();
  }
}
