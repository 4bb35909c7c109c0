import { createDiagnostic } from '../../diagnostics/diagnostic.ts';
import type { CheckpointFormat, CheckpointSource, OpenedTensors, RandomAccess } from './format.ts';
import { kerasFormats } from './keras/format.ts';
import { layersModelFormat } from './layers-model/format.ts';
import { namedFormats } from './named-formats.ts';
import { onnxFormat } from './onnx/format.ts';
import { safetensorsFormat } from './safetensors.ts';
import { tensorflowFormat } from './tensorflow/format.ts';
import { torchFormats } from './torch/format.ts';

/** All formats of weights that are known, those that are read first. A file is of the first that its bytes fit. */
export const checkpointFormats: readonly CheckpointFormat[] = [
  safetensorsFormat,
  layersModelFormat,
  ...torchFormats,
  onnxFormat,
  ...kerasFormats,
  tensorflowFormat,
  ...namedFormats,
];

/**
 * Opens a checkpoint of any format that is read. Whatever the bytes, this gives a checkpoint or an error, never an exception
 * (but for one that the files' `read` itself throws).
 * @param format of the file; by default what its first bytes say.
 */
export function openCheckpointFile(source: CheckpointSource, format = formatOf(source.file)): OpenedTensors {
  const { what, advice = '', hasDictionaries = false } = format;
  const data = { file: source.name, what, advice };
  if (format.open && source.key !== undefined && !hasDictionaries) {
    const diagnostic = createDiagnostic('checkpoint-key', undefined, { file: source.name, what, key: source.key });
    return { diagnostics: [diagnostic] };
  }
  return format.open?.(source) ?? { diagnostics: [createDiagnostic('checkpoint-format', undefined, data)] };
}

/**
 * Opens a safetensors file. Whatever the bytes, this gives a checkpoint or an error, never an exception (but for one
 * that `file.read` itself throws).
 * @param name the display name of the file.
 */
export function openSafetensors(file: RandomAccess, name: string): OpenedTensors {
  return openCheckpointFile({ name, file });
}

/** The format of a file by its first bytes. What no format fits is taken for safetensors, whose reader reports what is wrong. */
export function formatOf(file: RandomAccess): CheckpointFormat {
  const head = Uint8Array.from(file.read(0, Math.min(file.size, 4096)));
  const text = Array.from(head, (byte) => String.fromCharCode(byte)).join('');
  const tail = Uint8Array.from(file.read(Math.max(file.size - 8, 0), Math.min(file.size, 8)));
  return checkpointFormats.find(({ isOf }) => isOf({ head, text, tail })) ?? safetensorsFormat;
}
