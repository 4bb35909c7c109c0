import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elements, type Graph, type Shape, shapeOf } from '../../src/5-graph/graph.ts';
import { halfWeights } from '../../src/5-graph/passes/half-weights.ts';
import type { Metadata } from '../../src/6-emit/target.ts';
import type { LiteOptions } from '../../src/6-emit/tflite/options.ts';
import { planLiteModel } from '../../src/6-emit/tflite/plan.ts';
import { liteTarget } from '../../src/6-emit/tflite/target.ts';
import { writeLiteModel } from '../../src/6-emit/tflite/write-model.ts';
import type { LiteInterpreter } from '../../src/backends/tflite/interpreter.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { memoryFiles } from '../memory-sink.ts';

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

/** `[batch, C, H, W]` as `[batch, H, W, C]`, or back; vectors as they are. @param shape without the batch, channels first */
export function turned(data: Float32Array, batch: number, shape: Shape, way: 'toLast' | 'toFirst'): Float32Array {
  const [channels = 1, ...space] = shape;
  const pixels = elements(space);
  const out = new Float32Array(data.length);
  for (let n = 0; n < batch; n++) {
    const begin = n * channels * pixels;
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) {
        const [first, last] = [begin + c * pixels + p, begin + p * channels + c];
        if (way === 'toLast') out[last] = data[first] as number;
        else out[first] = data[last] as number;
      }
    }
  }
  return out;
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
  const folder = mkdtempSync(join(tmpdir(), 'enet-tflite-'));
  try {
    const path = join(folder, 'model.tflite');
    writeFileSync(path, file);
    const session = await lite.open({ path, threads: 1, delegate });
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
    await session.close();
    return graph.outputs.map(({ name, value }) => {
      const shape = shapeOf(graph, value);
      const { data } = results[name]!;
      return turned(data, data.length / elements(shape), shape, 'toFirst');
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
