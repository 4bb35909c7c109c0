import { elements, type TensorSpec } from '../../5-graph/graph.ts';
import { bytesPerElement, isQuantised, type QuantisedType } from '../../5-graph/value-type.ts';
import { littleEndianBytes } from '../../weights/bytes.ts';
import { quantiseValues } from '../../weights/quantise-values.ts';
import type { fusedActivations, OperatorName } from '../../weights/readers/tflite/schema.ts';
import { createNames } from '../names.ts';
import type { FlatTable } from './flat-tables.ts';
import type { LiteModel, LiteOperator, LitePort, LiteTensor, LiteType, StoredData, StoredNumbers } from './model.ts';
import { int8Version } from './operator-versions.ts';
import type { LiteOptions } from './options.ts';
import { channelsLast } from './stored-order.ts';

/** What an operator ends with. */
export type FusedActivation = keyof typeof fusedActivations;

export interface OperatorRequest {
  readonly operator: OperatorName;
  readonly inputs: readonly string[];
  /** The name of its first output: taken as is, or with a number if it is already used. */
  readonly name: string;
  /** The shape of each output as it is stored, channels last, without the batch. */
  readonly shapes: readonly (readonly number[])[];
  readonly options?: FlatTable;
  /** The operator's version in TensorFlow's table for its use in float32 (versioning/op_version.cc); 1 by default. */
  readonly version?: number;
  /** The type of the outputs; float32 by default. Ops that only move numbers keep their input's type, whatever is stated here. */
  readonly type?: QuantisedType;
}

/** A tensor of the network, its elements in its own order or with the channels last. */
export interface TensorRequest {
  readonly tensor: TensorSpec;
  /** As it is stored. */
  readonly shape: readonly number[];
  /**
   * For tensors whose channels are moved last: rows of `[channels, pixels]`. Absent for a tensor that is stored
   * unchanged.
   */
  readonly turned?: { readonly rows: number; readonly channels: number };
  /** The axis of the stored shape that scales per filter belong to; 0 by default. */
  readonly axis?: number;
}

/** A constant computed from tensors of the network. */
export interface WeightRequest {
  readonly name: string;
  /** As it is stored. */
  readonly shape: readonly number[];
  /** The tensors that it is made of: of the type of the first. */
  readonly of: readonly [TensorSpec, ...TensorSpec[]];
  /** The numbers as stored. @param tensors those of `of`, each a separate array. */
  make(...tensors: Float32Array[]): Float32Array;
}

/** Collects the parts of a model under unique names. Values and constants are referred to by name. */
export interface LiteBuilder {
  readonly batch: LiteOptions['batch'];
  /** Adds an operator; the names of its outputs. */
  operator(request: OperatorRequest): string[];
  /** An operator over whole numbers that make a shape: its output has this shape, and no batch. */
  shapeOperator(request: Omit<OperatorRequest, 'shapes'> & { readonly shape: readonly number[] }): string;
  /** Adds an input of the network. @param shape as for an operator's output @param type what it is held in; float32 by default */
  input(name: string, shape: readonly number[], type?: QuantisedType): string;
  /** A constant that is a tensor of the network; always the same one. */
  tensor(request: TensorRequest): string;
  /** A constant computed from weights, likewise. */
  weight(request: WeightRequest): string;
  /** A number, `[]`, likewise. @param type float32 by default */
  number(value: number, type?: QuantisedType): string;
  /** A list of numbers of a shape, likewise. @param type as for a number, perhaps with a scale per element */
  numbers(what: string, shape: readonly number[], values: ArrayLike<number>, type?: QuantisedType): string;
  /** A list of whole numbers, likewise: a shape, axes. */
  integers(values: readonly number[], shape?: readonly number[]): string;
  /** Declares a value as an output of the network. @param shape as for an operator's output */
  output(name: string, value: string, shape: readonly number[]): void;
  /** The same builder for an op on integers: results and numbers are of a type unless they state another. */
  typed(type: QuantisedType): LiteBuilder;
  finish(modelName: string): LiteModel;
}

