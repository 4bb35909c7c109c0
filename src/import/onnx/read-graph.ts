import { elements } from '../../5-graph/graph.ts';
import { ByteReader, Unreadable } from '../../weights/readers/byte-reader.ts';
import type { CheckpointSource, RandomAccess } from '../../weights/readers/format.ts';
import { filesNear } from '../../weights/readers/onnx/format.ts';
import { type OnnxTensor, readEntry, readTensor } from '../../weights/readers/onnx/tensor-proto.ts';
import { type ProtoField, ProtoReader } from '../../weights/readers/protobuf.ts';
import { readFloats } from '../../weights/readers/stored-floats.ts';
import { type Numbers, shortest } from '../numbers.ts';
import { Unsayable } from '../unsayable.ts';
import { mostIntegers, readIntegers } from './read-integers.ts';

/** An attribute of a node; only the fields of its type are set. */
export interface OnnxAttribute {
  readonly integer?: number;
  readonly real?: number;
  readonly text?: string;
  readonly integers?: readonly number[];
  readonly reals?: readonly number[];
  readonly numbers?: Numbers;
}

export interface FileNode {
  readonly type: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly name: string;
  /** An input that is left out is `''`. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /** Why it cannot be expressed, where a reader of another format has found that. */
  readonly refused?: string;
}

/** A declared input or output: an open axis is undefined. */
export interface DeclaredValue {
  readonly name: string;
  readonly shape?: readonly (number | undefined)[];
  /** Of an output: whether the file's own order of its elements has channels last, though it is flat. */
  readonly isFlat?: boolean;
}

export interface OnnxGraph {
  readonly name: string;
  /** The version of ONNX's own operators. */
  readonly opset: number;
  readonly nodes: readonly FileNode[];
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
  /** Initialisers by name. */
  readonly tensors: ReadonlyMap<string, Numbers>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Where the network itself scales its image: what it takes, values of 0 to 255. */
  readonly pixels?: 'bytes';
}

const mostNodes = 200_000;
const mostNameBytes = 10_000;
const mostMetadataBytes = 1 << 20;
const mostListBytes = 1 << 20;

/**
 * Reads the graph of an ONNX model (onnx.proto3), without the numbers of its weights.
 * @throws Unreadable
 */
export function readOnnxGraph({ name, file, openNear }: CheckpointSource): OnnxGraph {
  const reader = new ProtoReader(new ByteReader(file, 'it', 0, file.size));
  const fileAt = filesNear(openNear);
  const numbers = (tensor: OnnxTensor, field: ProtoField) => numbersOf(tensor, field, file, fileAt, name);
  const nodes: FileNode[] = [];
  const inputs: DeclaredValue[] = [];
  const outputs: DeclaredValue[] = [];
  const tensors = new Map<string, Numbers>();
  const metadata = new Map<string, string>();
  let graphName = '';
  let opset = 0;
  reader.message(file.size, (field) => {
    if (field.wire !== 2) return;
    if (field.number === 14) {
      const [key, value] = readEntry(reader, field, mostMetadataBytes);
      metadata.set(key, value);
    } else if (field.number === 8) {
      const { domain, version } = readOpset(reader, field);
      if (domain === '' || domain === 'ai.onnx') opset = version;
    } else if (field.number === 25) throw new Unreadable('it has its own functions: export it without them');
    if (field.number !== 7) return;
    reader.message(field.end, (part) => {
      if (part.wire !== 2) return;
      if (part.number === 1) {
        nodes.push(readNode(reader, part, numbers));
        if (nodes.length > mostNodes)
          throw new Unreadable(`it has more than ${mostNodes} nodes, the most that are read`);
      } else if (part.number === 2) graphName = reader.text(part, mostNameBytes);
      else if (part.number === 5) {
        const tensor = readTensor(reader, part.end);
        tensors.set(tensor.name, numbers(tensor, part));
      } else if (part.number === 11) inputs.push(readValue(reader, part));
      else if (part.number === 12) outputs.push(readValue(reader, part));
    });
  });
  if (outputs.length === 0) throw new Unreadable('it has no graph with outputs');
  // Older files list their initialisers among the inputs.
  return {
    name: graphName,
    opset,
    nodes,
    inputs: inputs.filter((x) => !tensors.has(x.name)),
    outputs,
    tensors,
    metadata,
  };
}

