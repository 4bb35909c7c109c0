import type { Numbers } from '../numbers.ts';
import type { FileNode, OnnxAttribute } from '../onnx/read-graph.ts';
import { fail } from '../unsayable.ts';

/** A value between layers. */
export interface LayerValue {
  /** Of the graph's value. */
  readonly name: string;
  /** With the batch: 4 of a map, 2 of a vector. */
  readonly rank: number;
  /** A flattened map, whose elements are in a different order than here. */
  readonly isFlat?: boolean;
}

/** What a layer is read with. */
export interface LayerContext {
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: readonly LayerValue[];
  /** A weight of the layer as a tensor of the graph; undefined if it has none. @param shape to view it in, if different */
  weight(member: string, shape?: (own: readonly number[]) => readonly number[]): string | undefined;
  /** Numbers of the layer that are not weights; undefined if it has none. */
  constant(member: string): Numbers | undefined;
  /** Numbers as a tensor of the graph. */
  numbers(numbers: Numbers): string;
  /** Adds a node with one output; what it gives. */
  node(
    type: string,
    inputs: readonly (string | undefined)[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string;
}

export type Attributes = FileNode['attributes'];

export function list(numbers: readonly number[]): OnnxAttribute {
  return { integers: numbers };
}

/** A configuration's whole numbers for height and width: `3` or `[3, 3]`. */
export function pair({ config }: LayerContext, key: string, otherwise: number): readonly [number, number] {
  const value = config[key] ?? otherwise;
  const [high, wide] = Array.isArray(value) ? value : [value, value];
  if (!Number.isInteger(high) || !Number.isInteger(wide)) return fail(`its ${key} is not a size`);
  return [high, wide];
}

/** A number of a configuration. */
export function number({ config }: LayerContext, key: string, otherwise: number): number {
  const value = config[key] ?? otherwise;
  return typeof value === 'number' ? value : fail(`its ${key} is not a number`);
}

/** Whole numbers, or real ones, as numbers of the file. */
export function numbersOf(
  values: readonly number[],
  isReal: boolean,
  shape: readonly number[] = [values.length],
): Numbers {
  return { shape, isReal, ...(!isReal && { integers: values }), read: () => Float32Array.from(values) };
}

/** Requires channels last. */
export function checkChannelsLast({ config }: LayerContext): void {
  if ((config.data_format ?? 'channels_last') !== 'channels_last')
    fail('its channels come first; only channels_last is read');
}

/** Whether an axis, or a list of one, is that of the channels. */
export function isLastAxis(axis: unknown, rank: number): boolean {
  const [only] = Array.isArray(axis) && axis.length === 1 ? axis : [axis];
  return only === -1 || only === rank - 1;
}
