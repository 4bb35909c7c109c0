import type { InferenceSession } from 'onnxruntime-node';
import { firstLine } from './first-line.ts';
import { inputSides, inputValues, type ModelSession, type SessionRequest } from './model-session.ts';
import type { OnnxRuntime } from './onnx-runtime.ts';

/** What ONNX Runtime for Node and ONNX Runtime Web have in common. */
export type OnnxApi = Pick<OnnxRuntime, 'InferenceSession' | 'Tensor'>;

export type OnnxSessionOptions = import('onnxruntime-node').InferenceSession.SessionOptions;

/** An ONNX file in ONNX Runtime. */
export interface OnnxSession extends ModelSession {
  /** Ends profiling, if the options requested it: then its file is complete. */
  endProfiling(): void;
}

const advice = '; python -m onnxruntime.tools.make_dynamic_shape_fixed states them';

/**
 * Opens an ONNX file in ONNX Runtime.
 * @returns the session, or why ONNX Runtime cannot load the file.
 */
export function createOnnxSession(
  { InferenceSession }: Pick<OnnxApi, 'InferenceSession'>,
  file: string | Uint8Array,
  options: OnnxSessionOptions = {},
): Promise<InferenceSession | string> {
  const quiet = { logSeverityLevel: 4, ...options } as const;
  const creating =
    typeof file === 'string' ? InferenceSession.create(file, quiet) : InferenceSession.create(file, quiet);
  return creating.catch((e) => withoutData(e) ?? firstLine(e));
}

/** Where a file of numbers is missing, its name. */
function withoutData(e: unknown): string | undefined {
  const [, path] = /External data path does not exist: "([^"]+)"/.exec(firstLine(e)) ?? [];
  return path && `its numbers are in '${path.replace(/^.*[\\/]/, '')}', which is not next to it`;
}

/**
 * Opens an ONNX file with random inputs.
 * @returns or why it cannot be run, as the rest of a sentence that begins with the file.
 */
export async function openOnnxSession(
  { InferenceSession, Tensor }: OnnxApi,
  file: string | Uint8Array,
  { batch, seed }: SessionRequest,
  options: OnnxSessionOptions,
): Promise<OnnxSession | string> {
  const session = await createOnnxSession({ InferenceSession }, file, options);
  if (typeof session === 'string') return `cannot be loaded by ONNX Runtime: ${session}`;
  const inputs: Record<string, number[]> = {};
  const feeds: Record<string, InstanceType<OnnxApi['Tensor']>> = {};
  for (const input of session.inputMetadata) {
    const sides =
      input.isTensor && input.type === 'float32' ? inputSides(input.shape, batch, advice) : 'is not float32';
    if (typeof sides === 'string') {
      await session.release();
      return `has the input '${input.name}', which ${sides}`;
    }
    inputs[input.name] = sides;
    feeds[input.name] = new Tensor('float32', inputValues(input.name, sides, seed), sides);
  }
  return {
    inputs,
    run: () => session.run(feeds),
    close: () => session.release(),
    endProfiling: () => session.endProfiling(),
  };
}

/** How ONNX Runtime runs a network on the CPU of this machine. @param threads of one operator; they run one after the other */
export function onCpu(threads: number): OnnxSessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // idle threads of one session would spin on the cores of another that is timed
    extra: { session: { force_spinning_stop: '1' } },
  };
}
