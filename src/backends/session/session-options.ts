import protobuf from 'protobufjs/minimal.js';

/**
 * A `ConfigProto` whose sessions use TensorFlow's single-threaded executor, by the field numbers of
 * tensorflow/core/protobuf/config.proto: `experimental { executor_type }`.
 */
export function inOrderOptions(): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(16 * 8 + 2).fork();
  writer.uint32(3 * 8 + 2).string('SINGLE_THREADED_EXECUTOR');
  return writer.ldelim().finish();
}
