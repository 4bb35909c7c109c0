import { createRequire } from 'node:module';

export type OnnxRuntime = typeof import('onnxruntime-node');

/**
 * Loads ONNX Runtime without its telemetry, which would leave files in the temporary folder and report to its makers, unless
 * the user's environment has a word of its own on that.
 * @param entry the package's entry file.
 */
export function requireOnnxRuntime(entry: string): OnnxRuntime {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  return createRequire(entry)(entry) as OnnxRuntime;
}
