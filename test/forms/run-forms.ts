import * as tf from '@tensorflow/tfjs';
import { elements, type Graph, graphTensors, type ValueRef } from '../../src/5-graph/graph.ts';
import { withoutAuxiliary } from '../../src/5-graph/passes/remove-unreached.ts';
import { buildTrainingProgram } from '../../src/5-graph/training/build-training-program.ts';
import { emit } from '../../src/6-emit/emit.ts';
import { type OnnxOptions, onnxTarget } from '../../src/6-emit/onnx/target.ts';
import type { Target } from '../../src/6-emit/target.ts';
import { graphModelTarget } from '../../src/6-emit/tfjs/graph-model/target.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import { liteTarget } from '../../src/6-emit/tflite/target.ts';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import type { CreateRunner } from '../../src/backends/runner.ts';
import type { LiteInterpreter } from '../../src/backends/tflite/interpreter.ts';
import type { Compilation } from '../../src/compile.ts';
import { hasErrors } from '../../src/diagnostics/diagnostic.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { openLayersFolder } from '../../src/weights/readers/layers-model/open-folder.ts';
import { inputsOf, runOrt } from '../onnx/emit.ts';
import { runReference } from '../onnx/reference.ts';
import { channelsLast, folderInMemory, fromFiles, predict } from '../tfjs/models.ts';
import { runLite } from '../tflite/lite.ts';

/** Numbers of each output, the samples of the batch one behind the other. */
type Outputs = readonly ArrayLike<number>[];

/** A form of a network, and what it gives; undefined where its target says that it has none. */
export interface Form {
  readonly name: string;
  /** The most that an output may be off, over its largest value. */
  readonly tolerance: number;
  /** See `differenceOf`. */
  readonly scales?: readonly number[];
  run(): Promise<Outputs | undefined>;
}

const batch = 2;

/**
 * What the network gives in double precision, by loops that share nothing with any form.
 * @param round applied to every number between the nodes.
 */
export function expectedOutputs(
  network: Compilation,
  checkpoint: Checkpoint,
  round?: (value: number) => number,
): Outputs {
  const graph = network.graph as Graph;
  const { source } = chooseWeights(network.program, graph, { checkpoint });
  const inputs = inputsOf(graph, batch);
  const samples = Array.from({ length: batch }, (_, sample) => {
    const parts = Object.entries(inputs).map(([name, values]): [string, Float32Array] => {
      const size = values.length / batch;
      return [name, values.slice(sample * size, (sample + 1) * size)];
    });
    return runReference(graph, source!, Object.fromEntries(parts), round);
  });
  return graph.outputs.map((_, i) => Float64Array.from(samples.flatMap((outputs) => [...outputs[i]!])));
}

/**
 * Whether single precision has no digits left of what a network gives: where every number between the nodes is off at random,
 * by half a unit in the last place and 2^-26, an output is off by more than a quarter of the tolerance. A group norm of a
 * constant image divides such an error by the root of its epsilon; engines compute a sigmoid to 2^-26 of 1, which is all that
 * it gives of -18.
 */
export function isIllConditioned(network: Compilation, checkpoint: Checkpoint, expected: Outputs): boolean {
  let state = 1;
  const off = (value: number) => {
    state = (state * 48271) % 2147483647; // Park and Miller's minimal standard generator
    const sign = state & 1 ? 1 : -1;
    return value * (1 + sign * 2 ** -24) + sign * 2 ** -26;
  };
  return !(differenceOf(expectedOutputs(network, checkpoint, off), expected) < 2.5e-5);
}

/**
 * All forms of a network.
 * @param variant which of ONNX's options besides the default are taken.
 * @param given of two samples.
 * @param lite what runs TensorFlow Lite's files, where there is one.
 */
export function formsOf(
  network: Compilation,
  checkpoint: Checkpoint,
  variant: number,
  given?: Readonly<Record<string, Float32Array>>,
  lite?: LiteInterpreter,
): readonly Form[] {
  const graph = network.graph as Graph;
  const inputs = given ?? inputsOf(graph, batch);
  const written = <T>(target: Target<T>, options: Partial<T>, fold: boolean, half = false) => {
    const folder = folderInMemory();
    const { diagnostics } = emit(network, target, options, folder.open, { checkpoint, fold, half });
    return hasErrors(diagnostics) ? undefined : folder.files();
  };
  const scales = halfScales(network, checkpoint);
  const onnx = (name: string, options: Partial<OnnxOptions>, fold = true, half = false): Form => ({
    name,
    tolerance: half ? 0.05 : 1e-4,
    ...(half && scales && { scales }),
    async run() {
      const files = written(onnxTarget, options, fold, half);
      return files && runOrt(files.get('')!, graph, inputs, batch);
    },
  });
  const tfjs = <T>(name: string, target: Target<T>, fold: boolean): Form => ({
    name,
    tolerance: 1e-4,
    async run() {
      const files = written(target, {}, fold);
      if (!files) return undefined;
      const reader = fromFiles(files);
      const model = await (target.purpose === 'training' ? tf.loadLayersModel(reader) : tf.loadGraphModel(reader));
      try {
        return predict(model, graph, inputs, batch);
      } finally {
        model.dispose();
      }
    },
  });
  const tflite = (name: string, { fold = true, half = false, delegate = true }): Form => ({
    name,
    tolerance: half ? 0.05 : 1e-4,
    ...(half && scales && { scales }),
    async run() {
      const files = written(liteTarget, {}, fold, half);
      return files && runLite(lite as LiteInterpreter, files.get('')!, graph, inputs, batch, delegate);
    },
  });
  // up to the newest that onnxruntime-node 1.30 runs
  const opset = 13 + (variant % 14);
  return [
    onnx('ONNX', {}),
    onnx(`ONNX, opset ${opset}, batch norms as they are`, { opset }, false),
    onnx(`ONNX, a batch of ${batch}`, { batch }),
    ...(scales ? [onnx('ONNX, half precision', {}, variant % 2 === 0, true)] : []),
    onnx('ONNX, tuned', { tuned: 'ort-x86' }),
    tfjs('layers model', layersTarget, false),
    tfjs('graph model', graphModelTarget, variant % 2 === 0),
    ...(lite
      ? [
          tflite('TensorFlow Lite', {}),
          tflite('TensorFlow Lite, no delegate, batch norms as they are', { fold: false, delegate: false }),
          ...(scales ? [tflite('TensorFlow Lite, float16 weights', { half: true, delegate: variant % 2 === 0 })] : []),
        ]
      : []),
    {
      name: 'training, evaluated',
      tolerance: 1e-4,
      run: () => evaluatedTraining(network, checkpoint, (program) => createEagerRunner(tf, program), inputs),
    },
  ];
}

