import { ByteBuffer } from 'flatbuffers';
import { Unreadable } from '../byte-reader.ts';
import type { RandomAccess } from '../format.ts';

const pageBytes = 1 << 16;
const mostPages = 64;
/** The limit of numbers that are read from one file: each takes time. */
const mostReads = 10_000_000;

interface Page {
  readonly begin: number;
  readonly bytes: DataView;
}

/** A flatbuffer that stays in its file: its pages are read when a number in them is requested. */
export class RangedBuffer extends ByteBuffer {
  readonly #file: RandomAccess;
  readonly #pages = new Map<number, Page>();
  #page: Page = { begin: 0, bytes: new DataView(new ArrayBuffer(0)) };
  #reads = 0;

  constructor(file: RandomAccess) {
    super(new Uint8Array(0));
    this.#file = file;
  }

  /** @throws Unreadable outside of the file */
  override readUint8(offset: number): number {
    return this.#find(offset).bytes.getUint8(offset - this.#page.begin);
  }

  override readUint16(offset: number): number {
    const { begin, bytes } = this.#find(offset);
    const at = offset - begin;
    if (at + 2 <= bytes.byteLength) return bytes.getUint16(at, true);
    return this.readUint8(offset) | (this.readUint8(offset + 1) << 8);
  }

  override readInt32(offset: number): number {
    const { begin, bytes } = this.#find(offset);
    const at = offset - begin;
    if (at + 4 <= bytes.byteLength) return bytes.getInt32(at, true);
    return this.readUint16(offset) | (this.readUint16(offset + 2) << 16);
  }

  /** The page of a position, which becomes the current one. */
  #find(offset: number): Page {
    if (++this.#reads > mostReads) throw new Unreadable('its description has more parts than are read');
    const { begin, bytes } = this.#page;
    if (offset >= begin && offset < begin + bytes.byteLength) return this.#page;
    if (!(offset >= 0 && offset < this.#file.size)) {
      throw new Unreadable('a position in it is outside of it: the file is cut off or damaged');
    }
    const number = Math.floor(offset / pageBytes);
    this.#page = this.#pages.get(number) ?? this.#load(number);
    return this.#page;
  }

  #load(number: number): Page {
    const begin = number * pageBytes;
    const bytes = Uint8Array.from(this.#file.read(begin, Math.min(pageBytes, this.#file.size - begin)));
    const page = { begin, bytes: new DataView(bytes.buffer) };
    if (this.#pages.size >= mostPages) this.#pages.clear();
    this.#pages.set(number, page);
    return page;
  }
}