/** @param outputNames the names that only outputs may have. */
export function createLiteBuilder(batch: LiteOptions['batch'], outputNames: readonly string[]): LiteBuilder {
  const names = createNames();
  const reserved = new Map(outputNames.map((name) => [name, names.unique(name)]));
  const tensors: LiteTensor[] = [];
  const operatorList: LiteOperator[] = [];
  const places = new Map<string, number>();
  const constants = new Map<string, string>();
  const inputs: LitePort[] = [];
  const outputs: LitePort[] = [];
  /** Inputs and values computed from them: anything else, computed only from weights, exists once for all samples. */
  const ofSamples = new Set<string>();
  const samples = batch === 'dynamic' ? 1 : batch;
  const isOpen = batch === 'dynamic';

  const placeOf = (name: string) => places.get(name) as number;
  const addTensor = (wanted: string, tensor: Omit<LiteTensor, 'name'>) => {
    const name = names.unique(wanted);
    places.set(name, tensors.length);
    tensors.push({ name, ...tensor });
    return name;
  };
  const addValue = (wanted: string, shape: readonly number[], hasSamples: boolean, type?: QuantisedType) => {
    const whole = [hasSamples ? samples : 1, ...shape];
    const name = addTensor(wanted, { shape: whole, ...heldAs(type), isOpen: hasSamples && isOpen });
    if (hasSamples) ofSamples.add(name);
    return name;
  };
  const typeOfValue = (name: string) => {
    const { type, quantisation } = tensors[placeOf(name)] as LiteTensor;
    return quantisation && ({ element: type as 'int8', ...quantisation } as const);
  };
  const addConstant = (
    key: string,
    wanted: string,
    shape: readonly number[],
    held: Pick<LiteTensor, 'type' | 'quantisation'>,
    data: StoredData,
  ) => {
    let name = constants.get(key);
    if (name === undefined) {
      name = addTensor(wanted, { shape, ...held, isOpen: false, data });
      constants.set(key, name);
    }
    return name;
  };
  /** Weights in half precision are widened as with TensorFlow's converter: by runtimes, once, when they load the file. */
  const addHalf = (key: string, name: string, shape: readonly number[], source: StoredData['source']) => {
    const half = addConstant(key, name, shape, { type: 'float16' }, { bytes: elements(shape) * 2, source });
    const wideKey = `wide ${key}`;
    const known = constants.get(wideKey);
    if (known !== undefined) return known;
    const wide = addTensor(`${name}/wide`, { shape, type: 'float32', isOpen: false });
    addOperator({ operator: 'dequantise', inputs: [half], version: 3 }, [wide]);
    constants.set(wideKey, wide);
    return wide;
  };
  const addOperator = (
    { operator, inputs: given, options = [], version = 1 }: Omit<OperatorRequest, 'name' | 'shapes'>,
    made: readonly string[],
  ) => {
    const [inputPlaces, outputPlaces] = [given.map(placeOf), made.map(placeOf)];
    const tensorAt = (place: number) => tensors[place] as LiteTensor;
    const least = int8Version(operator, inputPlaces.map(tensorAt), outputPlaces.map(tensorAt));
    operatorList.push({
      operator,
      version: Math.max(version, least),
      inputs: inputPlaces,
      outputs: outputPlaces,
      options,
    });
  };

  const builder: LiteBuilder = {
    batch,
    operator(request) {
      const hasSamples = request.inputs.some((input) => ofSamples.has(input));
      const moved = movedInput[request.operator];
      const type = moved === undefined ? request.type : typeOfValue(request.inputs[moved] as string);
      const made = request.shapes.map((shape, i) =>
        addValue(i === 0 ? request.name : `${request.name}:${i}`, shape, hasSamples, type),
      );
      addOperator(request, made);
      return made;
    },
    shapeOperator({ shape, ...request }) {
      const made = addTensor(request.name, { shape, type: 'int32', isOpen: false });
      addOperator(request, [made]);
      return made;
    },
    input(wanted, shape, type) {
      const name = addValue(wanted, shape, true, type);
      inputs.push({ name: wanted, tensor: placeOf(name) });
      return name;
    },
    tensor({ tensor, shape, turned, axis = 0 }) {
      const { name, type } = tensor;
      const order = turned ? `${turned.rows} rows of ${turned.channels} channels` : '';
      const key = `tensor ${name} ${shape} ${order}`;
      const ordered = (values: StoredNumbers) => (turned ? channelsLast(values, turned.rows, turned.channels) : values);
      if (!isQuantised(type)) {
        const source: StoredData['source'] = (read) => ordered(read(tensor));
        if (type.element === 'float16') return addHalf(key, name, shape, source);
        return addConstant(key, name, shape, { type: 'float32' }, { bytes: elements(shape) * 4, source });
      }
      const stored = { ...type, ...(type.axis !== undefined && { axis }) };
      return addConstant(key, name, shape, heldAs(stored), {
        bytes: elements(shape) * bytesPerElement[type.element],
        source: (read) => ordered(integersOf(read(tensor), tensor.shape, type)),
      });
    },
    weight({ name, shape, of, make }) {
      const key = `weight ${name} ${shape}`;
      const source: StoredData['source'] = (read) =>
        make(...of.map((tensor) => (of.length === 1 ? read(tensor) : read(tensor).slice())));
      if (of[0].type.element === 'float16') return addHalf(key, name, shape, source);
      return addConstant(key, name, shape, { type: 'float32' }, { bytes: elements(shape) * 4, source });
    },
    number: (value, type) => builder.numbers(`constant/${spell(value)}`, [], [value], type),
    numbers(what, shape, values, type) {
      const list = Float32Array.from(values);
      const stored = type ? integersOf(list, shape, type) : list;
      const held = type ? [type.element, type.scales, type.zeroPoint] : [];
      const key = `numbers ${shape} ${held} ${list.join()}`;
      return addConstant(key, what, shape, heldAs(type), {
        bytes: stored.byteLength,
        source: littleEndianBytes(stored),
      });
    },
    integers(values, shape = [values.length]) {
      const list = Int32Array.from(values);
      const name = `constant/integers/${values.length <= 6 ? values.map(spell).join('_') : 'list'}`;
      const key = `integers ${shape} ${list.join()}`;
      return addConstant(
        key,
        name,
        shape,
        { type: 'int32' },
        { bytes: list.byteLength, source: littleEndianBytes(list) },
      );
    },
    output(name, value, shape) {
      // A constant, an input, or what is an output already cannot be one: a copy can.
      const isTaken = [...inputs, ...outputs].some(({ tensor }) => tensor === placeOf(value));
      const isConstant = tensors[placeOf(value)]?.data !== undefined;
      const given =
        isTaken || isConstant
          ? (builder.operator({
              operator: 'reshape',
              inputs: [value, builder.integers([-1, ...shape])],
              name: `${name}/copy`,
              shapes: [shape],
            })[0] as string)
          : value;
      const place = placeOf(given);
      tensors[place] = { ...(tensors[place] as LiteTensor), name: reserved.get(name) as string };
      outputs.push({ name, tensor: place });
    },
    typed: (type) => ({
      ...builder,
      input: (name, shape, own = type) => builder.input(name, shape, own),
      operator: (request) => builder.operator({ type, ...request }),
      number: (value, own = type) => builder.number(value, own),
      numbers: (what, shape, values, own = typeOfNumbers(values)) => builder.numbers(what, shape, values, own),
    }),
    finish: (modelName) => ({ name: modelName, tensors, operators: operatorList, inputs, outputs }),
  };
  return builder;
}

