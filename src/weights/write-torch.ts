import { elements } from '../5-graph/graph.ts';
import { joinBytes, littleEndianBytes } from './bytes.ts';
import type { Steps } from './steps.ts';
import { type Crc32, createStoredZip } from './stored-zip.ts';
import type { ByteSink, TensorToWrite } from './write-safetensors.ts';

/** The folder that all files of the archive are in; its name marks a file as one of ours. */
export const torchArchive = 'enetc';

/** Tensors begin at multiples of this in the file, as those that PyTorch writes (`caffe2/serialize/inline_container.h`). */
const alignment = 64;
/** Larger sizes and offsets need fields that are not written here. */
const mostBytes = 0xffffffff;
/** More files need a different end of the directory. */
const mostFiles = 0xffff;

const text = new TextEncoder();

/**
 * Writes a PyTorch checkpoint, one tensor per step, in the order given: the zip form of `torch.save` (since 1.6) of a dictionary
 * of float32 tensors. Its pickle names only what tensors consist of, so that `torch.load(path, weights_only=True)` reads it.
 * @param read the values of a tensor, row-major; the array need only be valid until the next call.
 * @returns how many bytes were written.
 * @throws RangeError for more than the format holds: 4 GB or some 65,000 tensors.
 */
export function* torchSteps<T extends TensorToWrite>(
  sink: ByteSink,
  tensors: readonly T[],
  read: (tensor: T) => Float32Array,
  crc32: Crc32,
): Steps<number> {
  const size = tensors.reduce((sum, { shape }) => sum + elements(shape) * 4 + 512, 0);
  if (size > mostBytes || tensors.length + 8 > mostFiles) {
    throw new RangeError('a PyTorch file is written with up to 4 GB and 65,000 tensors; safetensors has room for more');
  }
  const zip = createStoredZip(sink, crc32, { alignment });
  const add = (file: string, bytes: Uint8Array) => zip.add(`${torchArchive}/${file}`, bytes);
  add('data.pkl', pickleOf(tensors));
  add('byteorder', text.encode('little'));
  for (const [number, tensor] of tensors.entries()) {
    const values = read(tensor);
    if (values.length !== elements(tensor.shape)) throw new Error(`'${tensor.name}' has ${values.length} values`);
    add(`data/${number}`, littleEndianBytes(values));
    yield;
  }
  add('version', text.encode('3\n'));
  return zip.finish();
}

/**
 * The pickle of an ordered dictionary of tensors (protocol 2: Python's `pickletools.py`), each a call of
 * `torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)`.
 */
function pickleOf(tensors: readonly TensorToWrite[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const op = (code: string) => parts.push(text.encode(code));
  const string = (value: string) => {
    const bytes = text.encode(value);
    parts.push(text.encode('X'), u32(bytes.length), bytes);
  };
  const int = (value: number) => parts.push(text.encode('J'), u32(value));
  const tuple = (values: readonly number[]) => {
    op('(');
    values.forEach(int);
    op('t');
  };
  parts.push(Uint8Array.of(0x80, 2));
  op('ccollections\nOrderedDict\n)R(');
  for (const [number, { name, shape }] of tensors.entries()) {
    string(name);
    op('ctorch._utils\n_rebuild_tensor_v2\n((');
    string('storage');
    op('ctorch\nFloatStorage\n');
    string(String(number));
    string('cpu');
    int(elements(shape));
    op('tQ');
    int(0);
    tuple(shape);
    tuple(shape.map((_, axis) => elements(shape.slice(axis + 1))));
    parts.push(Uint8Array.of(0x89));
    op('ccollections\nOrderedDict\n)RtR');
  }
  op('u.');
  return joinBytes(parts);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}
