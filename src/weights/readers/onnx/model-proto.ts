import { Unreadable } from '../byte-reader.ts';
import type { ProtoField, ProtoReader } from '../protobuf.ts';
import { type OnnxTensor, readEntry, readTensor } from './tensor-proto.ts';

/** The weights of a model. */
export interface OnnxWeights {
  readonly tensors: readonly OnnxTensor[];
  /** Those only used as the second factor of a product, `[features, units]`: the transpose of a linear layer's weight. */
  readonly turned: ReadonlySet<string>;
  readonly metadata: ReadonlyMap<string, string>;
}

const mostTensors = 100_000;
const mostNameBytes = 10_000;
const mostMetadataBytes = 1 << 20;

/** Field numbers of onnx.proto3. */
const model = { graph: 7, metadata: 14 };
const graph = { node: 1, initialiser: 5 };
const node = { input: 1, output: 2, opType: 4, attribute: 5 };
const attribute = { name: 1, integer: 3, tensor: 5 };

/**
 * Reads the initialisers of a model, and the tensors of its constants, but not their numbers.
 * @param end of the file
 * @throws Unreadable
 */
export function readModel(reader: ProtoReader, end: number): OnnxWeights {
  const tensors: OnnxTensor[] = [];
  const metadata = new Map<string, string>();
  const factors = new Set<string>();
  const others = new Set<string>();
  const add = (tensor: OnnxTensor) => {
    tensors.push(tensor);
    if (tensors.length > mostTensors)
      throw new Unreadable(`it has more than ${mostTensors} tensors, the most that are read`);
  };
  reader.message(end, (field) => {
    addMetadata(metadata, reader, field);
    if (field.number !== model.graph || field.wire !== 2) return;
    reader.message(field.end, (part) => {
      if (part.wire !== 2) return;
      if (part.number === graph.initialiser) add(readTensor(reader, part.end));
      if (part.number !== graph.node) return;
      const { tensor, inputs, isProduct } = readNode(reader, part);
      if (tensor) add(tensor);
      for (const [i, name] of inputs.entries()) (isProduct && i === 1 ? factors : others).add(name);
    });
  });
  return { tensors, turned: new Set([...factors].filter((name) => !others.has(name))), metadata };
}

/** Reads only the metadata of a model. @throws Unreadable */
export function readMetadata(reader: ProtoReader, end: number): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  reader.message(end, (field) => addMetadata(metadata, reader, field));
  return metadata;
}

function addMetadata(metadata: Map<string, string>, reader: ProtoReader, field: ProtoField): void {
  if (field.number !== model.metadata || field.wire !== 2) return;
  const [key, value] = readEntry(reader, field, mostMetadataBytes);
  metadata.set(key, value);
}

interface OnnxNode {
  /** Of a constant. */
  readonly tensor?: OnnxTensor;
  readonly inputs: readonly string[];
  /** Whether its second input is multiplied as `[features, units]`. */
  readonly isProduct: boolean;
}

function readNode(reader: ProtoReader, { end }: ProtoField): OnnxNode {
  const inputs: string[] = [];
  let output = '';
  let opType = '';
  let tensor: OnnxTensor | undefined;
  let isTransposed = false;
  reader.message(end, (field) => {
    if (field.number === node.input) inputs.push(reader.text(field, mostNameBytes));
    else if (field.number === node.output) output = reader.text(field, mostNameBytes);
    else if (field.number === node.opType) opType = reader.text(field, mostNameBytes);
    else if (field.number === node.attribute && field.wire === 2) {
      const found = readAttribute(reader, field);
      if (found.name === 'value') tensor = found.tensor;
      if (found.name === 'transB') isTransposed = found.integer === 1;
    }
  });
  const isConstant = opType === 'Constant' && tensor !== undefined;
  return {
    ...(isConstant && tensor && { tensor: { ...tensor, name: output } }),
    inputs,
    isProduct: opType === 'MatMul' || (opType === 'Gemm' && !isTransposed),
  };
}

function readAttribute(reader: ProtoReader, { end }: ProtoField) {
  let name = '';
  let integer = 0;
  let tensor: OnnxTensor | undefined;
  reader.message(end, (field) => {
    if (field.number === attribute.name) name = reader.text(field, mostNameBytes);
    else if (field.number === attribute.integer) integer = field.value ?? 0;
    else if (field.number === attribute.tensor && field.wire === 2)
      tensor = readTensor(reader, field.end, 'a constant');
  });
  return { name, integer, tensor };
}
