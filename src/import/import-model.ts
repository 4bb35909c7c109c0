import { createDiagnostic, hasErrors } from '../diagnostics/diagnostic.ts';
import type { CheckpointSource, OpenedTensors } from '../weights/readers/format.ts';
import { onnxFormat } from '../weights/readers/onnx/format.ts';
import { formatOf } from '../weights/readers/readers.ts';
import { type AskedConvention, importCheckpoint } from './checkpoint/import-checkpoint.ts';
import { importOnnx } from './import-onnx.ts';
import type { ImportResult } from './imported.ts';
import { importLayers } from './layers/import-layers.ts';

/** Whether a file states a network node by node, which is read from it itself. */
export function isGraphFile(source: CheckpointSource): boolean {
  return formatOf(source.file, source.name) === onnxFormat;
}

/**
 * Reads a network that another program wrote as a spec, and its weights, from a file that `isGraphFile`.
 * @param name what the model is called, as a file's name: `resnet18`
 */
export function importModel(source: CheckpointSource, name: string): ImportResult {
  if (isGraphFile(source)) return importOnnx(source, name);
  const { what } = formatOf(source.file, source.name);
  return { diagnostics: [createDiagnostic('import-format', undefined, { file: source.name, what })] };
}

/**
 * The same from a file of weights that is open: by its layers where it has them (Keras, TensorFlow.js), else by its tensors.
 * @param what kind of file it is: `a PyTorch checkpoint`
 * @param convention of weights that come in both
 */
export function importOpened(
  opened: OpenedTensors,
  what: string,
  name: string,
  convention: AskedConvention = {},
): ImportResult {
  const { checkpoint, topology, diagnostics } = opened;
  if (!checkpoint) return { diagnostics };
  const own = topology
    ? importLayers(checkpoint, topology, opened.constants, name)
    : importCheckpoint(checkpoint, what, name, convention);
  const all = [...diagnostics, ...own.diagnostics];
  return own.imported && !hasErrors(all) ? { imported: own.imported, diagnostics: all } : { diagnostics: all };
}
