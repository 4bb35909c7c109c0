import { elements, type TensorSpec } from '../../5-graph/graph.ts';
import { littleEndianBytes } from '../../weights/bytes.ts';
import type { fusedActivations, OperatorName } from '../../weights/readers/tflite/schema.ts';
import { createNames } from '../names.ts';
import type { FlatTable } from './flat-tables.ts';
import type { LiteModel, LiteOperator, LitePort, LiteTensor, LiteType, StoredData } from './model.ts';
import type { LiteOptions } from './options.ts';

/** What an operator ends with. */
export type FusedActivation = keyof typeof fusedActivations;

export interface OperatorRequest {
  readonly operator: OperatorName;
  readonly inputs: readonly string[];
  /** The name of its first output: taken as it is, or with a number where another has it. */
  readonly name: string;
  /** The shape of each output as it is stored, channels last, without the batch. */
  readonly shapes: readonly (readonly number[])[];
  readonly options?: FlatTable;
  /** The operator's version, as TensorFlow's table has it for what is asked of it (versioning/op_version.cc); 1 by default. */
  readonly version?: number;
}

/** A constant made of tensors of the network. */
export interface WeightRequest {
  readonly name: string;
  /** As it is stored. */
  readonly shape: readonly number[];
  /** What tells it from others of the same name and shape: the order of its numbers. */
  readonly order?: string;
  /** The tensors that it is made of: of the type of the first. */
  readonly of: readonly [TensorSpec, ...TensorSpec[]];
  /** The numbers as they are stored. @param tensors those of `of`, each an array of its own. */
  make(...tensors: Float32Array[]): Float32Array;
}

/** Collects the parts of a model under unique names. Values and constants are meant by their names. */
export interface LiteBuilder {
  readonly batch: LiteOptions['batch'];
  /** Adds an operator; the names of its outputs. */
  operator(request: OperatorRequest): string[];
  /** An operator over whole numbers that make a shape: its output has this shape, and no batch. */
  shapeOperator(request: Omit<OperatorRequest, 'shapes'> & { readonly shape: readonly number[] }): string;
  /** Adds an input of the network. @param shape as for an operator's output */
  input(name: string, shape: readonly number[]): string;
  /** A constant made of weights; one, however often it is asked for. */
  weight(request: WeightRequest): string;
  /** A number, `[]`; one constant, however often it is asked for. */
  number(value: number): string;
  /** A list of numbers of a shape, likewise. */
  numbers(what: string, shape: readonly number[], values: ArrayLike<number>): string;
  /** A list of whole numbers, likewise: a shape, axes. */
  integers(values: readonly number[], shape?: readonly number[]): string;
  /** Declares a value as an output of the network. @param shape as for an operator's output */
  output(name: string, value: string, shape: readonly number[]): void;
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
  /** Inputs and what comes of them: of anything else, which comes of weights alone, there is one for all samples. */
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
  const addValue = (wanted: string, shape: readonly number[], hasSamples: boolean) => {
    const first = hasSamples ? samples : 1;
    const name = addTensor(wanted, { shape: [first, ...shape], type: 'float32', isOpen: hasSamples && isOpen });
    if (hasSamples) ofSamples.add(name);
    return name;
  };
  const addConstant = (key: string, wanted: string, shape: readonly number[], type: LiteType, data: StoredData) => {
    let name = constants.get(key);
    if (name === undefined) {
      name = addTensor(wanted, { shape, type, isOpen: false, data });
      constants.set(key, name);
    }
    return name;
  };
  const addOperator = (
    { operator, inputs: given, options = [], version = 1 }: Omit<OperatorRequest, 'name' | 'shapes'>,
    made: readonly string[],
  ) => {
    operatorList.push({ operator, version, inputs: given.map(placeOf), outputs: made.map(placeOf), options });
  };

  const builder: LiteBuilder = {
    batch,
    operator(request) {
      const hasSamples = request.inputs.some((input) => ofSamples.has(input));
      const made = request.shapes.map((shape, i) =>
        addValue(i === 0 ? request.name : `${request.name}:${i}`, shape, hasSamples),
      );
      addOperator(request, made);
      return made;
    },
    shapeOperator({ shape, ...request }) {
      const made = addTensor(request.name, { shape, type: 'int32', isOpen: false });
      addOperator(request, [made]);
      return made;
    },
    input(wanted, shape) {
      const name = addValue(wanted, shape, true);
      inputs.push({ name: wanted, tensor: placeOf(name) });
      return name;
    },
    weight({ name, shape, order, of, make }) {
      const key = `weight ${name} ${shape} ${order}`;
      const isHalf = of[0].type.element === 'float16';
      const made = addConstant(key, name, shape, isHalf ? 'float16' : 'float32', {
        bytes: elements(shape) * (isHalf ? 2 : 4),
        source: (read) => make(...of.map((tensor) => (of.length === 1 ? read(tensor) : read(tensor).slice()))),
      });
      if (!isHalf) return made;
      // as TensorFlow's converter has it: runtimes widen the numbers once, when they load the file
      const wideKey = `wide ${key}`;
      const known = constants.get(wideKey);
      if (known !== undefined) return known;
      const wide = addTensor(`${name}/wide`, { shape, type: 'float32', isOpen: false });
      addOperator({ operator: 'dequantise', inputs: [made], version: 3 }, [wide]);
      constants.set(wideKey, wide);
      return wide;
    },
    number: (value) => builder.numbers(`constant/${spell(value)}`, [], [value]),
    numbers(what, shape, values) {
      const list = Float32Array.from(values);
      const key = `numbers ${shape} ${list.join()}`;
      return addConstant(key, what, shape, 'float32', { bytes: list.byteLength, source: littleEndianBytes(list) });
    },
    integers(values, shape = [values.length]) {
      const list = Int32Array.from(values);
      const name = `constant/integers/${values.length <= 6 ? values.map(spell).join('_') : 'list'}`;
      const key = `integers ${shape} ${list.join()}`;
      return addConstant(key, name, shape, 'int32', { bytes: list.byteLength, source: littleEndianBytes(list) });
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
    finish: (modelName) => ({ name: modelName, tensors, operators: operatorList, inputs, outputs }),
  };
  return builder;
}

/** A number as a part of a name: `-1` is `minus1`. */
function spell(value: number): string {
  return (Object.is(value, -0) ? '-0' : String(value)).replace('-', 'minus').replace('+', '');
}
