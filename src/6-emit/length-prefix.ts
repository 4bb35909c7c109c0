// CommonJS: its names only exist on the default export, under Node as under bundlers.
import protobuf from 'protobufjs/minimal.js';

/**
 * The tag and length that precede a field's bytes (https://protobuf.dev/programming-guides/encoding), written apart from the
 * bytes so that tensors stream. Lengths may exceed 2^31.
 */
export function lengthPrefix(field: number, length: number): Uint8Array {
  const wireType = 2;
  return protobuf.Writer.create()
    .uint32(field * 8 + wireType)
    .uint64(length)
    .finish();
}
