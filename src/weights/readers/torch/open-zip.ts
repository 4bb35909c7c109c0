import { ByteReader, Unreadable } from '../byte-reader.ts';
import type { CheckpointSource } from '../format.ts';
import { readZip } from '../zip.ts';
import { type OpenedTorch, type StoragePlace, torchCheckpoint } from './checkpoint.ts';
import { chooseDictionary } from './dictionaries.ts';
import { readPickle } from './pickle.ts';
import { storageOf } from './storage-of.ts';

/**
 * Opens a PyTorch checkpoint of version 1.6 and later: a zip archive with a pickle, `data.pkl`, and a file `data/KEY` for each
 * storage (torch/serialization.py, `_save`).
 * @throws Unreadable
 */
export function openTorchZip(source: CheckpointSource): OpenedTorch {
  const { file, key } = source;
  const archive = readZip(file);
  const pickle = archive.names.find((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  if (pickle === undefined) throw new Unreadable("it is a zip archive without a 'data.pkl'");
  const root = pickle.slice(0, -'data.pkl'.length);
  if (archive.names.includes(`${root}constants.pkl`)) {
    throw new Unreadable('it is a TorchScript program: save the state_dict() of what torch.jit.load returns');
  }
  const order = archive.entry(`${root}byteorder`);
  if (order && String.fromCharCode(...file.read(order.begin, Math.min(order.size, 6))) === 'big') {
    throw new Unreadable('its numbers are stored with the most significant byte first');
  }
  const { begin, size } = archive.entry(pickle) as StoragePlace;
  const content = readPickle(new ByteReader(file, `its ${pickle}`, begin, begin + size), storageOf);
  const dictionaries = chooseDictionary(content, key);
  const checkpoint = torchCheckpoint(source, dictionaries.chosen, (storage) =>
    archive.entry(`${root}data/${storage.key}`),
  );
  return { checkpoint, dictionaries };
}
