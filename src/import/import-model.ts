import { createDiagnostic, hasErrors } from '../diagnostics/diagnostic.ts';
import type { CheckpointSource, OpenedTensors } from '../weights/readers/format.ts';
import { onnxFormat } from '../weights/readers/onnx/format.ts';
import { formatOf } from '../weights/readers/readers.ts';
import { importStrings } from './block-strings/import-strings.ts';
import { blockStrings } from './block-strings/read-strings.ts';
import { type ImportConvention, importCheckpoint } from './checkpoint/import-checkpoint.ts';
import { importGraphModel } from './graph-model/import-graph-model.ts';
import { type GraphOptions, importOnnx } from './import-onnx.ts';
import type { ImportResult } from './imported.ts';
import { importLayers } from './layers/import-layers.ts';

/** What a user states about a file that the file itself does not. */
export interface ImportOptions extends ImportConvention, GraphOptions {}

/** Whether a file contains a network's nodes, so that the network is read from it. */
export function isGraphFile(source: CheckpointSource): boolean {
  return formatOf(source.file, source.name) === onnxFormat;
}

/**
 * Reads a foreign network as a spec, and its weights, from a file that `isGraphFile`. @param name of the model, from a
 * file's name: `resnet18`
 */
export function importModel(source: CheckpointSource, name: string, options: ImportOptions = {}): ImportResult {
  if (isGraphFile(source)) return importOnnx(source, name, options);
  const { what } = formatOf(source.file, source.name);
  return { diagnostics: [createDiagnostic('import-format', undefined, { file: source.name, what })] };
}

/** The most that a file of block strings has. */
export const mostStringBytes = 1 << 20;

/** The same from a text with block strings of timm or of the TPU reference code; undefined of a text without any. */
export function importText(text: string, file: string, name: string): ImportResult | undefined {
  const strings = blockStrings(text);
  return strings.length === 0 ? undefined : importStrings(strings, file, name);
}

/**
 * The same from a file of weights that is open: by its layers or nodes where it has them (Keras, TensorFlow.js), else by its tensors.
 * @param what kind of file it is: `a PyTorch checkpoint`
 */
export function importOpened(
  opened: OpenedTensors,
  what: string,
  name: string,
  options: ImportOptions = {},
): ImportResult {
  const { checkpoint, topology, graph, diagnostics } = opened;
  if (!checkpoint) return { diagnostics };
  const own = topology
    ? importLayers(checkpoint, topology, opened.constants, name, options)
    : graph
      ? importGraphModel(checkpoint, graph, name, options)
      : importCheckpoint(checkpoint, what, name, options);
  const all = [...diagnostics, ...own.diagnostics];
  return own.imported && !hasErrors(all) ? { imported: own.imported, diagnostics: all } : { diagnostics: all };
}
