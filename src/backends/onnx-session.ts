import { elements } from '../5-graph/graph.ts';
import { fillNormal } from '../weights/normal.ts';
import { randomState } from '../weights/random.ts';
import { firstLine } from './first-line.ts';
import type { OnnxRuntime } from './onnx-runtime.ts';

export interface SessionRequest {
  /** Of one operator. Operators run one after the other. */
  readonly threads: number;
  readonly batch: number;
  /** Of the inputs. */
  readonly seed: number;
}

/** An ONNX file in ONNX Runtime, with inputs to run it on again and again. */
export interface OnnxSession {
  /** By their names in the file, with the batch. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  run(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Opens an ONNX file with random inputs: normal numbers, as normalised images have them.
 * @returns or why it cannot be run, as the rest of a sentence that begins with the file.
 */
export async function openOnnxSession(
  ort: OnnxRuntime,
  path: string,
  { threads, batch, seed }: SessionRequest,
): Promise<OnnxSession | string> {
  const options = {
    logSeverityLevel: 4,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // idle threads of one session would spin on the cores of another that is timed
    extra: { session: { force_spinning_stop: '1' } },
  } as const;
  const session = await ort.InferenceSession.create(path, options).catch(firstLine);
  if (typeof session === 'string') return `is not taken by ONNX Runtime: ${session}`;
  const inputs: Record<string, number[]> = {};
  const feeds: Record<string, InstanceType<OnnxRuntime['Tensor']>> = {};
  for (const input of session.inputMetadata) {
    const dims = input.isTensor && input.type === 'float32' ? dimensions(input.shape, batch) : 'is not float32';
    if (typeof dims === 'string') {
      await session.release();
      return `has the input '${input.name}', which ${dims}`;
    }
    const data = new Float32Array(elements(dims));
    fillNormal(data, randomState(seed, `bench/${input.name}`), 1);
    inputs[input.name] = dims;
    feeds[input.name] = new ort.Tensor('float32', data, dims);
  }
  return { inputs, run: () => session.run(feeds), close: () => session.release() };
}

/** The sides of an input, the first of which is the batch; or what keeps it from being fed. */
function dimensions(shape: readonly unknown[], batch: number): number[] | string {
  const isStated = (side: unknown): side is number => typeof side === 'number' && side > 0;
  const [first, ...others] = shape;
  if (!others.every(isStated)) {
    return `has sides of no stated size, [${shape.join(', ')}]; python -m onnxruntime.tools.make_dynamic_shape_fixed states them`;
  }
  if (isStated(first) && first !== batch)
    return `takes ${first} ${first === 1 ? 'sample' : 'samples'} at a time: --batch ${first}`;
  return [batch, ...others];
}
