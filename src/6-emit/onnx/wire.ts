/**
 * The little of protobuf's wire format that is written by hand, so that tensors stream: tags and lengths
 * (https://protobuf.dev/programming-guides/encoding). Lengths may exceed 2^31, where bit operations would fail.
 */

/** A whole number from 0 as a varint: seven bits a byte, the lowest first. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

/** The tag and length that precede a field's bytes (wire type 2). */
export function lengthPrefix(field: number, length: number): number[] {
  return [...varint(field * 8 + 2), ...varint(length)];
}
