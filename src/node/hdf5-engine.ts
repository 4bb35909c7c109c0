import { Attribute, ready } from 'h5wasm';
import { elements } from '../5-graph/graph.ts';
import { isUnreadable, shortened, Unreadable } from '../weights/readers/byte-reader.ts';
import type { OpenHdf5, RandomAccess } from '../weights/readers/format.ts';
import type { Hdf5Dataset, Hdf5File } from '../weights/readers/keras/hdf5.ts';
import { convertFloats, floatBytes } from '../weights/readers/stored-floats.ts';
import { isSoundHeap } from './hdf5-heap.ts';

export { copyHdf5, createHdf5 } from './hdf5-writer.ts';

type Module = Awaited<typeof ready>;
type Metadata = ReturnType<Module['get_dataset_metadata']>;

/** How much of a dataset is read at a time, where it is not stored in larger chunks. */
const pieceBytes = 1 << 20;
/** A chunk is decompressed whole. */
const mostChunkBytes = 64 << 20;
const mostTextBytes = 16 << 20;
const mostNames = 100_000;

/** The parts of Emscripten's file system that its types leave out. */
interface FileSystem {
  createFile(parent: string, name: string, properties: object, canRead: boolean, canWrite: boolean): FileNode;
}
interface FileNode {
  /** The operations of a stream. */
  stream_ops: Record<string, unknown>;
}

/** The HDF5 library, compiled to WebAssembly: it sees no file system but the file that is opened. */
export async function loadHdf5(): Promise<OpenHdf5> {
  const module = await ready;
  module.activate_throwing_error_handler();
  return (file) => {
    let name = 'file';
    while (module.FS.analyzePath(`/${name}`, true).exists) name += '_';
    return openFile(module, file, name);
  };
}

function openFile(module: Module, file: RandomAccess, name: string): Hdf5File {
  const source = placeFile(module, file, name);
  /** Calls the library: an error of the file's `read` passes through, any other is about the file's contents. */
  const attempt = <T>(call: () => T): T => {
    try {
      const result = call();
      source.rethrow();
      return result;
    } catch (e) {
      source.rethrow();
      throw isUnreadable(e) ? e : new Unreadable(reasonOf(e));
    }
  };
  let id: bigint;
  try {
    id = attempt(() => module.open(`/${name}`, module.H5F_ACC_RDONLY, false, -1, -1));
  } catch (e) {
    source.remove();
    throw e;
  }
  const metadataOf = (path: string) => attempt(() => module.get_dataset_metadata(id, path));
  return {
    members: (path) =>
      attempt(() => {
        const names = module.get_names(id, path, false);
        if (names.length > mostNames) throw new Unreadable(`it has more than ${mostNames} objects in one group`);
        return names.flatMap((member) => {
          const type = module.get_type(id, `${path}/${member}`);
          if (type === module.H5G_GROUP) return { name: member, kind: 'group' as const };
          return type === module.H5G_DATASET ? { name: member, kind: 'dataset' as const } : [];
        });
      }),
    text: (path, attribute) =>
      attempt(() => {
        if (!module.get_attribute_names(id, path).includes(attribute)) return undefined;
        const { size, total_size } = module.get_attribute_metadata(id, path, attribute);
        if (size * total_size > mostTextBytes) throw new Unreadable(`its attribute '${attribute}' is too long`);
        const { value } = new Attribute(id, path, attribute);
        return typeof value === 'string' ? value : undefined;
      }),
    dataset: (path) => datasetOf(metadataOf(path)),
    read(path, out) {
      const metadata = metadataOf(path);
      const { dtype, shape } = datasetOf(metadata);
      if (floatBytes[dtype] === undefined || elements(shape) !== out.length) {
        throw new Unreadable(`'${path}' in it is not what it was`);
      }
      attempt(() => readInPieces(module, id, path, metadata, out));
    },
    close() {
      try {
        module.close_file(id);
      } catch {
        // what was wrong with the file has been reported; nothing of a file that is only read can be lost
      } finally {
        source.remove();
      }
    },
  };
}

