import { elements } from '../5-graph/graph.ts';
import { littleEndianBytes } from './bytes.ts';
import { toHalf } from './float16.ts';
import { atOnce, type Steps } from './steps.ts';

/** Consumes the bytes at once; the caller may reuse the buffer. A target's `Sink` is one. */
export interface ByteSink {
  write(bytes: Uint8Array): void;
}

export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface WriteOptions {
  /** The type to store: `F32` by default. */
  readonly dtype?: 'F32' | 'F16';
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a safetensors file, one tensor at a time, in the order given.
 * @param read the values of a tensor, row-major; the array need only be valid until the next call.
 * @returns how many bytes were written.
 */
export function writeSafetensors<T extends TensorToWrite>(
  sink: ByteSink,
  tensors: readonly T[],
  read: (tensor: T) => Float32Array,
  options: WriteOptions = {},
): number {
  return atOnce(safetensorsSteps(sink, tensors, read, options));
}

/** `writeSafetensors`, one tensor per step. */
export function* safetensorsSteps<T extends TensorToWrite>(
  sink: ByteSink,
  tensors: readonly T[],
  read: (tensor: T) => Float32Array,
  { dtype = 'F32', metadata }: WriteOptions = {},
): Steps<number> {
  const size = dtype === 'F32' ? 4 : 2;
  const entries: [string, unknown][] = metadata ? [['__metadata__', metadata]] : [];
  let offset = 0;
  for (const { name, shape } of tensors) {
    const end = offset + elements(shape) * size;
    entries.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  // Spaces at the header's end align the data to 8 bytes, so that readers can map it.
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + headerBytes).fill(0x20);
  const view = new DataView(header.buffer);
  view.setUint32(0, headerBytes, true);
  view.setUint32(4, 0, true);
  header.set(json, 8);
  sink.write(header);

  for (const tensor of tensors) {
    const values = read(tensor);
    if (values.length !== elements(tensor.shape)) throw new Error(`'${tensor.name}' has ${values.length} values`);
    sink.write(littleEndianBytes(dtype === 'F32' ? values : halvesOf(values)));
    yield;
  }
  return header.length + offset;
}

function halvesOf(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  toHalf(values, halves);
  return halves;
}
