import { elements } from '../../../5-graph/graph.ts';
import { reusedFloats } from '../../bytes.ts';
import type { Checkpoint, CheckpointTensor } from '../../checkpoint.ts';
import { shortened, Unreadable } from '../byte-reader.ts';
import type { CheckpointSource } from '../format.ts';
import { floatBytes, readFloats } from '../stored-floats.ts';
import type { ChosenDictionary, TensorDictionary } from './dictionaries.ts';
import type { Storage, Tensor } from './pickle-values.ts';
import { gather, isContiguous, spanOf } from './strided.ts';

/** A checkpoint, and the dictionary in its file that it comes from. */
export interface OpenedTorch {
  readonly checkpoint: Checkpoint;
  readonly dictionaries: ChosenDictionary;
}

/** Where the bytes of a storage are in the file. */
export interface StoragePlace {
  readonly begin: number;
  /** How many bytes there are. */
  readonly size: number;
}

/**
 * The tensors of a dictionary as a checkpoint. Each is checked to lie within its storage; its numbers are read on request. @param placeOf where a storage is; undefined if it does not exist.
 * @throws Unreadable
 */
export function torchCheckpoint(
  { name, file }: CheckpointSource,
  { tensors: views }: TensorDictionary,
  placeOf: (storage: Storage) => StoragePlace | undefined,
): Checkpoint {
  const tensors = new Map<string, CheckpointTensor>();
  const begins = new Map<string, number>();
  for (const [tensor, view] of views) {
    const place = placeOf(view.storage);
    begins.set(tensor, beginOf(tensor, view, place));
    tensors.set(tensor, { name: tensor, dtype: view.type.dtype, shape: view.shape });
  }
  const floats = reusedFloats();
  return {
    name,
    tensors,
    metadata: new Map(),
    read(tensor) {
      const view = views.get(tensor);
      if (!view || floatBytes[view.type.dtype] === undefined) {
        throw new Error(`${name} has no floating-point tensor '${tensor}'`);
      }
      const { type, shape, strides } = view;
      const begin = begins.get(tensor) as number;
      const out = floats(elements(shape));
      const read = (at: number, piece: Float32Array) =>
        readFloats(file, begin + at * type.bytes, type.dtype, piece, `'${tensor}' of ${name}`);
      if (isContiguous(shape, strides)) read(0, out);
      else gather(read, 0, shape, strides, out);
      return out;
    },
  };
}

/** Where the first element of a tensor is in the file, in bytes. */
function beginOf(name: string, view: Tensor, place: StoragePlace | undefined): number {
  const { storage, type, offset, shape, strides } = view;
  const fail = (reason: string) => new Unreadable(`the tensor '${shortened(name)}' ${reason}`);
  if (!place) throw fail('has no data in it');
  const start = storage.offset * storage.type.bytes + offset * type.bytes;
  const end = start + spanOf(shape, strides) * type.bytes;
  if (!Number.isSafeInteger(elements(shape)) || end > place.size) {
    throw fail(`needs ${end} bytes of data, but there are ${place.size}`);
  }
  return place.begin + start;
}
