import { Builder, ByteBuffer } from 'flatbuffers';
import { elements } from '../../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { version } from '../../version.ts';
import { littleEndianBytes } from '../../weights/bytes.ts';
import { toHalf } from '../../weights/float16.ts';
import { metadataEntry } from '../../weights/readers/tflite/lite-metadata.ts';
import { factsEntry, fields, fileIdentifier } from '../../weights/readers/tflite/schema.ts';
import type { EmitRequest, EmitResult } from '../target.ts';
import { addTable, type FlatTable, uint32, uint64 } from './flat-tables.ts';
import { labelsArchive, liteMetadata } from './metadata.ts';
import type { LiteModel, LiteTensor } from './model.ts';
import { type BufferTable, modelTable } from './model-table.ts';
import type { LiteOptions } from './options.ts';

/** The most that a flatbuffer can have, whose offsets readers take for signed. */
export const mostFlatBytes = 2 ** 31 - 1;
/** The alignment of data in TensorFlow Lite's schema (`force_align`). */
const alignment = 16;

/** The contents of a buffer: nothing, the numbers of a tensor, or bytes. */
type Data = LiteTensor | Uint8Array | undefined;

/**
 * Writes a model, one tensor in memory at a time: first all tables, then the data that they refer to. Below `most` bytes the data are vectors of the flatbuffer, which any reader supports; above, they follow it, referred to by their position in the file, as in the schema for more than 2 GB.
 * @returns the diagnostics, and the bytes of the file.
 */
export function writeLiteModel(
  model: LiteModel,
  { graph, weights, metadata, open, progress }: EmitRequest<LiteOptions>,
  most = mostFlatBytes,
): EmitResult {
  const facts = new TextEncoder().encode(JSON.stringify(Object.fromEntries(metadata)));
  const stored = model.tensors.filter(({ data }) => data !== undefined);
  const buffers: readonly Data[] = [undefined, ...stored, liteMetadata(graph, metadata), facts];
  const places = new Map(stored.map((tensor, i) => [tensor, i + 1]));
  const entries = [
    { name: metadataEntry, buffer: buffers.length - 2 },
    { name: factsEntry, buffer: buffers.length - 1 },
  ];
  const root = (tables: readonly BufferTable[]) =>
    headOf(modelTable(model, `enetc ${version}`, tables, (tensor) => places.get(tensor) ?? 0, entries));

  const withVectors = root(buffers.map((data): FlatTable => (data ? [[fields.buffer.data, uint32(0)]] : [])));
  let layout = layOut(buffers, withVectors.length, vectorHeader);
  let head = withVectors;
  const isVectors = layout.bytes <= most;
  if (isVectors) setOffsets(head, layout.starts);
  else {
    const outside = (starts: readonly number[]) =>
      root(
        buffers.map((data, i): FlatTable => {
          if (!data) return [];
          return [
            [fields.buffer.offset, uint64(starts[i] as number)],
            [fields.buffer.size, uint64(byteLength(data))],
          ];
        }),
      );
    // the numbers have a fixed width
    layout = layOut(buffers, outside(buffers.map(() => 0)).length, 0);
    head = outside(layout.starts);
  }
  const archive = labelsArchive(metadata, layout.bytes);
  const total = layout.bytes + archive.length;
  const { sink } = open('');
  const diagnostics: Diagnostic[] = [];
  let done = 0;
  const write = (bytes: Uint8Array) => {
    sink.write(bytes);
    done += bytes.length;
  };
  write(head);
  for (const [i, data] of buffers.entries()) {
    if (!data) continue;
    const begin = layout.starts[i] as number;
    const bytes = bytesOf(data);
    write(new Uint8Array(begin - (isVectors ? vectorHeader : 0) - done));
    if (isVectors) write(littleEndianBytes(Int32Array.of(bytes.length)));
    write(bytes);
    progress?.(done, total);
  }
  write(archive);
  progress?.(done, total);
  return { diagnostics, bytes: done };

  function bytesOf(data: NonNullable<Data>): Uint8Array {
    if (data instanceof Uint8Array) return data;
    const { name, shape, type } = data;
    const source = data.data?.source as NonNullable<LiteTensor['data']>['source'];
    if (source instanceof Uint8Array) return source;
    const values = source((tensor) => weights.read(tensor));
    if (values.length !== elements(shape)) throw new Error(`'${name}' has ${values.length} values`);
    if (type !== 'float16') return littleEndianBytes(values);
    if (!(values instanceof Float32Array)) throw new Error(`'${name}' has integers and is ${type}`);
    const halves = new Uint16Array(values.length);
    const count = toHalf(values, halves);
    if (count > 0) diagnostics.push(createDiagnostic('half-overflow', undefined, { tensor: name, count }));
    return littleEndianBytes(halves);
  }
}

/** The bytes of a flatbuffer's length of a vector. */
const vectorHeader = 4;

function byteLength(data: NonNullable<Data>): number {
  return data instanceof Uint8Array ? data.length : (data.data?.bytes as number);
}

/** Where the data of each buffer begin, and where the last ends. @param before the bytes that precede each. */
function layOut(buffers: readonly Data[], head: number, before: number): { starts: number[]; bytes: number } {
  let at = head;
  const starts = buffers.map((data) => {
    if (!data) return 0;
    const begin = Math.ceil((at + before) / alignment) * alignment;
    at = begin + byteLength(data);
    return begin;
  });
  return { starts, bytes: at };
}

function headOf(root: FlatTable): Uint8Array {
  const b = new Builder(1 << 16);
  b.finish(addTable(b, root), fileIdentifier);
  return b.asUint8Array();
}

/** Sets where the vectors of the buffers are: after the flatbuffer, which does not state its own end. */
function setOffsets(head: Uint8Array, starts: readonly number[]): void {
  const buffer = new ByteBuffer(head);
  const place = (table: number, field: number) => table + buffer.__offset(table, 4 + 2 * field);
  const list = buffer.__vector(place(buffer.__indirect(0), fields.model.buffers));
  for (const [i, start] of starts.entries()) {
    if (start === 0) continue;
    const at = place(buffer.__indirect(list + 4 * i), fields.buffer.data);
    buffer.writeUint32(at, start - vectorHeader - at);
  }
}
