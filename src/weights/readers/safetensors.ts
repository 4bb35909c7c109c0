import { elements } from '../../5-graph/graph.ts';
import { createDiagnostic } from '../../diagnostics/diagnostic.ts';
import { reusedFloats } from '../bytes.ts';
import { isFloat } from '../checkpoint.ts';
import type { CheckpointFormat, CheckpointSource, OpenedTensors, RandomAccess } from './format.ts';
import { parseHeader, type StoredTensor } from './safetensors-header.ts';
import { readFloats } from './stored-floats.ts';

/**
 * Headers of networks with ten thousand tensors have two megabytes. (The reference implementation reads 100 MB, which takes
 * gigabytes of memory once it is parsed.)
 */
const maxHeaderBytes = 32_000_000;

/** Safetensors. Recognised by first bytes that can be the length of a header and its brace. */
export const safetensorsFormat: CheckpointFormat = {
  what: 'a safetensors file',
  isOf: ({ head }) => head.length > 8 && head[8] === 0x7b && head.subarray(4, 8).every((byte) => byte === 0),
  open: readSafetensors,
};

/**
 * Opens a safetensors file. Whatever the bytes, this gives a checkpoint or an error, never an exception (except one
 * that `file.read` itself throws).
 */
function readSafetensors({ name, file }: CheckpointSource): OpenedTensors {
  const fail = (reason: string) => ({
    diagnostics: [createDiagnostic('checkpoint-header', undefined, { file: name, reason })],
  });
  const prefix = file.size >= 8 ? file.read(0, 8) : new Uint8Array(0);
  if (prefix.length < 8) return fail('it has fewer than 8 bytes');
  const view = new DataView(prefix.buffer, prefix.byteOffset, 8);
  const headerBytes = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (headerBytes > file.size - 8) {
    return fail(
      `its header would have ${headerBytes} bytes, but the file has ${file.size}; it is cut off or has another format`,
    );
  }
  if (headerBytes > maxHeaderBytes)
    return fail(`its header has ${headerBytes} bytes; at most ${maxHeaderBytes} are read`);

  const bytes = file.read(8, headerBytes);
  if (bytes.length < headerBytes) return fail('it ends within the header');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('the header is not valid UTF-8');
  }
  const dataStart = 8 + headerBytes;
  const { header, diagnostics } = parseHeader(name, text, file.size - dataStart);
  if (!header) return { diagnostics };
  const { tensors, metadata } = header;
  return { checkpoint: { name, tensors, metadata, read: createReader(file, name, tensors, dataStart) }, diagnostics };
}

function createReader(
  file: RandomAccess,
  fileName: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  dataStart: number,
): (name: string) => Float32Array {
  const floats = reusedFloats();
  return (name) => {
    const tensor = tensors.get(name);
    if (!tensor || !isFloat(tensor.dtype)) throw new Error(`${fileName} has no floating-point tensor '${name}'`);
    const out = floats(elements(tensor.shape));
    readFloats(file, dataStart + tensor.begin, tensor.dtype, out, `'${name}' of ${fileName}`);
    return out;
  };
}
