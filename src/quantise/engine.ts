import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Graph, type Shape, shapeOf } from '../5-graph/graph.ts';
import { onnxTarget } from '../6-emit/onnx/target.ts';
import type { OpenSink, Target } from '../6-emit/target.ts';
import type { OnnxRuntime } from '../backends/onnx-runtime.ts';
import { createOnnxSession, type OnnxSessionOptions } from '../backends/onnx-session.ts';
import { RunError } from '../train/run-error.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/** A network that runs on pictures. */
export interface EngineNetwork {
  /** @param images `[count, C, H, W]` @returns the outputs by their names, each `[count, ...]`, valid until the next run */
  run(images: Float32Array, count: number): Promise<Readonly<Record<string, Float32Array>>>;
  close(): Promise<void>;
}

/** Runs networks: as they are, and with the types of a plan. */
export interface Engine {
  readonly name: string;
  open(graph: Graph, weights: WeightSource): Promise<EngineNetwork>;
  /** The bytes of the file that it runs. */
  sizeOf(graph: Graph, weights: WeightSource): number;
}

/**
 * How an engine computes the integers of a file: in float32, rounding where the file says so, or by the integer kernels of the
 * processor, on one thread, as users do.
 */
export type Kernels = 'as written' | 'integer';

/**
 * ONNX Runtime, on the files that `compile` writes. Integer kernels of processors without VNNI saturate sums of two products, so
 * their results depend on the machine; results computed as written do not. @param folder where files are made and removed.
 */
export function onnxEngine(ort: OnnxRuntime, folder: string, opset: number, kernels: Kernels = 'as written'): Engine {
  const options = { ...onnxTarget.defaults, opset };
  let files = 0;
  return {
    name: `ONNX Runtime ${ort.env.versions.node ?? ''}`.trim(),
    async open(graph, weights) {
      const path = join(folder, `network-${files++}.onnx`);
      const written = fileSinks(path);
      try {
        onnxTarget.emit({ graph, weights, metadata: [], options, open: written.open });
        written.finish();
        const session = await createOnnxSession(ort, path, sessionOptions[kernels]);
        if (typeof session === 'string') throw new RunError(`ONNX Runtime does not take '${graph.name}': ${session}`);
        const { name, shape } = imageInput(graph);
        return {
          async run(images, count) {
            const results = await session.run({ [name]: new ort.Tensor('float32', images, [count, ...shape]) });
            return Object.fromEntries(Object.entries(results).map(([key, { data }]) => [key, data as Float32Array]));
          },
          close: () => session.release(),
        };
      } finally {
        written.remove();
      }
    },
    sizeOf: (graph, weights) => emittedSize(onnxTarget, options, graph, weights),
  };
}

/** How many bytes a target writes, without metadata. */
export function emittedSize<Options>(
  target: Pick<Target<Options>, 'emit'>,
  options: Options,
  graph: Graph,
  weights: WeightSource,
): number {
  let bytes = 0;
  const sink = {
    write: (part: Uint8Array) => {
      bytes += part.length;
    },
  };
  target.emit({ graph, weights, metadata: [], options, open: (suffix) => ({ sink, name: `network${suffix}` }) });
  return bytes;
}

const sessionOptions: Record<Kernels, OnnxSessionOptions> = {
  // waiting threads do not spin and no memory is kept: there are many networks, each running for a short time
  'as written': {
    extra: { session: { disable_quant_qdq: '1', intra_op: { allow_spinning: '0' } } },
    enableCpuMemArena: false,
  },
  integer: { intraOpNumThreads: 1, interOpNumThreads: 1 },
};

/** The name and the shape, channels first, of a network's one input. */
export function imageInput(graph: Graph): { readonly name: string; readonly shape: Shape } {
  const [input] = graph.inputs;
  const node = graph.nodes[input ?? -1];
  if (node?.op.kind !== 'input' || graph.inputs.length !== 1)
    throw new Error('the network does not have exactly one input');
  return { name: node.op.name, shape: shapeOf(graph, { node: node.id, output: 0 }) };
}

/** Writes the files of a network for an engine to a path. */
export function fileSinks(path: string): { open: OpenSink; finish(): void; remove(): void } {
  const files: { fd: number; path: string }[] = [];
  const close = () => {
    for (const { fd } of files) closeSync(fd);
  };
  let isOpen = true;
  return {
    open(suffix) {
      const at = path + suffix;
      const fd = openSync(at, 'w');
      files.push({ fd, path: at });
      const write = (bytes: Uint8Array) => {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      };
      return { sink: { write }, name: basename(at) };
    },
    finish() {
      close();
      isOpen = false;
    },
    remove() {
      if (isOpen) close();
      for (const file of files) rmSync(file.path, { force: true });
    },
  };
}