/**
 * Of operators whose input and output have one scale and zero point by the quantisation specification: which input. CONCATENATION has
 * several, which its op in the graph has brought to one type.
 */
const movedInput: { readonly [Name in OperatorName]?: number } = {
  averagePool: 0,
  gather: 0,
  maxPool: 0,
  pad: 0,
  padV2: 0,
  reduceMax: 0,
  reshape: 0,
  resizeBilinear: 0,
  resizeNearest: 0,
  slice: 0,
  split: 1,
  transpose: 0,
};

function heldAs(type: QuantisedType | undefined): { readonly type: LiteType; readonly quantisation?: QuantisedType } {
  if (!type) return { type: 'float32' };
  const { element } = type;
  if (element === 'int16') throw new Error('TensorFlow Lite has no values of 16 bits with a zero point');
  return { type: element, quantisation: type };
}

function integersOf(values: Float32Array, shape: readonly number[], type: QuantisedType): Int8Array | Int32Array {
  const out = type.element === 'int8' ? new Int8Array(values.length) : new Int32Array(values.length);
  quantiseValues(values, shape, type, out);
  return out;
}

/** Of constants next to integers: around 0, by the largest. */
function typeOfNumbers(values: ArrayLike<number>): QuantisedType {
  const most = Array.from(values).reduce((a, x) => Math.max(a, Math.abs(x)), 0);
  return { element: 'int8', scales: [Math.fround(most / 127) || 1], zeroPoint: 0 };
}

/** A number as a part of a name: `-1` is `minus1`. */
function spell(value: number): string {
  return (Object.is(value, -0) ? '-0' : String(value)).replace('-', 'minus').replace('+', '');
}
