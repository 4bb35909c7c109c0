import { type ByteReader, Unreadable } from './byte-reader.ts';

/** A field of a message: a number (wire type 0), or bytes. */
export interface ProtoField {
  readonly number: number;
  /** The number of wire type 0. Undefined for bytes and for numbers of a fixed size. */
  readonly value?: number;
  /** The same of a type that can be negative: `int64`. */
  readonly signed?: number;
  /** Where the bytes begin and end, of wire type 2, 1 or 5. */
  readonly begin: number;
  readonly end: number;
  /** 0 a number, 1 eight bytes, 2 bytes, 5 four bytes. */
  readonly wire: number;
}

/** How many fields one file may have: each takes time. */
const mostFields = 5_000_000;

/** Reads the messages of a protobuf file (https://protobuf.dev/programming-guides/encoding) without holding more than a piece. */
export class ProtoReader {
  readonly #reader: ByteReader;
  #fields = 0;
  /** The last number read, as a signed one. */
  #signed = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /**
   * Calls with each field of the message that lies from here up to `end`. What the callback does not read of a field is skipped.
   * @throws Unreadable where lengths and bytes do not agree
   */
  message(end: number, visit: (field: ProtoField) => void): void {
    const reader = this.#reader;
    while (reader.position < end) {
      if (++this.#fields > mostFields)
        throw new Unreadable(`it has more than ${mostFields} fields, the most that are read`);
      const tag = this.varint();
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (number === 0) throw malformed();
      if (wire === 0) {
        const value = this.varint();
        visit({ number, wire, value, signed: this.#signed, begin: reader.position, end: reader.position });
        continue;
      }
      const length = wire === 2 ? this.varint() : wire === 1 ? 8 : wire === 5 ? 4 : undefined;
      if (length === undefined) throw malformed();
      const begin = reader.position;
      const fieldEnd = begin + length;
      if (fieldEnd > end)
        throw new Unreadable('a length in it is larger than the rest: the file is cut off or damaged');
      visit({ number, wire, begin, end: fieldEnd });
      reader.skipTo(fieldEnd);
    }
    if (reader.position > end) throw malformed();
  }

  /** The bytes of a field, valid until the next call. @param most of them @throws Unreadable where there are more */
  bytes({ begin, end }: ProtoField, most: number): Uint8Array {
    if (end - begin > most) throw new Unreadable(`a field in it has ${end - begin} bytes; at most ${most} are read`);
    return this.#reader.bytes(end - begin);
  }

  /** The bytes of a field as text. @param most of them @throws Unreadable where there are more */
  text({ wire, begin, end }: ProtoField, most: number): string {
    if (wire !== 2) throw malformed();
    if (end - begin > most) throw new Unreadable(`a text in it has ${end - begin} bytes; at most ${most} are read`);
    return new TextDecoder().decode(this.#reader.bytes(end - begin));
  }

  /** The numbers of a repeated field, whether packed or one per field. */
  varints(field: ProtoField): number[] {
    if (field.value !== undefined) return [field.value];
    if (field.wire !== 2) throw malformed();
    const values: number[] = [];
    while (this.#reader.position < field.end) values.push(this.varint());
    if (this.#reader.position > field.end) throw malformed();
    return values;
  }

  /** The same of a type that can be negative: `int64`. */
  signedVarints(field: ProtoField): number[] {
    if (field.signed !== undefined) return [field.signed];
    if (field.wire !== 2) throw malformed();
    const values: number[] = [];
    while (this.#reader.position < field.end) {
      this.varint();
      values.push(this.#signed);
    }
    if (this.#reader.position > field.end) throw malformed();
    return values;
  }

  /** A number of up to 64 bits; one of a hostile file may be too large to be exact. */
  varint(): number {
    let value = 0;
    // The distance to 2^63, the limit of nine bytes: small, and so exact, for a small negative number.
    let missing = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.#reader.byte();
      value += (byte & 0x7f) * scale;
      if (i < 9) missing += (0x7f - (byte & 0x7f)) * scale;
      if (byte < 0x80) {
        this.#signed = i === 9 && byte === 1 ? -missing - 1 : value;
        return value;
      }
      scale *= 128;
    }
    throw malformed();
  }
}

function malformed(): Unreadable {
  return new Unreadable('it is not a valid protobuf: the file is damaged or has another format');
}
