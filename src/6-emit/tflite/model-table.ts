import { fields, type OperatorName, operators, writtenTypes } from '../../weights/readers/tflite/schema.ts';
import {
  bool,
  type FlatTable,
  type FlatValue,
  float32s,
  int8,
  int32,
  int32s,
  int64s,
  table,
  tables,
  text,
  uint8,
  uint32,
} from './flat-tables.ts';
import type { LiteModel, LiteOperator, LitePort, LiteTensor, Quantisation } from './model.ts';

/** For each buffer of the file, in order: how its table states where the data are. */
export type BufferTable = FlatTable;

/** Texts of a model, each in a separate buffer. */
export interface ModelMetadata {
  readonly name: string;
  readonly buffer: number;
}

/** The version of the format that all of TensorFlow Lite's history has had. */
const formatVersion = 3;
/** Codes from here on are only in the newer field; the old one, a byte, then has this value. */
const placeholderCode = 127;
/** The name that Keras and TensorFlow give to a model's only signature. */
export const signatureKey = 'serving_default';

/** The root table of a file. @param bufferOf the buffer of each tensor; 0 has no data. */
export function modelTable(
  model: LiteModel,
  description: string,
  buffers: readonly BufferTable[],
  bufferOf: (tensor: LiteTensor) => number,
  metadata: readonly ModelMetadata[],
): FlatTable {
  const codes = operatorCodes(model.operators);
  const signature: FlatTable = [
    [fields.signature.inputs, tables(model.inputs.map(tensorMap))],
    [fields.signature.outputs, tables(model.outputs.map(tensorMap))],
    [fields.signature.key, text(signatureKey)],
  ];
  const graph: FlatTable = [
    [fields.subgraph.tensors, tables(model.tensors.map((tensor) => tensorTable(tensor, bufferOf(tensor))))],
    [fields.subgraph.inputs, int32s(model.inputs.map(({ tensor }) => tensor))],
    [fields.subgraph.outputs, int32s(model.outputs.map(({ tensor }) => tensor))],
    [
      fields.subgraph.operators,
      tables(model.operators.map((operator) => operatorTable(operator, codes.indexOf(operator)))),
    ],
    [fields.subgraph.name, text(model.name)],
  ];
  return [
    [fields.model.version, uint32(formatVersion)],
    [fields.model.operatorCodes, tables(codes.tables)],
    [fields.model.subgraphs, tables([graph])],
    [fields.model.buffers, tables(buffers)],
    [
      fields.model.metadata,
      tables(
        metadata.map(
          ({ name, buffer }): FlatTable => [
            [fields.metadata.name, text(name)],
            [fields.metadata.buffer, uint32(buffer)],
          ],
        ),
      ),
    ],
    [fields.model.signatures, tables([signature])],
    // what is added last comes first in the file
    [fields.model.description, text(description)],
  ];
}

function tensorMap({ name, tensor }: LitePort): FlatTable {
  return [
    [fields.tensorMap.name, text(name)],
    [fields.tensorMap.tensor, uint32(tensor)],
  ];
}

function tensorTable({ name, shape, type, isOpen, quantisation }: LiteTensor, buffer: number): FlatTable {
  const signature: FlatValue | undefined = isOpen ? int32s([-1, ...shape.slice(1)]) : undefined;
  return [
    [fields.tensor.shape, int32s(shape)],
    [fields.tensor.type, int8(writtenTypes[type])],
    [fields.tensor.buffer, uint32(buffer)],
    [fields.tensor.name, text(name)],
    [fields.tensor.quantisation, quantisation && table(quantisationTable(quantisation))],
    [fields.tensor.shapeSignature, signature],
    [fields.tensor.hasRank, bool(true)],
  ];
}

/** Equally many zero points as scales, and the axis of the scales. */
function quantisationTable({ scales, zeroPoint, axis = 0 }: Quantisation): FlatTable {
  return [
    [fields.quantisation.scale, float32s(scales)],
    [fields.quantisation.zeroPoint, int64s(scales.map(() => zeroPoint))],
    [fields.quantisation.axis, int32(axis)],
  ];
}

function operatorTable({ operator, inputs, outputs, options }: LiteOperator, code: number): FlatTable {
  const type = operators[operator].options;
  return [
    [fields.operator.code, uint32(code)],
    [fields.operator.inputs, int32s(inputs)],
    [fields.operator.outputs, int32s(outputs)],
    ...(type === 0
      ? []
      : ([
          [fields.operator.optionsType, uint8(type)],
          [fields.operator.options, table(options)],
        ] as const)),
  ];
}

/** Each operator in each version, once. */
function operatorCodes(list: readonly LiteOperator[]) {
  const keyOf = ({ operator, version }: LiteOperator) => `${operator} ${version}`;
  const kinds = new Map<string, { readonly operator: OperatorName; readonly version: number }>();
  for (const operator of list) kinds.set(keyOf(operator), operator);
  const keys = new Map([...kinds.keys()].map((key, i) => [key, i]));
  return {
    indexOf: (operator: LiteOperator) => keys.get(keyOf(operator)) as number,
    tables: [...kinds.values()].map(({ operator, version }): FlatTable => {
      const { code } = operators[operator];
      return [
        [fields.operatorCode.deprecated, int8(Math.min(code, placeholderCode))],
        [fields.operatorCode.version, int32(version)],
        [fields.operatorCode.builtin, int32(code)],
      ];
    }),
  };
}