/** Puts a file into the library's own, otherwise empty file system. */
function placeFile({ FS }: Pick<Module, 'FS'>, file: RandomAccess, name: string) {
  let problem: unknown;
  const node = (FS as unknown as FileSystem).createFile('/', name, {}, true, false);
  Object.defineProperty(node, 'usedBytes', { get: () => file.size });
  node.stream_ops = {
    ...node.stream_ops,
    read(_: unknown, buffer: Uint8Array, offset: number, length: number, position: number): number {
      if (position >= file.size) return 0;
      try {
        if (startsHeap(file.read(position, 4)) && !isSoundHeap(file, position)) {
          throw new Unreadable('its texts are damaged');
        }
        const wanted = Math.min(length, file.size - position);
        let done = 0;
        // in pieces: a single request of the library may be a whole tensor
        for (let got = 1; done < wanted && got > 0; done += got) {
          const bytes = file.read(position + done, Math.min(pieceBytes, wanted - done));
          buffer.set(bytes, offset + done);
          got = bytes.length;
        }
        return done;
      } catch (e) {
        problem ??= e;
        return 0;
      }
    },
  };
  return {
    remove: () => FS.unlink(`/${name}`),
    rethrow() {
      if (problem !== undefined) throw problem;
    },
  };
}

/** The signature of a collection of the global heap, `GCOL`. */
function startsHeap(bytes: Uint8Array): boolean {
  return bytes[0] === 0x47 && bytes[1] === 0x43 && bytes[2] === 0x4f && bytes[3] === 0x4c;
}

/** The type classes in a dataset's description (H5Tpublic.h: class 0 are integers, 1 floating-point numbers). */
function datasetOf({ type, size, littleEndian, signed, shape, chunks }: Metadata): Hdf5Dataset {
  const sizes = (shape ?? []).map(Number);
  const bits = size * 8;
  const name = type === 1 ? `F${bits}` : type === 0 ? `${signed ? 'I' : 'U'}${bits}` : `HDF5 type ${type}`;
  const chunk = (chunks ?? []).map(Number).reduce((product, n) => product * n, size);
  const isReadable = littleEndian && chunk <= mostChunkBytes && shape !== null;
  return { dtype: isReadable ? name : `${name}, stored in a way that is not read`, shape: sizes };
}

/** Reads along the first axis that has more than one place, so that a large tensor is not in memory twice. */
function readInPieces(module: Module, id: bigint, path: string, metadata: Metadata, out: Float32Array): void {
  const { dtype, shape } = datasetOf(metadata);
  if (out.length === 0) return;
  const along = Math.max(
    shape.findIndex((size) => size > 1),
    0,
  );
  const rows = shape[along] ?? 1;
  const rowBytes = (out.length / rows) * metadata.size;
  const chunkRows = Number(metadata.chunks?.[along] ?? 1);
  const step = Math.min(rows, Math.max(1, Math.floor(pieceBytes / rowBytes / chunkRows)) * chunkRows);
  const pointer = module._malloc(step * rowBytes);
  if (pointer === 0) throw new Unreadable(`'${path}' in it is too large`);
  try {
    for (let row = 0; row < rows; row += step) {
      const taken = Math.min(step, rows - row);
      const count = shape.map((size, axis) => BigInt(axis === along ? taken : size));
      const offset = shape.map((_, axis) => BigInt(axis === along ? row : 0));
      const strides = shape.map(() => 1n);
      module.get_dataset_data(id, path, count, offset, strides, BigInt(pointer));
      const bytes = module.HEAPU8.subarray(pointer, pointer + taken * rowBytes);
      convertFloats(dtype, bytes, out.subarray((row * rowBytes) / metadata.size));
    }
  } finally {
    module._free(pointer);
  }
}

/** What HDF5's library states, in a sentence. */
function reasonOf(e: unknown): string {
  const text = e instanceof Error ? e.message : String(e);
  if (text.includes('truncated file')) return 'it was cut off, perhaps while it was downloaded';
  // the stack of HDF5's own errors, the innermost last: `#003: H5Fio.c line 100 in H5F_read(): what it is`
  const line = text.match(/: ([^:\n]+)\n[^#]*$/)?.[1] ?? text.split('\n')[0] ?? '';
  return `HDF5's library says '${shortened(line)}'`;
}
