import { createRequire } from 'node:module';
import { findPackage } from './find-package.ts';
import { firstLine } from './first-line.ts';

export type OnnxRuntime = typeof import('onnxruntime-node');

/**
 * Loads ONNX Runtime without its telemetry, which would leave files in the temporary folder and report to its makers, unless the user's environment sets that.
 * @param entry the package's entry file.
 */
export function requireOnnxRuntime(entry: string): OnnxRuntime {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  return createRequire(entry)(entry) as OnnxRuntime;
}

/** ONNX Runtime, or why there is none. @param cwd the user's folder, whose packages come first. */
export function loadOnnxRuntime(cwd: string): OnnxRuntime | string {
  const entry = findPackage('onnxruntime-node', cwd);
  if (entry === undefined) return "onnxruntime-node is not installed ('npm install onnxruntime-node')";
  try {
    return requireOnnxRuntime(entry);
  } catch (e) {
    return `onnxruntime-node does not load: ${firstLine(e)}`;
  }
}
