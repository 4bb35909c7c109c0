import { createDiagnostic } from '../../diagnostics/diagnostic.ts';
import type { CheckpointFormat, CheckpointSource, FileEnds, OpenedTensors, RandomAccess } from './format.ts';
import { kerasFormats } from './keras/format.ts';
import { layersModelFormat, weightsManifestFormat } from './layers-model/format.ts';
import { namedFormats, unknownFormat } from './named-formats.ts';
import { onnxFormat } from './onnx/format.ts';
import { safetensorsFormat } from './safetensors.ts';
import { tensorflowFormat } from './tensorflow/format.ts';
import { tfliteFormat } from './tflite/format.ts';
import { torchFormats } from './torch/format.ts';

/**
 * All formats of weights that are recognised, those that are read first. A file has the first format that its bytes
 * fit.
 */
export const checkpointFormats: readonly CheckpointFormat[] = [
  safetensorsFormat,
  layersModelFormat,
  weightsManifestFormat,
  ...torchFormats,
  onnxFormat,
  ...kerasFormats,
  tensorflowFormat,
  tfliteFormat,
  ...namedFormats,
];

/**
 * Opens a checkpoint of any format that is read. Whatever the bytes, this gives a checkpoint or an error, never an exception
 * (except one that the files' `read` itself throws).
 * @param format of the file; by default the one that its first bytes show.
 */
export function openCheckpointFile(
  source: CheckpointSource,
  format = formatOf(source.file, source.name),
): OpenedTensors {
  const { what, advice = '', hasDictionaries = false } = format;
  if (format.open && source.key !== undefined && !hasDictionaries) {
    const diagnostic = createDiagnostic('checkpoint-key', undefined, { file: source.name, what, key: source.key });
    return { diagnostics: [diagnostic] };
  }
  const opened = format.open?.(source);
  if (opened) return opened;
  const instead = typeof advice === 'string' ? advice : advice(endsOf(source.file, source.name));
  const data = { file: source.name, what, advice: instead };
  return { diagnostics: [createDiagnostic('checkpoint-format', undefined, data)] };
}

/**
 * Opens a safetensors file; a file of another recognised format is read or refused as such. Whatever the bytes, this gives a checkpoint or an error, never an exception (except one that `file.read` itself throws).
 * @param name the display name of the file.
 */
export function openSafetensors(file: RandomAccess, name: string): OpenedTensors {
  const format = formatOf(file, name);
  return openCheckpointFile({ name, file }, format === unknownFormat ? safetensorsFormat : format);
}

/**
 * The format of a file by its first bytes. A file that fits no format counts as safetensors if its name ends so: the reader reports what
 * is wrong.
 */
export function formatOf(file: RandomAccess, name: string): CheckpointFormat {
  const ends = endsOf(file, name);
  const found = checkpointFormats.find(({ isOf }) => isOf(ends));
  return found ?? (/\.safetensors$/i.test(name) ? safetensorsFormat : unknownFormat);
}

function endsOf(file: RandomAccess, name: string): FileEnds {
  const head = Uint8Array.from(file.read(0, Math.min(file.size, 4096)));
  const text = Array.from(head, (byte) => String.fromCharCode(byte)).join('');
  const tail = Uint8Array.from(file.read(Math.max(file.size - 8, 0), Math.min(file.size, 8)));
  return { head, text, tail, name };
}
