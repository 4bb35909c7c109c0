/** No spec is so long; a bound that keeps a device, a wrong file or an endless pipe from filling the memory. */
export const maxBytes = 64 << 20;

/** Reads a stream of pieces, up to the limit. */
export class Pieces {
  #pieces: Uint8Array[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(piece: Uint8Array): void {
    this.#size += piece.length;
    if (this.#size > maxBytes) throw new Error(`it is larger than ${maxBytes >> 20} MiB`);
    this.#pieces.push(piece);
  }

  join(): Uint8Array {
    return this.#pieces.length === 1 ? (this.#pieces[0] as Uint8Array) : Buffer.concat(this.#pieces);
  }
}
