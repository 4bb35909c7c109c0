import { elements } from '../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { setLittleEndian } from './bytes.ts';
import { type Checkpoint, isFloat } from './checkpoint.ts';
import { fromBfloat16, fromHalf } from './float16.ts';
import { type ForeignFormat, foreignFormat, isTensorflowIndex, tensorflowIndex } from './foreign-formats.ts';
import { parseHeader, type StoredTensor } from './safetensors-header.ts';

/** A file as the host gives it. */
export interface RandomAccess {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `offset` on, fewer where the file ends. Valid until the next call. Throws where it cannot be read. */
  read(offset: number, length: number): Uint8Array;
}

/**
 * Headers of networks with ten thousand tensors have two megabytes. (The reference implementation reads 100 MB, which takes
 * gigabytes of memory once it is parsed.)
 */
const maxHeaderBytes = 32_000_000;
/** How much is read at a time, a multiple of every element's size: a large tensor is in memory once, not twice. */
const chunkBytes = 1 << 22;

/**
 * Opens a safetensors file. Whatever the bytes, this gives a checkpoint or an error, never an exception (but for one
 * that `file.read` itself throws).
 * @param name how people know the file.
 */
export function openSafetensors(
  file: RandomAccess,
  name: string,
): { checkpoint?: Checkpoint; diagnostics: readonly Diagnostic[] } {
  const fail = (reason: string) => ({
    diagnostics: [createDiagnostic('checkpoint-header', undefined, { file: name, reason })],
  });
  const foreign = foreignOf(file);
  if (foreign) return { diagnostics: [createDiagnostic('checkpoint-format', undefined, { file: name, ...foreign })] };
  const prefix = file.size >= 8 ? file.read(0, 8) : new Uint8Array(0);
  if (prefix.length < 8) return fail('it has fewer than 8 bytes');
  const view = new DataView(prefix.buffer, prefix.byteOffset, 8);
  const headerBytes = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (headerBytes > file.size - 8) {
    return fail(
      `its header would have ${headerBytes} bytes, but the file has ${file.size}; it is cut off or of another format`,
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

/** The other format that a file is of. One whose first bytes could be the length of a header and its brace is none. */
function foreignOf(file: RandomAccess): ForeignFormat | undefined {
  const head = Uint8Array.from(file.read(0, Math.min(file.size, 4096)));
  const view = new DataView(head.buffer);
  const sound = head.length > 8 && head[8] === 0x7b && view.getUint32(4, true) === 0;
  if (sound) return undefined;
  const tail = file.size >= 48 ? file.read(file.size - 8, 8) : new Uint8Array(0);
  return foreignFormat(head) ?? (isTensorflowIndex(tail) ? tensorflowIndex : undefined);
}

function createReader(
  file: RandomAccess,
  fileName: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  dataStart: number,
): (name: string) => Float32Array {
  let buffer = new Float32Array(0);
  return (name) => {
    const tensor = tensors.get(name);
    if (!tensor || !isFloat(tensor.dtype)) throw new Error(`${fileName} has no floating-point tensor '${name}'`);
    const length = elements(tensor.shape);
    if (buffer.length < length) buffer = new Float32Array(length);
    const out = buffer.subarray(0, length);
    let done = 0;
    for (let at = tensor.begin; at < tensor.end; at += chunkBytes) {
      const wanted = Math.min(chunkBytes, tensor.end - at);
      const bytes = file.read(dataStart + at, wanted);
      if (bytes.length < wanted) throw new Error(`${fileName} ended while '${name}' was read`);
      done += convert(tensor.dtype, bytes, out.subarray(done));
    }
    return out;
  };
}

/** Puts the numbers that `bytes` hold at the start of `out`; how many they were. */
function convert(dtype: string, bytes: Uint8Array, out: Float32Array): number {
  if (dtype === 'F32') {
    setLittleEndian(out, bytes);
    return bytes.length / 4;
  }
  if (dtype === 'F64') {
    const doubles = new Float64Array(bytes.length / 8);
    setLittleEndian(doubles, bytes);
    out.set(doubles);
    return doubles.length;
  }
  const halves = new Uint16Array(bytes.length / 2);
  setLittleEndian(halves, bytes);
  if (dtype === 'F16') fromHalf(halves, out);
  else fromBfloat16(halves, out);
  return halves.length;
}
