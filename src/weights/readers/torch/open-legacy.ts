import { ByteReader, readExactly, Unreadable } from '../byte-reader.ts';
import type { CheckpointSource } from '../format.ts';
import { type OpenedTorch, type StoragePlace, torchCheckpoint } from './checkpoint.ts';
import { chooseDictionary } from './dictionaries.ts';
import { readPickle } from './pickle.ts';
import type { PickleValue, Storage } from './pickle-values.ts';
import { storageOf } from './storage-of.ts';

/** How such a file begins: the pickle of PyTorch's magic number 0x1950a86a20f9469cfc6c. */
export const legacyMagic = /^\x80[\x02-\x05](\x95.{8})?\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19[\x94]?\./s;

/**
 * Opens a PyTorch checkpoint of the form before version 1.6: pickles of the magic number, the version, facts of the machine, the
 * content and the list of storages' keys; then each storage, its length before it (torch/serialization.py, `_legacy_save`).
 * @throws Unreadable
 */
export function openTorchLegacy(source: CheckpointSource): OpenedTorch {
  const { file, key } = source;
  const reader = new ByteReader(file, 'its description of the tensors', 0, file.size);
  const none = (): never => {
    throw new Unreadable('its beginning is malformed');
  };
  readPickle(reader, none);
  const version = readPickle(reader, none);
  if (version !== 1001) throw new Unreadable('it is of an unknown version of the form before PyTorch 1.6');
  const machine = readPickle(reader, none);
  if (!(machine instanceof Map) || machine.get('little_endian') !== true) {
    throw new Unreadable('its numbers are stored with the most significant byte first');
  }
  const storages = new Map<string, Storage>();
  const content = readPickle(reader, (id) => {
    const storage = storageOf(id);
    const known = storages.get(storage.key);
    if (!known) storages.set(storage.key, storage);
    else if (known.type.dtype !== storage.type.dtype || known.length !== storage.length) none();
    return storage;
  });
  const places = placesOf(reader, readPickle(reader, none), storages);
  const dictionaries = chooseDictionary(content, key);
  const checkpoint = torchCheckpoint(source, dictionaries.chosen, (storage) => places.get(storage.key));
  return { checkpoint, dictionaries };

  function lengthAt(at: number): number {
    const bytes = readExactly(file, at, 8, 'its data');
    return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  }

  function placesOf(
    { position }: ByteReader,
    keys: PickleValue,
    known: ReadonlyMap<string, Storage>,
  ): Map<string, StoragePlace> {
    if (!Array.isArray(keys)) return none();
    const found = new Map<string, StoragePlace>();
    let at = position;
    for (const name of keys) {
      const storage = typeof name === 'string' ? known.get(name) : undefined;
      if (!storage) return none();
      const length = lengthAt(at);
      const size = length * storage.type.bytes;
      if (length !== storage.length) throw new Unreadable('its data do not have the lengths that it states');
      if (at + 8 + size > file.size)
        throw new Unreadable('its data end early: the file was cut off, perhaps while it was downloaded');
      found.set(storage.key, { begin: at + 8, size });
      at += 8 + size;
    }
    return found;
  }
}