/**
 * The forward half of training, evaluated: of a network with one image and one vector, undefined for another.
 * @param createRunner of the engine that runs it.
 */
export async function evaluatedTraining(
  network: Compilation,
  checkpoint: Checkpoint,
  createRunner: CreateRunner,
  inputs = inputsOf(network.graph as Graph, batch),
): Promise<Outputs | undefined> {
  const graph = network.graph as Graph;
  const { training } = buildTrainingProgram(graph);
  // A pool padded by its window or more has no defined result in any form.
  const isRefused = hasErrors(onnxTarget.check(graph, onnxTarget.defaults));
  if (!training || graph.outputs.length > 1 || isRefused) return undefined;
  const runner = await createRunner(training.program);
  try {
    const { variables } = training.program;
    await runner.write(
      new Map(
        variables.map(({ name, shape, start }) => [
          name,
          start === 'weights' ? checkpoint.read(name).slice() : new Float32Array(elements(shape)),
        ]),
      ),
    );
    const [channels = 1, height = 1, width = 1] = training.input.shape;
    const [image] = Object.values(inputs);
    const data = tf.tidy(() => channelsLast(image!, batch, training.input.shape).dataSync().slice() as Float32Array);
    const results = await runner.run('predict', { image: { shape: [batch, height, width, channels], data } });
    return [results.logits!.data];
  } finally {
    runner.close();
  }
}

/** The tensors that a network's layers model, opened again, does not have as they went in; none where there is no such form. */
export function lostByLayers(network: Compilation, checkpoint: Checkpoint): readonly string[] {
  const folder = folderInMemory();
  if (hasErrors(emit(network, layersTarget, {}, folder.open, { checkpoint }).diagnostics)) return [];
  const files = folder.files();
  const json = new TextDecoder().decode(files.get('model.json'));
  const { checkpoint: back, diagnostics } = openLayersFolder('model', json, (name) => {
    const bytes = files.get(name)!;
    return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
  });
  if (!back) return diagnostics.map(({ message }) => message);
  const isSame = (name: string) => {
    const [ours, theirs] = [checkpoint.read(name), back.tensors.has(name) ? back.read(name) : []];
    return ours.length === theirs.length && ours.every((value, i) => value === theirs[i]);
  };
  const { graph } = network;
  const taken = new Set([...graphTensors(withoutAuxiliary(graph as Graph))].map(({ tensor }) => tensor.name));
  return [...checkpoint.tensors.keys()].filter((name) => taken.has(name) && !isSame(name));
}

/**
 * For each output the largest value of what its node reads or gives: what half precision rounds, where little of it is left.
 * Undefined where half precision cannot hold what goes through a network, and its squares: there infinities are right.
 */
function halfScales(network: Compilation, checkpoint: Checkpoint): readonly number[] | undefined {
  const graph = network.graph as Graph;
  const outputs = graph.nodes.flatMap(({ id, shapes }) =>
    shapes.map((_, output) => ({ name: `${id}/${output}`, value: { node: id, output } })),
  );
  const values = expectedOutputs({ ...network, graph: { ...graph, outputs } }, checkpoint);
  const largest = new Map(outputs.map(({ name }, i) => [name, largestOf(values[i]!)]));
  if ([...largest.values()].some((x) => !(x < 250))) return undefined;
  const sizeOf = ({ node, output }: ValueRef) => largest.get(`${node}/${output}`)!;
  return graph.outputs.map(({ value }) => Math.max(...[value, ...graph.nodes[value.node]!.inputs].map(sizeOf)));
}

function largestOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/**
 * The largest difference of an output over its largest value, or over the size that it is rounded at; infinite for another
 * number of elements.
 */
export function differenceOf(found: Outputs, expected: Outputs, scales: readonly number[] = []): number {
  return Math.max(
    ...expected.map((values, i) => {
      const other = found[i];
      if (other?.length !== values.length) return Number.POSITIVE_INFINITY;
      let [most, largest] = [0, scales[i] ?? 0];
      for (let k = 0; k < values.length; k++) {
        const difference = Math.abs(values[k]! - other[k]!);
        most = difference <= most ? most : Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
        largest = Math.max(largest, Math.abs(values[k]!));
      }
      // what is 0 everywhere is a difference of equals, of the size of the images: about 1
      return most === 0 ? 0 : most / (largest === 0 ? 1 : Math.max(largest, 1e-6));
    }),
  );
}
