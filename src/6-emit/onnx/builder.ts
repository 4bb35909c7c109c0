import { byteLength, type Shape, type TensorSpec, type ValueRef } from '../../5-graph/graph.ts';
import { type ElementType, isQuantised, type QuantisedType } from '../../5-graph/value-type.ts';
import { littleEndianBytes } from '../../weights/bytes.ts';
import { halfBits } from '../../weights/float16.ts';
import { createNames } from '../names.ts';
import { type Attributes, int, toAttributeProtos } from './attributes.ts';
import type { Operator } from './operators.ts';
import type { OnnxOptions } from './options.ts';
import { keepPadsOutOfPools } from './pads-before-pools.ts';
import { type Onnx, onnx } from './proto.ts';

const { DataType } = onnx.TensorProto;

/** ONNX's numbers of the types of elements. */
export const dataTypes: { readonly [E in ElementType]: number } = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  int8: DataType.INT8,
  int16: DataType.INT16,
  int32: DataType.INT32,
};

/** Those of values, which are unsigned where tensors are signed: see `writeQuantised`. */
const valueTypes: typeof dataTypes = { ...dataTypes, int8: DataType.UINT8, int16: DataType.UINT16 };

/** A tensor in the file: one of the network's, read when it is written, or a constant. */
export interface Initialiser {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dataType: number;
  readonly byteLength: number;
  readonly source: TensorSpec | Uint8Array;
}

/** A model without the numbers of its tensors: small, whatever the network. */
export interface ModelPlan {
  /** All but the initialisers. */
  readonly graph: Onnx.IGraphProto;
  readonly initialisers: readonly Initialiser[];
}

/** A value of the file, with its shape without the batch. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: Shape;
  /** Its value in the graph; absent for what only the file has. */
  readonly ref?: ValueRef;
}

export interface OnnxNodeRequest {
  /** ONNX's name of the operator. */
  readonly type: Operator;
  readonly inputs: readonly string[];
  /** The node's name, and that of its first output: taken as is, or with a number if it is already used. */
  readonly name: string;
  /** The shape of each output, without the batch. */
  readonly shapes: readonly Shape[];
  readonly attributes?: Attributes;
  /** The type of its outputs: that of its first input, where it is not stated. */
  readonly element?: ElementType;
}

/** Collects the parts of a model under unique names. */
export interface OnnxBuilder {
  readonly options: OnnxOptions;
  /** Adds a node; the names of its outputs. */
  node(request: OnnxNodeRequest): string[];
  /** The operator that makes a value; undefined for inputs and tensors. */
  maker(value: string): Operator | undefined;
  /** The type of an input or of what a node gives. */
  typeOf(value: string): ElementType;
  /** Adds an input of the network. */
  input(name: string, shape: Shape, element: ElementType): string;
  /**
   * A tensor of the network; always the same initialiser. For a quantised one the real numbers that it represents. @param
   * shape if its elements are arranged in a different shape
   */
  tensor(spec: TensorSpec, shape?: Shape): string;
  /** A tensor of known bytes; one initialiser for each name and type. */
  constant(name: string, shape: readonly number[], dataType: number, bytes: Uint8Array): string;
  /** A number of the type of the value `like`; always the same initialiser. */
  scalar(value: number, like: string): string;
  /** A list of whole numbers, likewise: Reshape's shape, Pad's pads. */
  integers(what: string, values: readonly number[]): string;
  /** A list of numbers in single precision, likewise: Resize's scales. */
  numbers(what: string, values: readonly number[]): string;
  /** A list of one number of the type of the value `like`, likewise: the scale of a norm. */
  filled(value: number, length: number, like: string): string;
  /** A matrix of the type of the value `like`, likewise. */
  matrix(what: string, shape: readonly [number, number], values: ArrayLike<number>, like: string): string;
  /** Declares a value as an output of the network. */
  output(name: string, value: string, shape: Shape): void;
  finish(graphName: string): ModelPlan;
}