function readOpset(reader: ProtoReader, { end }: ProtoField): { domain: string; version: number } {
  let domain = '';
  let version = 0;
  reader.message(end, (field) => {
    if (field.number === 1) domain = reader.text(field, mostNameBytes);
    else if (field.number === 2) version = field.value ?? 0;
  });
  return { domain, version };
}

type ReadNumbers = (tensor: OnnxTensor, field: ProtoField) => Numbers;

function readNode(reader: ProtoReader, { end }: ProtoField, numbers: ReadNumbers): FileNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  const texts = { name: '', type: '', domain: '' };
  reader.message(end, (field) => {
    if (field.number === 1) inputs.push(reader.text(field, mostNameBytes));
    else if (field.number === 2) outputs.push(reader.text(field, mostNameBytes));
    else if (field.number === 3) texts.name = reader.text(field, mostNameBytes);
    else if (field.number === 4) texts.type = reader.text(field, mostNameBytes);
    else if (field.number === 7) texts.domain = reader.text(field, mostNameBytes);
    else if (field.number === 5) {
      const [name, attribute] = readAttribute(reader, field, numbers);
      attributes.set(name, attribute);
    }
  });
  const domain = texts.domain === 'ai.onnx' ? '' : texts.domain;
  return { type: texts.type, domain, name: texts.name || (outputs[0] ?? ''), inputs, outputs, attributes };
}

function readAttribute(reader: ProtoReader, { end }: ProtoField, numbers: ReadNumbers): [string, OnnxAttribute] {
  let name = '';
  let attribute: OnnxAttribute = {};
  const integers: number[] = [];
  const reals: number[] = [];
  reader.message(end, (field) => {
    if (field.number === 1) name = reader.text(field, mostNameBytes);
    else if (field.number === 2) attribute = { ...attribute, real: floatsOf(reader.bytes(field, 4))[0] as number };
    else if (field.number === 3) attribute = { ...attribute, integer: field.signed ?? 0 };
    else if (field.number === 4) attribute = { ...attribute, text: reader.text(field, mostMetadataBytes) };
    else if (field.number === 5 && field.wire === 2)
      attribute = { ...attribute, numbers: numbers(readTensor(reader, field.end, 'a constant'), field) };
    else if (field.number === 7) reals.push(...floatsOf(reader.bytes(field, mostListBytes)));
    else if (field.number === 8) integers.push(...reader.signedVarints(field));
  });
  return [name, { ...attribute, ...(integers.length > 0 && { integers }), ...(reals.length > 0 && { reals }) }];
}

function floatsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 2 }, (_, i) => shortest(view.getFloat32(4 * i, true)));
}

/** A ValueInfoProto: the name, and the shape of a tensor. */
function readValue(reader: ProtoReader, { end }: ProtoField): DeclaredValue {
  let name = '';
  let shape: (number | undefined)[] | undefined;
  reader.message(end, (field) => {
    if (field.number === 1) name = reader.text(field, mostNameBytes);
    if (field.number !== 2 || field.wire !== 2) return;
    reader.message(field.end, (type) => {
      if (type.number !== 1 || type.wire !== 2) return;
      reader.message(type.end, (tensor) => {
        if (tensor.number !== 2 || tensor.wire !== 2) return;
        const dims: (number | undefined)[] = [];
        shape = dims;
        reader.message(tensor.end, (dim) => {
          if (dim.number !== 1 || dim.wire !== 2) return;
          let size: number | undefined;
          reader.message(dim.end, (part) => {
            if (part.number === 1 && part.value !== undefined) size = part.value;
          });
          dims.push(size);
        });
      });
    });
  });
  return { name, ...(shape && { shape }) };
}

function numbersOf(
  tensor: OnnxTensor,
  field: ProtoField,
  file: RandomAccess,
  fileAt: (location: string) => RandomAccess,
  shown: string,
): Numbers {
  const { dtype, shape, data, name } = tensor;
  const length = elements(shape);
  if (data) {
    const within = data.location === undefined ? file : fileAt(data.location);
    return {
      shape,
      isReal: true,
      read() {
        const out = new Float32Array(length);
        readFloats(within, data.begin, dtype, out, `'${name}' of ${shown}`);
        return out;
      },
    };
  }
  // Whole numbers are sizes and axes: few, and needed to understand the graph.
  const integers = length > mostIntegers ? undefined : readIntegers(file, field, dtype, length);
  return {
    shape,
    isReal: false,
    ...(integers && { integers }),
    read() {
      if (!integers) throw new Unsayable(`the numbers of '${name}' (${length} of the type ${dtype}) are not read`);
      return Float32Array.from(integers);
    },
  };
}
