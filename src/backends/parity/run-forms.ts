import type { GraphModel, LayersModel, Tensor } from '@tensorflow/tfjs';
import { elements, type Graph, shapeOf } from '../../5-graph/graph.ts';
import { registerLayers } from '../../6-emit/tfjs/custom-layers/register.ts';
import { disposeModel } from '../../6-emit/tfjs/layers/dispose-model.ts';
import type { Tfjs } from '../backend.ts';
import type { OnnxRuntime } from '../onnx-runtime.ts';
import { runModule } from '../pytorch/run-module.ts';
import type { HostTensor } from '../runner.ts';
import type { LiteInterpreter } from '../tflite/interpreter.ts';
import type { WrittenForm } from './forms.ts';
import { fromTensors, type NamedValue, toTensors, turned } from './values.ts';

/** The outputs of an ONNX file. */
export async function runOnnx(
  ort: OnnxRuntime,
  model: Uint8Array,
  graph: Graph,
  inputs: readonly NamedValue[],
  batch: number,
): Promise<readonly NamedValue[]> {
  // Errors are thrown and reported by the caller; the engine's own log would repeat them on the terminal.
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4 });
  try {
    const feeds = inputs.map(({ name, shape, data }) => [name, new ort.Tensor('float32', data, [batch, ...shape])]);
    const results = await session.run(Object.fromEntries(feeds));
    // By position: an output with an input's name has another name in the file.
    return graph.outputs.map(({ name }, i) => {
      const { data, dims } = results[session.outputNames[i] ?? ''] as InstanceType<OnnxRuntime['Tensor']>;
      return { name, shape: dims.slice(1), data: data as Float32Array };
    });
  } finally {
    await session.release();
  }
}

/** The outputs of a TensorFlow Lite file, by its signature. */
export async function runLite(
  lite: LiteInterpreter,
  model: Uint8Array,
  graph: Graph,
  inputs: readonly NamedValue[],
  batch: number,
): Promise<readonly NamedValue[]> {
  const session = await lite.open({ model, threads: 1, delegate: true });
  try {
    const fed = inputs.map(({ name, shape, data }) => {
      const [channels = 1, ...space] = shape;
      return [name, { shape: [batch, ...space, channels], data: turned(data, batch, shape, 'toLast') }] as const;
    });
    const results = await session.run(Object.fromEntries(fed));
    return graph.outputs.map(({ name, value }) => {
      const shape = shapeOf(graph, value);
      const { data } = results[name] as HostTensor;
      // an output of learned tensors alone is the same for all samples
      return { name, shape, data: turned(data, data.length / elements(shape), shape, 'toFirst') };
    });
  } finally {
    await session.close();
  }
}

/** The outputs of a PyTorch module. */
export async function runTorch(
  python: string,
  files: WrittenForm['files'],
  graph: Graph,
  inputs: readonly NamedValue[],
  batch: number,
): Promise<readonly NamedValue[]> {
  const written = new Map(files.names().map((name) => [name, files.bytes(name)]));
  const given = inputs.map(({ shape, data }) => ({ shape: [batch, ...shape], data }));
  const results = await runModule(python, written, given);
  return graph.outputs.map(({ name, value }, i) => ({
    name,
    shape: shapeOf(graph, value),
    data: results[i]?.data ?? new Float32Array(0),
  }));
}

/** The outputs of a layers model or a graph model on the backend that `tf` has set. */
export async function runTfjs(
  tf: Tfjs,
  { runtime, files }: WrittenForm,
  graph: Graph,
  inputs: readonly NamedValue[],
  batch: number,
): Promise<readonly NamedValue[]> {
  registerLayers(tf);
  const load = runtime === 'tfjs-layers' ? tf.loadLayersModel : tf.loadGraphModel;
  const model: LayersModel | GraphModel = await load(files.handler(tf));
  const feeds = toTensors(tf, inputs, batch);
  try {
    const results = [model.predict(feeds.length === 1 ? (feeds[0] as Tensor) : feeds)].flat() as Tensor[];
    const values = await fromTensors(tf, graph, results);
    tf.dispose(results);
    return values;
  } finally {
    tf.dispose(feeds);
    if ('layers' in model) disposeModel(model);
    else model.dispose();
  }
}
