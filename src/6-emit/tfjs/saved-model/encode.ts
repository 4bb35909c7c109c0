// CommonJS: its names only exist on the default export, under Node as under bundlers.
import protobuf from 'protobufjs/minimal.js';
import { joinBytes } from '../../../weights/bytes.ts';
import { lengthPrefix } from '../../length-prefix.ts';
import {
  type AttrValue,
  type ConstantValue,
  dataTypes,
  type GraphDef,
  type NodeDef,
  type TensorShape,
} from '../node-def/node-def.ts';

type Writer = protobuf.Writer;

/** A tensor of the graph as a signature names it. */
export interface TensorInfo {
  /** As a session takes it: `node:0`. */
  readonly name: string;
  readonly shape: TensorShape;
}

/** A signature: the tensors that are fed and those that are returned, by name. All are float32. */
export interface GraphSignature {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly outputs: Readonly<Record<string, TensorInfo>>;
}

/** Oldest producer of graphs whose rules for defaults and shapes hold here: that of TensorFlow 2.9. */
const producer = 1087;
/** The tag that loaders look for by default. */
const tag = 'serve';
const predictMethod = 'tensorflow/serving/predict';

/**
 * The bytes of `saved_model.pb`, by the field numbers of tensorflow/core/protobuf/{saved_model,meta_graph}.proto and
 * tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape,versions}.proto.
 */
export function encodeSavedModel(graph: GraphDef, signatures: Readonly<Record<string, GraphSignature>>): Uint8Array {
  return joinBytes(savedModelParts(graph, signatures, () => undefined).map(({ bytes }) => bytes));
}

/** A part of a file: bytes, then the numbers of a constant where it has some. */
export interface SavedModelPart<C> {
  readonly bytes: Uint8Array;
  readonly content?: C;
}

/** The numbers of a constant, read when they are written. */
export interface LargeContent {
  /** Those of `dtype`, as a tensor's content has them: little-endian. */
  readonly byteLength: number;
  readonly dtype: ConstantValue['dtype'];
  readonly shape: TensorShape;
}

/**
 * `saved_model.pb` in parts, so that a network's weights need not be in memory.
 * @param contentOf the value of a constant that does not contain it.
 */
export function savedModelParts<C extends LargeContent>(
  graph: GraphDef,
  signatures: Readonly<Record<string, GraphSignature>>,
  contentOf: (constant: string) => C | undefined,
): readonly SavedModelPart<C>[] {
  const nodes = graph.node.map((node) => {
    const content = contentOf(node.name);
    const bytes = content ? constantHead(node, content) : encoded((writer) => writeNode(writer, node));
    return { bytes, content, size: bytes.length + (content?.byteLength ?? 0) };
  });
  const versions = encoded((writer) => message(writer, 4, () => writer.uint32(tagOf(1, 0)).int32(producer)));
  const graphParts: SavedModelPart<C>[] = [
    ...nodes.map(({ bytes, content, size }) => ({
      bytes: joinBytes([lengthPrefix(1, size), bytes]),
      ...(content && { content }),
    })),
    { bytes: versions },
  ];
  const info = encoded((writer) => message(writer, 1, () => writer.uint32(tagOf(4, 2)).string(tag)));
  const signed = encoded((writer) => {
    for (const [name, signature] of Object.entries(signatures)) {
      mapEntry(writer, 5, name, () => writeSignature(writer, signature));
    }
  });
  const graphSize = sizeOf(graphParts);
  const graphHead = lengthPrefix(2, graphSize);
  const metaHead = lengthPrefix(2, info.length + graphHead.length + graphSize + signed.length);
  const version = encoded((writer) => writer.uint32(tagOf(1, 0)).int64(1));
  return [{ bytes: joinBytes([version, metaHead, info, graphHead]) }, ...graphParts, { bytes: signed }];
}

/** A constant's node up to its numbers, which are its last field. */
function constantHead({ name, op, attr }: NodeDef, { byteLength, dtype, shape }: LargeContent): Uint8Array {
  const node = encoded((writer) => {
    writer.uint32(tagOf(1, 2)).string(name);
    writer.uint32(tagOf(2, 2)).string(op);
    for (const [key, value] of Object.entries(attr)) mapEntry(writer, 5, key, () => writeAttr(writer, value));
  });
  const tensor = encoded((writer) => {
    writer.uint32(tagOf(1, 0)).int32(dataTypes[dtype]);
    message(writer, 2, () => writeShape(writer, shape));
  });
  const content = lengthPrefix(4, byteLength);
  const tensorSize = tensor.length + content.length + byteLength;
  const value = lengthPrefix(8, tensorSize);
  const key = encoded((writer) => writer.uint32(tagOf(1, 2)).string('value'));
  const valueHead = lengthPrefix(2, value.length + tensorSize);
  const entry = lengthPrefix(5, key.length + valueHead.length + value.length + tensorSize);
  return joinBytes([node, entry, key, valueHead, value, tensor, content]);
}

