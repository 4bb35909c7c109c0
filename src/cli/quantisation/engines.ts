import type { Runtime } from '../../6-emit/target-entry.ts';
import type { OnnxRuntime } from '../../backends/onnx-runtime.ts';
import { findLitePython, liteAdvice } from '../../backends/tflite/find-python.ts';
import { startInterpreter } from '../../backends/tflite/interpreter.ts';
import { type Engine, onnxEngine } from '../../quantise/engine.ts';
import { liteEngine } from '../../quantise/lite-engine.ts';
import type { Io } from '../io.ts';

/** What quantisation runs networks in. */
export interface QuantisationEngines {
  /** Looks at values. */
  readonly observing: Engine;
  /** Runs what is written. */
  readonly judge: Engine;
  /** The integer kernels of this machine, where the judge computes in float32 what integers stand for. */
  readonly kernels?: Engine;
  close(): void;
}

/**
 * The engines for a target: values are looked at in ONNX Runtime; what is written is judged in what runs it. Without a Python that has
 * TensorFlow Lite, its files are judged by what their integers stand for, which is said.
 * @param runtime of the target. @param folder for files.
 */
export async function openEngines(
  ort: OnnxRuntime,
  runtime: Runtime | undefined,
  folder: string,
  opset: number,
  warn: (text: string) => void,
  { cwd, env }: Io,
): Promise<QuantisationEngines> {
  const observing = onnxEngine(ort, folder, opset);
  const plain = { observing, judge: observing, close: () => {} };
  if (runtime !== 'tflite') return { ...plain, kernels: onnxEngine(ort, folder, opset, 'integer') };
  const python = findLitePython({ cwd, env });
  if (python === undefined) {
    const what = 'the integers are judged in ONNX Runtime';
    warn(`there is no Python with TensorFlow Lite: ${what} (${liteAdvice})`);
    return plain;
  }
  const lite = await startInterpreter(python);
  return { observing, judge: liteEngine(lite, folder), close: () => lite.close() };
}
