import { ByteBuffer } from 'flatbuffers';
import { Unreadable } from '../byte-reader.ts';
import type { RandomAccess } from '../format.ts';

const pageBytes = 1 << 15;
const mostPages = 64;
/** Reads of numbers that one file may take: each takes time. */
const mostReads = 20_000_000;

/** A flatbuffer that stays in its file: pages of it are read when a number in them is asked for. */
export class RangedBuffer extends ByteBuffer {
  readonly #file: RandomAccess;
  readonly #pages = new Map<number, Uint8Array>();
  #reads = 0;

  constructor(file: RandomAccess) {
    super(new Uint8Array(0));
    this.#file = file;
  }

  /** @throws Unreadable outside of the file */
  override readUint8(offset: number): number {
    if (!(offset >= 0 && offset < this.#file.size) || ++this.#reads > mostReads) {
      throw new Unreadable('a place in it lies outside of it: the file is cut off or damaged');
    }
    const page = Math.floor(offset / pageBytes);
    return (this.#pages.get(page) ?? this.#load(page))[offset - page * pageBytes] as number;
  }

  override readUint16(offset: number): number {
    return this.readUint8(offset) | (this.readUint8(offset + 1) << 8);
  }

  override readInt32(offset: number): number {
    return this.readUint16(offset) | (this.readUint16(offset + 2) << 16);
  }

  #load(page: number): Uint8Array {
    const at = page * pageBytes;
    const bytes = Uint8Array.from(this.#file.read(at, Math.min(pageBytes, this.#file.size - at)));
    if (this.#pages.size >= mostPages) this.#pages.clear();
    this.#pages.set(page, bytes);
    return bytes;
  }
}
