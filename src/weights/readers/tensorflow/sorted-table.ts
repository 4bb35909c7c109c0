import { ByteReader, readExactly, Unreadable } from '../byte-reader.ts';
import type { RandomAccess } from '../format.ts';
import { ProtoReader } from '../protobuf.ts';

/** An entry of a table: its key, and its value in the block's bytes. */
export interface TableEntry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** The end of a table (tensorflow/core/lib/io/format.h): two handles, padded, and the magic number. */
const footerBytes = 48;
/** After each block: how it is compressed, and a checksum. */
const trailerBytes = 5;
const mostBytes = 64 << 20;
const mostEntries = 200_000;

interface Handle {
  readonly offset: number;
  readonly size: number;
}

/**
 * The entries of a sorted table, LevelDB's format, which TensorFlow keeps a checkpoint's index in, uncompressed.
 * @throws Unreadable
 */
export function* readTable(file: RandomAccess): Generator<TableEntry> {
  if (file.size > mostBytes) throw new Unreadable(`its index has ${file.size} bytes; at most ${mostBytes} are read`);
  const footer = readExactly(file, Math.max(file.size - footerBytes, 0), Math.min(footerBytes, file.size), 'its index');
  const handles = readerOf(Uint8Array.from(footer));
  readHandle(handles);
  let left = mostEntries;
  let done = 0;
  for (const { value } of readBlock(file, readHandle(handles))) {
    const block = readHandle(readerOf(value));
    // in ascending order, as they are written: none is read twice
    if (block.offset < done) throw new Unreadable('its index is damaged');
    done = block.offset + block.size + trailerBytes;
    for (const entry of readBlock(file, block)) {
      if (left-- <= 0) throw new Unreadable(`its index has more than ${mostEntries} entries, the most that are read`);
      yield entry;
    }
  }
}

function readerOf(bytes: Uint8Array): ProtoReader {
  const file = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  return new ProtoReader(new ByteReader(file, 'its index', 0, bytes.length));
}

function readHandle(reader: ProtoReader): Handle {
  return { offset: reader.varint(), size: reader.varint() };
}

/**
 * Entries, each without the prefix that its key shares with the one before; then the positions of those that share
 * nothing.
 */
function* readBlock(file: RandomAccess, { offset, size }: Handle): Generator<TableEntry> {
  const bytes = Uint8Array.from(readExactly(file, offset, size + trailerBytes, 'its index'));
  if (bytes[size] !== 0) throw new Unreadable('its index is compressed');
  if (size < 4) throw new Unreadable('its index is damaged');
  const restarts = new DataView(bytes.buffer).getUint32(size - 4, true);
  const end = size - 4 - 4 * restarts;
  if (end < 0) throw new Unreadable('its index is damaged');
  const decoder = new TextDecoder();
  let key = new Uint8Array(0);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Unreadable('its index is damaged');
  };
  while (at < end) {
    const shared = varint();
    const own = varint();
    const length = varint();
    if (shared > key.length || at + own + length > end) throw new Unreadable('its index is damaged');
    const next = new Uint8Array(shared + own);
    next.set(key.subarray(0, shared));
    next.set(bytes.subarray(at, at + own), shared);
    key = next;
    at += own + length;
    yield { key: decoder.decode(key), value: bytes.subarray(at - length, at) };
  }
}
