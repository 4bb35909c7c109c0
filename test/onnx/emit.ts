import * as ort from 'onnxruntime-node';
import type { Graph, TensorSpec } from '../../src/5-graph/graph.ts';
import { elements } from '../../src/5-graph/graph.ts';
import { halfPrecision } from '../../src/5-graph/passes/half-precision.ts';
import type { PassOptions } from '../../src/6-emit/emit.ts';
import { onnx } from '../../src/6-emit/onnx/proto.ts';
import { type OnnxOptions, onnxTarget } from '../../src/6-emit/onnx/target.ts';
import type { Metadata } from '../../src/6-emit/target.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';

/** Numbers with life in every tensor, norms and biases too; variances are positive. */
export function lively(): WeightSource {
  const cache = new Map<string, Float32Array>();
  return {
    read(spec: TensorSpec) {
      let values = cache.get(spec.name);
      if (!values) {
        values = new Float32Array(elements(spec.shape));
        const fanIn = elements(spec.shape.slice(1));
        fillNormal(values, randomState(7, spec.name), spec.shape.length > 1 ? 1 / Math.sqrt(fanIn) : 0.5);
        if (spec.role === 'running_var') values = values.map((v) => 0.5 + v * v);
        if (spec.role === 'weight' && spec.shape.length === 1) values = values.map((v) => 1 + v);
        cache.set(spec.name, values);
      }
      return values;
    },
  };
}

/** Normal numbers for the inputs of a graph. */
export function inputsOf(graph: Graph, batch = 1): Record<string, Float32Array> {
  return Object.fromEntries(
    graph.inputs.map((id) => {
      const node = graph.nodes[id]!;
      const name = node.op.kind === 'input' ? node.op.name : '';
      const values = new Float32Array(batch * elements(node.shapes[0]!));
      fillNormal(values, randomState(3, name), 2);
      return [name, values];
    }),
  );
}

/** The files that the target writes, whole. */
export function emitFiles(
  graph: Graph,
  weights: WeightSource,
  { half, ...options }: Partial<OnnxOptions> & PassOptions = {},
  metadata: Metadata = [],
) {
  const chunks = new Map<string, Uint8Array[]>();
  const progress: [number, number][] = [];
  const result = onnxTarget.emit({
    graph: half ? halfPrecision(graph) : graph,
    weights,
    metadata,
    options: { ...onnxTarget.defaults, ...options },
    open(suffix) {
      const list: Uint8Array[] = [];
      chunks.set(suffix, list);
      return { name: `model.onnx${suffix}`, sink: { write: (bytes) => void list.push(bytes.slice()) } };
    },
    progress: (done, total) => progress.push([done, total]),
  });
  const files = new Map([...chunks].map(([suffix, list]) => [suffix, Uint8Array.from(Buffer.concat(list))]));
  return { ...result, files, progress, bytes: files.get('')!, written: result.bytes };
}

/** The file read back by another decoder of the format. */
export function decode(bytes: Uint8Array) {
  const model = onnx.ModelProto.decode(bytes);
  return { model, graph: model.graph! };
}

/** Runs a file in ONNX Runtime. */
export async function runOrt(
  model: Uint8Array | string,
  graph: Graph,
  inputs: Record<string, Float32Array>,
  batch = 1,
): Promise<Float32Array[]> {
  const options: ort.InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  };
  const session = await (typeof model === 'string'
    ? ort.InferenceSession.create(model, options)
    : ort.InferenceSession.create(model, options));
  const feeds = Object.fromEntries(
    graph.inputs.map((id) => {
      const node = graph.nodes[id]!;
      const name = node.op.kind === 'input' ? node.op.name : '';
      return [name, new ort.Tensor('float32', inputs[name]!, [batch, ...node.shapes[0]!])];
    }),
  );
  const results = await session.run(feeds);
  const names = session.outputNames;
  await session.release();
  // By their places: an output that has an input's name is called otherwise in the file.
  return names.map((name) => results[name]!.data as Float32Array);
}

/** The greatest difference, relative where numbers are large. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    if (!(difference <= worst)) worst = difference;
  }
  return worst;
}
