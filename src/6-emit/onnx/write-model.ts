import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { version } from '../../version.ts';
import { lengthPrefix } from '../length-prefix.ts';
import type { EmitRequest, Sink } from '../target.ts';
import type { Initialiser, ModelPlan } from './builder.ts';
import { irVersionOf, type OnnxOptions } from './options.ts';
import { onnx } from './proto.ts';
import { createTensorReader } from './tensor-reader.ts';

/** Protobuf's limit for a message. */
const maxMessageBytes = 2 ** 31 - 1;
/** Smaller tensors stay in the model, as in ONNX's own tools: shape inference looks at them. */
const minExternalBytes = 1024;
/** Field numbers of onnx.proto. */
const fields = { modelGraph: 7, graphInitialiser: 5, tensorRawData: 9 };

/** Where a tensor is in the file of external data. */
interface ExternalRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Writes a model, one tensor in memory at a time. All sizes are known beforehand, so that the graph is a single field: some readers (Netron) do not merge a message that is written in pieces, which protobuf would allow.
 * @returns the diagnostics, and the bytes of all files.
 */
export function writeModel(
  plan: ModelPlan,
  { weights, metadata, options, open, progress }: EmitRequest<OnnxOptions>,
): { diagnostics: readonly Diagnostic[]; bytes: number } {
  const head = onnx.ModelProto.encode({
    irVersion: irVersionOf(options.opset),
    producerName: 'enetc',
    producerVersion: version,
    opsetImport: [{ domain: '', version: options.opset }],
    metadataProps: metadata.map(([key, value]) => ({ key, value })),
  }).finish();
  const graph = onnx.GraphProto.encode(plan.graph).finish();

  const inline = layOut(plan.initialisers, () => undefined);
  const external = options.externalData || head.length + graph.length + inline.bytes + 16 > maxMessageBytes;
  const data = external ? layOutExternally(plan.initialisers) : undefined;
  const dataFile = data && data.ranges.size > 0 ? open('.data') : undefined;
  const ranges = (initialiser: Initialiser) => data?.ranges.get(initialiser);
  const sizeWith = (layout: { readonly bytes: number }) => {
    const size = graph.length + layout.bytes;
    return head.length + lengthPrefix(fields.modelGraph, size).length + size;
  };
  // The data's name, which each tensor bears, may only be known when they are written: without it the sum is a bit short.
  const expected = dataFile && data ? data.bytes + sizeWith(layOut(plan.initialisers, ranges)) : sizeWith(inline);
  const reader = createTensorReader(weights);
  let done = 0;
  const write = (sink: Sink, bytes: Uint8Array) => {
    sink.write(bytes);
    done += bytes.length;
  };

  if (dataFile && data) {
    let at = 0;
    for (const [initialiser, { offset, length }] of data.ranges) {
      if (offset > at) write(dataFile.sink, new Uint8Array(offset - at));
      write(dataFile.sink, reader.read(initialiser));
      at = offset + length;
      progress?.(done, expected);
    }
  }
  const layout = dataFile ? layOut(plan.initialisers, ranges, dataFile.name) : inline;
  const { sink } = open('');
  write(sink, head);
  write(sink, lengthPrefix(fields.modelGraph, graph.length + layout.bytes));
  write(sink, graph);
  for (const { initialiser, header } of layout.parts) {
    write(sink, header);
    if (ranges(initialiser)) continue;
    write(sink, reader.read(initialiser));
    progress?.(done, Math.max(done, expected));
  }
  return { diagnostics: reader.diagnostics, bytes: done };
}

/** What precedes each tensor's numbers, and the bytes of all, numbers included. */
function layOut(
  initialisers: readonly Initialiser[],
  rangeOf: (initialiser: Initialiser) => ExternalRange | undefined,
  location = '',
): { parts: { initialiser: Initialiser; header: Uint8Array }[]; bytes: number } {
  let bytes = 0;
  const parts = initialisers.map((initialiser) => {
    const { name, shape, dataType, byteLength } = initialiser;
    const range = rangeOf(initialiser);
    const proto = onnx.TensorProto.encode({
      dims: [...shape],
      dataType,
      name,
      ...(range && {
        dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
        externalData: [
          { key: 'location', value: location },
          { key: 'offset', value: String(range.offset) },
          { key: 'length', value: String(range.length) },
        ],
      }),
    }).finish();
    const rawPrefix = range ? new Uint8Array(0) : lengthPrefix(fields.tensorRawData, byteLength);
    const inlineBytes = range ? 0 : byteLength;
    const prefix = lengthPrefix(fields.graphInitialiser, proto.length + rawPrefix.length + inlineBytes);
    const header = Uint8Array.from([...prefix, ...proto, ...rawPrefix]);
    bytes += header.length + inlineBytes;
    return { initialiser, header };
  });
  return { parts, bytes };
}

/**
 * Offsets as ONNX's page on external data requires (docs/ExternalData.md): aligned to pages, and for large tensors also
 * to Windows' granularity of 64 KiB, so that a runtime can map the file.
 */
function layOutExternally(initialisers: readonly Initialiser[]): {
  ranges: Map<Initialiser, ExternalRange>;
  bytes: number;
} {
  const ranges = new Map<Initialiser, ExternalRange>();
  let bytes = 0;
  for (const initialiser of initialisers) {
    const { byteLength } = initialiser;
    if (byteLength < minExternalBytes) continue;
    const alignment = byteLength >= 1 << 20 ? 1 << 16 : 1 << 12;
    const offset = Math.ceil(bytes / alignment) * alignment;
    ranges.set(initialiser, { offset, length: byteLength });
    bytes = offset + byteLength;
  }
  return { ranges, bytes };
}
