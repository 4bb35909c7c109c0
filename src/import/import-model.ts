import { createDiagnostic } from '../diagnostics/diagnostic.ts';
import type { CheckpointSource } from '../weights/readers/format.ts';
import { onnxFormat } from '../weights/readers/onnx/format.ts';
import { formatOf } from '../weights/readers/readers.ts';
import { type ImportResult, importOnnx } from './import-onnx.ts';

/**
 * Reads a network that another program wrote as a spec, and its weights.
 * @param name what the model is called, as a file's name: `resnet18`
 */
export function importModel(source: CheckpointSource, name: string): ImportResult {
  const format = formatOf(source.file, source.name);
  if (format === onnxFormat) return importOnnx(source, name);
  return { diagnostics: [createDiagnostic('import-format', undefined, { file: source.name, what: format.what })] };
}
