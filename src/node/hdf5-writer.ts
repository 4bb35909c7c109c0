import { ready } from 'h5wasm';
import type { RandomAccess } from '../weights/readers/format.ts';
import type { Hdf5Filler, Hdf5Writer } from '../weights/write-keras.ts';
import type { RandomFile } from './atomic-file.ts';

/** The parts of Emscripten's file system that its types leave out. */
interface FileSystem {
  createFile(parent: string, name: string, properties: object, canRead: boolean, canWrite: boolean): FileNode;
}
interface FileNode {
  stream_ops: Record<string, unknown>;
  node_ops: Record<string, unknown>;
}

/** HDF5's classes of types (H5Tpublic.h). */
const floatType = { type: 1, size: 4, littleEndian: true, signed: false, vlen: false, total_size: 0 };
const textType = { type: 3, littleEndian: true, signed: false, vlen: false, cset: 0 };

/** How much is copied at a time. */
const pieceBytes = 1 << 20;

/** Writes an HDF5 file with HDF5's library, compiled to WebAssembly, which sees no file system but this file. */
export async function createHdf5(file: RandomFile): Promise<Hdf5Writer> {
  const { module, id, attempt, withMemory, close } = await openOutput(file, 'H5F_ACC_TRUNC');
  return {
    group: (path) => void attempt(() => module.create_group(id, path, false)),
    texts(path, attribute, value) {
      const list = typeof value === 'string' ? [value] : value;
      const size = list.reduce((most, { length }) => Math.max(most, length), 1);
      const bytes = new Uint8Array(size * list.length);
      for (const [i, text] of list.entries()) new TextEncoder().encodeInto(text, bytes.subarray(i * size));
      const shape = typeof value === 'string' ? [] : [BigInt(list.length)];
      const type = { ...textType, size, strpad: 1, total_size: list.length, shape, maxshape: shape };
      withMemory(bytes, (pointer) => module.create_attribute(id, path, attribute, pointer, type));
    },
    floats(path, sizes, values) {
      const shape = sizes.map(BigInt);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const type = { ...floatType, shape, maxshape: shape, chunks: null };
      withMemory(bytes, (pointer) => module.create_dataset(id, path, pointer, type));
    },
    finish: close,
  };
}

/** Copies an HDF5 file, to fill datasets of the copy with other numbers. */
export async function copyHdf5(from: RandomAccess, file: RandomFile): Promise<Hdf5Filler> {
  for (let at = 0; at < from.size; ) {
    const bytes = from.read(at, Math.min(pieceBytes, from.size - at));
    if (bytes.length === 0) break;
    file.writeAt(bytes, at);
    at += bytes.length;
  }
  const { module, id, attempt, withMemory, close } = await openOutput(file, 'H5F_ACC_RDWR');
  return {
    isFloat32(path) {
      const { type, size, littleEndian } = attempt(() => module.get_dataset_metadata(id, path));
      return type === floatType.type && size === floatType.size && littleEndian;
    },
    fill(path, sizes, values) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const each = (value: bigint) => sizes.map(() => value);
      withMemory(bytes, (pointer) => module.set_dataset_data(id, path, sizes.map(BigInt), each(0n), each(1n), pointer));
    },
    finish: close,
  };
}

/** Opens a file that is written with HDF5's library. */
async function openOutput(file: RandomFile, mode: 'H5F_ACC_TRUNC' | 'H5F_ACC_RDWR') {
  const module = await ready;
  module.activate_throwing_error_handler();
  let name = 'output';
  while (module.FS.analyzePath(`/${name}`, true).exists) name += '_';
  const problem = placeOutput(module.FS as unknown as FileSystem, file, name);
  const attempt = <T>(call: () => T): T => {
    let result: T | undefined;
    let failed: unknown;
    try {
      result = call();
    } catch (e) {
      failed = e;
    }
    // the system's error counts, not the library's version of it
    const first = problem.first ?? failed;
    if (first !== undefined) throw first;
    return result as T;
  };
  const id = attempt(() => module.open(`/${name}`, module[mode], false, -1, -1));
  const withMemory = (bytes: Uint8Array, call: (pointer: bigint) => void) => {
    const pointer = module._malloc(Math.max(bytes.length, 1));
    if (pointer === 0) throw new RangeError(`HDF5's library has no memory for ${bytes.length} bytes`);
    try {
      module.HEAPU8.set(bytes, pointer);
      attempt(() => call(BigInt(pointer)));
    } finally {
      module._free(pointer);
    }
  };
  const close = () => {
    attempt(() => module.close_file(id));
    module.FS.unlink(`/${name}`);
    return file.size();
  };
  return { module, id, attempt, withMemory, close };
}

/** Puts a file that is written into the library's own file system. */
function placeOutput(FS: FileSystem, file: RandomFile, name: string): { first?: unknown } {
  const problem: { first?: unknown } = {};
  const attempt = (call: () => number) => {
    try {
      return call();
    } catch (e) {
      problem.first ??= e;
      return 0;
    }
  };
  const node = FS.createFile('/', name, {}, true, true);
  Object.defineProperty(node, 'usedBytes', { get: () => file.size(), set: () => {} });
  node.stream_ops = {
    ...node.stream_ops,
    read: (_: unknown, buffer: Uint8Array, offset: number, length: number, position: number) =>
      attempt(() => file.readAt(buffer.subarray(offset, offset + length), position)),
    write: (_: unknown, buffer: Uint8Array, offset: number, length: number, position: number) =>
      attempt(() => {
        file.writeAt(buffer.subarray(offset, offset + length), position);
        return length;
      }),
  };
  // the library only truncates, which a new file does not need
  node.node_ops = { ...node.node_ops, setattr: () => {} };
  return problem;
}
