import { readExactly, Unreadable } from './byte-reader.ts';
import type { RandomAccess } from './format.ts';

/** A file in a zip archive, stored without compression. */
export interface ZipEntry {
  /** Where its bytes begin in the archive. */
  readonly begin: number;
  readonly size: number;
}

/** The files of a zip archive by name. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** A file; undefined if there is none of this name. @throws Unreadable where it is compressed or does not lie within the archive */
  entry(name: string): ZipEntry | undefined;
}

interface DirectoryEntry {
  readonly method: number;
  readonly size: number;
  readonly headerAt: number;
}

const decoder = new TextDecoder();
const mostEntries = 200_000;
const mostDirectoryBytes = 64 << 20;
const endBytes = 22;
/** The end of the directory, and the longest comment after it. */
const endSearch = endBytes + 0xffff;

/**
 * Reads the directory of a zip archive (PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 to 4.3.16, 4.5.3), including one with more than 4 GB or 65,535 files. Nothing is decompressed.
 * @throws Unreadable
 */
export function readZip(file: RandomAccess): ZipArchive {
  const { count, at, size } = findDirectory(file);
  if (count > mostEntries) throw new Unreadable(`it has ${count} files; at most ${mostEntries} are read`);
  if (size > mostDirectoryBytes) throw new Unreadable(`its directory has ${size} bytes; too many`);
  const entries = readDirectory(Uint8Array.from(readExactly(file, at, size, 'its directory')), count);
  return {
    names: [...entries.keys()],
    entry(name) {
      const found = entries.get(name);
      if (!found) return undefined;
      if (found.method !== 0) throw new Unreadable(`'${name}' in it is compressed, which PyTorch and Keras do not do`);
      return locate(file, name, found);
    },
  };
}

function findDirectory(file: RandomAccess): { count: number; at: number; size: number } {
  const length = Math.min(file.size, endSearch);
  const tail = Uint8Array.from(file.read(file.size - length, length));
  const view = viewOf(tail);
  let end = tail.length - endBytes;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Unreadable('it has no directory at its end: it was cut off, perhaps while it was downloaded');
  const found = {
    count: view.getUint16(end + 10, true),
    size: view.getUint32(end + 12, true),
    at: view.getUint32(end + 16, true),
  };
  if (end < 20 || view.getUint32(end - 20, true) !== 0x07064b50) return found;
  const at = uint64(view, end - 20 + 8);
  const large = viewOf(readExactly(file, at, 56, 'the end of its directory'));
  if (large.getUint32(0, true) !== 0x06064b50) throw new Unreadable('the end of its directory is damaged');
  return { count: uint64(large, 32), size: uint64(large, 40), at: uint64(large, 48) };
}

function readDirectory(bytes: Uint8Array, count: number): Map<string, DirectoryEntry> {
  const view = viewOf(bytes);
  const entries = new Map<string, DirectoryEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) {
      throw new Unreadable('its directory is damaged');
    }
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > bytes.length) throw new Unreadable('its directory is damaged');
    const name = decoder.decode(bytes.subarray(at + 46, nameEnd));
    if (entries.has(name)) throw new Unreadable(`it has two files '${name}'`);
    entries.set(name, {
      method: view.getUint16(at + 10, true),
      ...largeSizes(view, at, nameEnd, extraEnd),
    });
    at = next;
  }
  return entries;
}

/**
 * The size and position of an entry, which are in its extra field where they have more than 32 bits (section 4.5.3).
 */
function largeSizes(view: DataView, at: number, extra: number, extraEnd: number): { size: number; headerAt: number } {
  let packed = view.getUint32(at + 20, true);
  let size = view.getUint32(at + 24, true);
  let headerAt = view.getUint32(at + 42, true);
  for (let field = extra; field + 4 <= extraEnd; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    let next = field + 4;
    const end = Math.min(next + view.getUint16(field + 2, true), extraEnd);
    const take = (value: number) => {
      if (value !== 0xffffffff) return value;
      if (next + 8 > end) throw new Unreadable('its directory is damaged');
      next += 8;
      return uint64(view, next - 8);
    };
    size = take(size);
    packed = take(packed);
    headerAt = take(headerAt);
  }
  if (view.getUint16(at + 10, true) === 0 && packed !== size) throw new Unreadable('its directory is damaged');
  return { size, headerAt };
}

/** Where the bytes of an entry begin: its local header may be longer than the directory's entry. */
function locate(file: RandomAccess, name: string, { size, headerAt }: DirectoryEntry): ZipEntry {
  const header = viewOf(readExactly(file, headerAt, 30, `'${name}' in it`));
  if (header.getUint32(0, true) !== 0x04034b50) throw new Unreadable(`'${name}' in it is damaged`);
  const begin = headerAt + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (begin + size > file.size) throw new Unreadable(`'${name}' in it does not lie within the file`);
  return { begin, size };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A number of a hostile file may be too large to be exact; it is then larger than any file. */
function uint64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
