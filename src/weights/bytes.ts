type Numbers = Float32Array | Float64Array | Uint8Array | Int8Array | Uint16Array | Int32Array | BigInt64Array;

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * The bytes of numbers as ONNX and safetensors store them, little-endian. On nearly every machine this is a view of the
 * same memory; it is valid as long as `numbers` keeps its values.
 */
export function littleEndianBytes(numbers: Numbers): Uint8Array {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return hostIsLittleEndian ? bytes : reverseWords(bytes.slice(), numbers.BYTES_PER_ELEMENT);
}

/** Copies little-endian bytes into numbers, from the index `at` on, unless they are already in place. */
export function setLittleEndian(numbers: Numbers, bytes: Uint8Array, at = 0): void {
  const size = numbers.BYTES_PER_ELEMENT;
  const target = new Uint8Array(numbers.buffer, numbers.byteOffset + at * size, bytes.length);
  if (bytes.buffer !== target.buffer || bytes.byteOffset !== target.byteOffset) target.set(bytes);
  if (!hostIsLittleEndian) reverseWords(target, size);
}

function reverseWords(bytes: Uint8Array, size: number): Uint8Array {
  for (let i = 0; i + size <= bytes.length; i += size) bytes.subarray(i, i + size).reverse();
  return bytes;
}

/**
 * A reusable array: each call returns that many numbers of it, with arbitrary values. It grows by doubling, since each new array
 * costs the allocation of its pages; pages beyond the used numbers are never committed.
 */
export function reusedFloats(): (length: number) => Float32Array<ArrayBuffer> {
  let buffer = new Float32Array(0);
  return (length) => {
    if (buffer.length < length) buffer = new Float32Array(Math.max(length, 2 * buffer.length));
    return buffer.subarray(0, length);
  };
}

/** Concatenates parts. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
