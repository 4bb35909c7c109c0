import type { ByteSink } from './write-safetensors.ts';

/** The checksum used in zip archives. @param before the one of the preceding bytes */
export type Crc32 = (bytes: Uint8Array, before?: number) => number;

/** Writes the files of an archive one after the other. */
export interface StoredZip {
  add(name: string, bytes: Uint8Array): void;
  /** Writes the directory. @returns where the archive ends */
  finish(): number;
}

const text = new TextEncoder();

/**
 * An archive of files stored without compression (PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16). Files have no
 * dates, so that the same files give the same bytes.
 * @param begin where the archive begins in its file
 * @param alignment files begin at multiples of this in the file
 */
export function createStoredZip(sink: ByteSink, crc32: Crc32, { begin = 0, alignment = 1 } = {}): StoredZip {
  const directory: Uint8Array[] = [];
  let files = 0;
  let at = begin;
  const write = (bytes: Uint8Array) => {
    sink.write(bytes);
    at += bytes.length;
  };
  return {
    add(file, bytes) {
      const name = text.encode(file);
      // version 2.0, no flags, no compression, the first day that the format knows
      const facts = [u16(20), u16(0), u16(0), u16(0), u16(0x21)];
      const sizes = [u32(crc32(bytes)), u32(bytes.length), u32(bytes.length), u16(name.length)];
      const padding = (alignment - ((at + 34 + name.length) % alignment)) % alignment;
      directory.push(u32(0x02014b50), u16(20), ...facts, ...sizes, new Uint8Array(12), u32(at), name);
      // the padding is in an extra field, FB as in PyTorch's own files
      const header = [u32(0x04034b50), ...facts, ...sizes, u16(4 + padding), name, u16(0x4246), u16(padding)];
      for (const part of [...header, new Uint8Array(padding), bytes]) write(part);
      files++;
    },
    finish() {
      const start = at;
      for (const part of directory) write(part);
      const counts = [u16(0), u16(0), u16(files), u16(files)];
      for (const part of [u32(0x06054b50), ...counts, u32(at - start), u32(start), u16(0)]) write(part);
      return at;
    },
  };
}

/** The checksum, bit by bit: for short texts, where Node's own is not available. */
export const slowCrc32: Crc32 = (bytes, before = 0) => {
  let crc = ~before;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
};

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >>> 8);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}
