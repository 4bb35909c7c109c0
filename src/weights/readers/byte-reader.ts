import type { RandomAccess } from './format.ts';

/** The beginning of a name or message of a file: a hostile one may be megabytes long. */
export function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Why a file of weights cannot be read, for users. Thrown within a reader, which turns it into a diagnostic. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Whether an error is `Unreadable`: from this module, or from its copy in the bundle with HDF5's library. */
export function isUnreadable(e: unknown): e is Unreadable {
  return e instanceof Error && e.name === 'Unreadable';
}

const chunkBytes = 1 << 14;

/** Reads a part of a file from its beginning to its end. */
export class ByteReader {
  #file: RandomAccess;
  #what: string;
  #end: number;
  #chunk = new Uint8Array(0);
  #chunkAt: number;
  #next = 0;

  /** @param what is read, for the error at its end: `its data.pkl`. */
  constructor(file: RandomAccess, what: string, begin: number, end: number) {
    this.#file = file;
    this.#what = what;
    this.#chunkAt = begin;
    this.#end = end;
  }

  /** Where in the file the next byte is. */
  get position(): number {
    return this.#chunkAt + this.#next;
  }

  /** The next byte. @throws Unreadable at the end */
  byte(): number {
    if (this.#next >= this.#chunk.length) this.#fill(1);
    return this.#chunk[this.#next++] as number;
  }

  /** The next bytes, valid until the next call. @throws Unreadable where there are fewer */
  bytes(length: number): Uint8Array {
    if (this.#next + length > this.#chunk.length) this.#fill(length);
    const from = this.#next;
    this.#next += length;
    return this.#chunk.subarray(from, this.#next);
  }

  /** Skips to a later position without reading what is in between. */
  skipTo(position: number): void {
    const within = position - this.#chunkAt;
    if (within <= this.#chunk.length) {
      this.#next = within;
      return;
    }
    this.#chunk = this.#chunk.subarray(0, 0);
    this.#chunkAt = position;
    this.#next = 0;
  }

  /** The next bytes as an unsigned whole number, the least significant first. @param length at most 6 */
  uint(length: number): number {
    if (this.#next + length > this.#chunk.length) this.#fill(length);
    let sum = 0;
    for (let i = length - 1; i >= 0; i--) sum = sum * 256 + (this.#chunk[this.#next + i] as number);
    this.#next += length;
    return sum;
  }

  #fill(wanted: number): void {
    const at = this.position;
    const left = this.#end - at;
    if (wanted > left) throw new Unreadable(`${this.#what} ends early: the file is cut off or damaged`);
    const length = Math.min(Math.max(wanted, chunkBytes), left);
    this.#chunk = Uint8Array.from(this.#file.read(at, length));
    this.#chunkAt = at;
    this.#next = 0;
    if (this.#chunk.length < wanted) throw new Unreadable(`${this.#what} ends early: the file is cut off or damaged`);
  }
}

/** Bytes of a file. @param what they are, for the error: `its directory` @throws Unreadable where the file ends before */
export function readExactly(file: RandomAccess, at: number, length: number, what: string): Uint8Array {
  const bytes = at + length <= file.size ? file.read(at, length) : new Uint8Array(0);
  if (bytes.length < length) throw new Unreadable(`${what} is not complete: the file is cut off or damaged`);
  return bytes;
}