function sizeOf(parts: readonly SavedModelPart<LargeContent>[]): number {
  return parts.reduce((sum, { bytes, content }) => sum + bytes.length + (content?.byteLength ?? 0), 0);
}

function encoded(write: (writer: Writer) => void): Uint8Array {
  const writer = protobuf.Writer.create();
  write(writer);
  return writer.finish();
}

function writeNode(writer: Writer, { name, op, input, attr }: NodeDef) {
  writer.uint32(tagOf(1, 2)).string(name);
  writer.uint32(tagOf(2, 2)).string(op);
  for (const value of input) writer.uint32(tagOf(3, 2)).string(value);
  for (const [key, value] of Object.entries(attr)) mapEntry(writer, 5, key, () => writeAttr(writer, value));
}

const encoder = new TextEncoder();

function writeAttr(writer: Writer, value: AttrValue) {
  if ('text' in value) writer.uint32(tagOf(2, 2)).bytes(encoder.encode(value.text));
  else if ('int' in value) writer.uint32(tagOf(3, 0)).int64(value.int);
  else if ('float' in value) writer.uint32(tagOf(4, 5)).float(value.float);
  else if ('bool' in value) writer.uint32(tagOf(5, 0)).bool(value.bool);
  else if ('type' in value) writer.uint32(tagOf(6, 0)).int32(dataTypes[value.type]);
  else if ('shape' in value) message(writer, 7, () => writeShape(writer, value.shape));
  else if ('tensor' in value) message(writer, 8, () => writeTensor(writer, value.tensor));
  else if ('ints' in value) message(writer, 1, () => packed(writer, 3, value.ints, (w, n) => w.int64(n)));
  else {
    message(writer, 1, () => {
      for (const text of value.texts) writer.uint32(tagOf(2, 2)).bytes(encoder.encode(text));
    });
  }
}

function writeTensor(writer: Writer, { dtype, shape, values }: ConstantValue) {
  writer.uint32(tagOf(1, 0)).int32(dataTypes[dtype]);
  message(writer, 2, () => writeShape(writer, shape));
  if (dtype === 'DT_FLOAT') packed(writer, 5, values, (w, n) => w.float(n));
  else packed(writer, 7, values, (w, n) => w.int32(n));
}

function writeShape(writer: Writer, shape: TensorShape) {
  for (const size of shape) message(writer, 2, () => writer.uint32(tagOf(1, 0)).int64(size));
}

function writeSignature(writer: Writer, { inputs, outputs }: GraphSignature) {
  const infos = (field: number, tensors: GraphSignature['inputs']) => {
    for (const [key, { name, shape }] of Object.entries(tensors)) {
      mapEntry(writer, field, key, () => {
        writer.uint32(tagOf(1, 2)).string(name);
        writer.uint32(tagOf(2, 0)).int32(dataTypes.DT_FLOAT);
        message(writer, 3, () => writeShape(writer, shape));
      });
    }
  };
  infos(1, inputs);
  infos(2, outputs);
  writer.uint32(tagOf(3, 2)).string(predictMethod);
}

/** A field's number with its wire type: 0 for varints, 2 for what has a length, 5 for four bytes. */
function tagOf(field: number, wireType: 0 | 2 | 5): number {
  return field * 8 + wireType;
}

function message(writer: Writer, field: number, write: () => void) {
  writer.uint32(tagOf(field, 2)).fork();
  write();
  writer.ldelim();
}

/** A map is a list of messages with the key as field 1 and the value as field 2. */
function mapEntry(writer: Writer, field: number, key: string, write: () => void) {
  message(writer, field, () => {
    writer.uint32(tagOf(1, 2)).string(key);
    message(writer, 2, write);
  });
}

function packed(
  writer: Writer,
  field: number,
  values: readonly number[],
  write: (writer: Writer, value: number) => void,
) {
  message(writer, field, () => {
    for (const value of values) write(writer, value);
  });
}