/** @param outputNames the names that only outputs may have. */
export function createBuilder(options: OnnxOptions, inputNames: string[], outputNames: string[]): OnnxBuilder {
  const { batch } = options;
  const values = createNames();
  const nodeNames = createNames();
  const inputName = new Map(inputNames.map((name) => [name, values.unique(name)]));
  const outputName = new Map(outputNames.map((name) => [name, values.unique(name)]));

  const nodes: Onnx.INodeProto[] = [];
  const inputs: Onnx.IValueInfoProto[] = [];
  const outputs: Onnx.IValueInfoProto[] = [];
  const makers = new Map<string, Operator>();
  const types = new Map<string, ElementType>();
  /** Values that are neither inputs nor outputs. The real numbers of a tensor have its shape, without a batch. */
  const inner: { name: string; shape: Shape; isTensor?: true }[] = [];
  /** Inputs and values computed from them: anything else, computed only from weights, exists once for all samples. */
  const ofSamples = new Set<string>();
  const initialisers: Initialiser[] = [];
  /** By the network's name for it: each use of a shared step requests its tensors. */
  const tensors = new Map<string, string>();
  const constants = new Map<string, string>();
  /** Inner values that turned out to be outputs, with the names they have as such. */
  const renamed = new Map<string, string>();

  const batchDim = batch === 'dynamic' ? { dimParam: 'batch' } : { dimValue: batch };
  const one = { dimValue: 1 };
  const valueInfo = (name: string, shape: Shape, element: ElementType, isTensor = false): Onnx.IValueInfoProto => {
    const dim = shape.map((dimValue) => ({ dimValue }));
    const batched = isTensor ? dim : [ofSamples.has(name) ? batchDim : one, ...dim];
    return { name, type: { tensorType: { elemType: valueTypes[element], shape: { dim: batched } } } };
  };

  const addConstant = (wanted: string, shape: readonly number[], dataType: number, bytes: Uint8Array) => {
    const key = `${dataType} ${wanted}`;
    let name = constants.get(key);
    if (name === undefined) {
      name = values.unique(wanted);
      constants.set(key, name);
      initialisers.push({ name, shape, dataType, byteLength: bytes.length, source: bytes });
    }
    return name;
  };

  /** The real numbers that an integer tensor represents. */
  const dequantisedTensor = (name: string, own: Shape, { element, scales, axis }: QuantisedType) => {
    const shape = axis === undefined ? [] : [scales.length];
    const scale = addConstant(`${name}/scale`, shape, DataType.FLOAT, littleEndianBytes(Float32Array.from(scales)));
    const zeros = element === 'int32' ? new Int32Array(scales.length) : new Int8Array(scales.length);
    const zero = addConstant(`${name}/zero`, shape, dataTypes[element], littleEndianBytes(zeros));
    const output = values.unique(`${name}/float`);
    types.set(output, 'float32');
    inner.push({ name: output, shape: own, isTensor: true });
    nodes.push({
      name: nodeNames.unique(`${name}/float`),
      opType: 'DequantizeLinear',
      input: [name, scale, zero],
      output: [output],
      attribute: toAttributeProtos(axis === undefined ? {} : { axis: int(axis) }),
    });
    return output;
  };

  const builder: OnnxBuilder = {
    options,
    node({ type, inputs, name, shapes, attributes = {}, element = builder.typeOf(inputs[0] as string) }) {
      const output = shapes.map((shape, i) => {
        const value = values.unique(i === 0 ? name : `${name}:${i}`);
        inner.push({ name: value, shape });
        makers.set(value, type);
        types.set(value, element);
        if (inputs.some((input) => ofSamples.has(input))) ofSamples.add(value);
        return value;
      });
      const attribute = toAttributeProtos(attributes);
      nodes.push({ name: nodeNames.unique(name), opType: type, input: [...inputs], output, attribute });
      return output;
    },
    maker: (value) => makers.get(value),
    typeOf: (value) => types.get(value) as ElementType,
    input(wanted, shape, element) {
      const name = inputName.get(wanted) ?? values.unique(wanted);
      ofSamples.add(name);
      inputs.push(valueInfo(name, shape, element));
      types.set(name, element);
      return name;
    },
    tensor(spec, shape = spec.shape) {
      const key = `${spec.name} ${shape}`;
      const known = tensors.get(key);
      if (known !== undefined) return known;
      const name = values.unique(spec.name);
      tensors.set(key, name);
      const { type } = spec;
      const dataType = dataTypes[type.element];
      initialisers.push({ name, shape, dataType, byteLength: byteLength(shape, type), source: spec });
      if (!isQuantised(type)) return name;
      const floats = dequantisedTensor(name, shape, type);
      tensors.set(key, floats);
      return floats;
    },
    constant: addConstant,
    scalar(value, like) {
      const element = builder.typeOf(like);
      const numbers = element === 'float16' ? Uint16Array.of(halfBits(value)) : Float32Array.of(value);
      const name = `constant/${Object.is(value, -0) ? '-0' : value}`;
      return addConstant(name, [], dataTypes[element], littleEndianBytes(numbers));
    },
    integers(what, list) {
      const bytes = littleEndianBytes(BigInt64Array.from(list, BigInt));
      return addConstant(`${what}/${list.join(',')}`, [list.length], DataType.INT64, bytes);
    },
    numbers(what, list) {
      const bytes = littleEndianBytes(Float32Array.from(list));
      return addConstant(`${what}/${list.join(',')}`, [list.length], DataType.FLOAT, bytes);
    },
    filled(value, length, like) {
      const element = builder.typeOf(like);
      const list = new Array<number>(length).fill(value);
      const numbers = element === 'float16' ? Uint16Array.from(list, halfBits) : Float32Array.from(list);
      return addConstant(`constant/${value}x${length}`, [length], dataTypes[element], littleEndianBytes(numbers));
    },
    matrix(what, shape, list, like) {
      const element = builder.typeOf(like);
      const numbers = Float32Array.from(list);
      const bytes = littleEndianBytes(element === 'float16' ? Uint16Array.from(numbers, halfBits) : numbers);
      return addConstant(`${what}/${shape.join('x')}`, shape, dataTypes[element], bytes);
    },
    output(wanted, value, shape) {
      const name = outputName.get(wanted) as string;
      ofSamples.add(name);
      outputs.push(valueInfo(name, shape, builder.typeOf(value)));
      const isInput = inputs.some((input) => input.name === value);
      if (!isInput && !renamed.has(value)) {
        renamed.set(value, name);
        return;
      }
      // The value has a name already, an input's or another output's: a node must pass it on.
      nodes.push({
        name: nodeNames.unique(`${name}/output`),
        opType: 'Identity',
        input: [value],
        output: [name],
        attribute: [],
      });
    },
    finish(graphName) {
      keepPadsOutOfPools(nodes, (like) => builder.scalar(-0, like));
      const rename = (name: string) => renamed.get(name) ?? name;
      for (const node of nodes) {
        node.input = node.input?.map(rename);
        node.output = node.output?.map(rename);
      }
      const read = new Set(nodes.flatMap(({ input }) => input ?? []));
      const valueInfos = inner.filter(({ name }) => !renamed.has(name));
      return {
        graph: {
          name: graphName,
          node: nodes,
          input: inputs,
          output: outputs,
          valueInfo: valueInfos.map(({ name, shape, isTensor }) =>
            valueInfo(name, shape, builder.typeOf(name), isTensor),
          ),
        },
        // A constant that every Pad has replaced is left over: runtimes warn about it.
        initialisers: initialisers.filter(({ name }) => read.has(name)),
      };
    },
  };
  return builder;
}
