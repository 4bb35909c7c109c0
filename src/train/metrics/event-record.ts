// CommonJS: its names only exist on the default export, under Node as under bundlers.
import protobuf from 'protobufjs/minimal.js';
import { maskedCrc32c } from './crc32c.ts';

/**
 * TensorBoard's records. The field numbers are those of tensorflow/core/util/event.proto and
 * tensorflow/core/framework/summary.proto.
 */

export interface ScalarEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  /** By tag: `train/loss`. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** The first record of a file: `Event { wall_time = 1, file_version = 3 }`. */
export function versionRecord(wallTime: number): Uint8Array {
  const event = protobuf.Writer.create().uint32(tagOf(1, 1)).double(wallTime);
  return frame(event.uint32(tagOf(3, 2)).string('brain.Event:2').finish());
}

/**
 * `Event { wall_time = 1, step = 2, summary = 5 { value = 1 { tag = 1, simple_value = 2 } } }`, one value per scalar.
 */
export function scalarRecord({ wallTime, step, scalars }: ScalarEvent): Uint8Array {
  const event = protobuf.Writer.create().uint32(tagOf(1, 1)).double(wallTime).uint32(tagOf(2, 0)).int64(step);
  event.uint32(tagOf(5, 2)).fork();
  for (const [tag, value] of Object.entries(scalars)) {
    event.uint32(tagOf(1, 2)).fork().uint32(tagOf(1, 2)).string(tag).uint32(tagOf(2, 5)).float(value).ldelim();
  }
  return frame(event.ldelim().finish());
}

/** A field's number with its wire type: 0 for whole numbers, 1 for eight bytes, 2 for what has a length, 5 for four bytes. */
function tagOf(field: number, wireType: 0 | 1 | 2 | 5): number {
  return field * 8 + wireType;
}

/** A record of a TFRecord file: length, its checksum, the data, their checksum; all little-endian. */
function frame(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}
