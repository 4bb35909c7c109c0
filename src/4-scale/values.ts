import type { RowsNode, ScalingEntry } from '../1-parse/ast.ts';
import type { Surroundings } from '../2-resolve/program.ts';
import type { BoundName } from '../3-check/meanings/occurrence.ts';
import type { Meanings } from '../3-check/meanings/walk-expr.ts';
import type { Signature } from '../3-check/signature.ts';
import type { ActivationName } from '../ops/activations.ts';
import type { Interpolation, PictureInterpolation } from '../ops/interpolation.ts';
import type { ConventionPoint, Factor, FactorName } from './scaling.ts';
import type { Trace } from './trace.ts';

/** What an expression can be worth. */
export type Value =
  | number
  | boolean
  | ActivationValue
  | PaddingValue
  | InterpolationValue
  | VariantValue
  | BlockValue
  | TableValue
  | TensorValue
  | SectionValue
  | readonly Value[];

export interface ActivationValue {
  readonly kind: 'activation';
  readonly name: ActivationName;
  /** Where one was given that is not the usual one. */
  readonly slope?: number;
}

export interface PaddingValue {
  readonly kind: 'padding';
  readonly name: 'same' | 'symmetric' | 'valid' | 'default';
}

export interface InterpolationValue {
  readonly kind: 'interpolation';
  readonly name: Interpolation | PictureInterpolation;
}

/** A row of a model's `variants`; without a name where none applies. */
export interface VariantValue {
  readonly kind: 'variant';
  readonly name: string;
}

export interface BlockValue {
  readonly kind: 'block';
  readonly signature: Signature;
}

/** Rows, with the names that their cells mean. */
export interface TableValue {
  readonly kind: 'table';
  readonly name: string;
  readonly rows: RowsNode;
  readonly env: Env;
}

/** A tensor of the graph under construction. */
export interface TensorValue {
  readonly kind: 'tensor';
  readonly node: number;
  readonly output: number;
  readonly shape: readonly number[];
}

/** Tensors that travel together. */
export interface Flow {
  readonly tensors: readonly TensorValue[];
  /** They came as a list, which stays one even with a single tensor. */
  readonly list?: true;
  /** If there are numbers among an op's operands: these by position, undefined for tensors. */
  readonly numbers?: readonly (number | undefined)[];
}

/** A section of a model, or a step in it: its result, and the prefix of the paths of its steps. */
export interface SectionValue extends Flow {
  readonly kind: 'section';
  readonly path: string;
}

/** A value with how its scaled numbers came about. */
export interface Binding {
  readonly value: Value;
  readonly traces?: readonly Trace[];
}

/** The values that an expression sees while a network is built, and where its parameters' paths begin. */
export interface Env {
  readonly vars: Map<BoundName, Binding>;
  readonly parent?: Env;
  /** The meanings of names in the declaration that is being built. */
  readonly meanings: Meanings;
  /** Where the names are declared that it does not bind. */
  readonly module: Surroundings;
  /** In models: what d, w and r are. */
  readonly scale?: Scale;
  readonly convention: ConventionPoint;
  /** The path of the block or section that is being built. */
  readonly path: string;
  /** The path that shared steps are below, where it is another: in a section that of its model. */
  readonly sharedBelow?: string;
  /** The name that the evaluated value is assigned to: the label of a step without tensors. */
  assigned?: string | undefined;
  /** In a comprehension: the element's number, which labels take on, `.0`. */
  readonly numbers: string;
}

/** The factors of a model at one point, and its own roundings. */
export interface Scale {
  factors: Readonly<Record<FactorName, Factor>>;
  readonly roundings: ReadonlyMap<FactorName, ScalingEntry>;
  /** Which factors were used: an override of another changes nothing. */
  readonly used: Set<FactorName>;
  /** What the roundings see: the model's parameters. */
  readonly env: Env;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** The tensors of a value: a tensor, several that travel together, or a section; undefined if it is none of these. */
export function tensorsOf(value: Value): readonly TensorValue[] | undefined {
  if (typeof value !== 'object') return undefined;
  if (isList(value)) {
    const tensors: TensorValue[] = [];
    for (const item of value) {
      const inner = tensorsOf(item);
      if (!inner) return undefined;
      for (const tensor of inner) tensors.push(tensor);
    }
    return tensors.length > 0 ? tensors : undefined;
  }
  if (value.kind === 'tensor') return [value];
  return value.kind === 'section' ? value.tensors : undefined;
}

/** Whether a value's tensors are a list, which stays one even with a single tensor. */
export function isTensorList(value: Value): boolean {
  return isList(value) || (typeof value === 'object' && value.kind === 'section' && value.list === true);
}

/** The elements of a value that has some: a list, or a section's tensors. */
export function itemsOf(value: Value): readonly Value[] | undefined {
  if (typeof value !== 'object') return undefined;
  if (isList(value)) return value;
  return value.kind === 'section' ? value.tensors : undefined;
}

/** The size of a list: its elements, including those of nested lists, and its depth. */
export interface ListSize {
  readonly elements: number;
  readonly depth: number;
}

const sizes = new WeakMap<readonly Value[], ListSize>();

/** The size of a list; computed once for each, so that lists that repeat one list cost nothing. */
export function sizeOf(list: readonly Value[]): ListSize {
  let size = sizes.get(list);
  if (!size) {
    let elements = list.length;
    let depth = 1;
    for (const item of list) {
      if (!isList(item)) continue;
      const inner = sizeOf(item);
      elements += inner.elements;
      depth = Math.max(depth, inner.depth + 1);
    }
    size = { elements, depth };
    sizes.set(list, size);
  }
  return size;
}

/** What a value is, for messages. */
export function describeValue(value: Value): string {
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return `the bool ${value}`;
  if (isList(value))
    return tensorsOf(value) ? `a list of ${value.length} tensor${value.length === 1 ? '' : 's'}` : 'a list';
  switch (value.kind) {
    case 'activation':
      return `the activation '${activationText(value)}'`;
    case 'variant':
      return value.name === '' ? 'no variant' : `the variant '${value.name}'`;
    case 'padding':
      return `the padding '${value.name}'`;
    case 'interpolation':
      return `the interpolation '${value.name}'`;
    case 'block':
      return `the block '${value.signature.name}'`;
    case 'table':
      return `the table '${value.name}'`;
    case 'tensor':
      return 'a tensor';
    case 'section':
      return 'a section';
  }
}

/** As a spec writes it: `relu`, `leaky_relu(0.2)`. */
function activationText({ name, slope }: ActivationValue): string {
  return slope === undefined ? name : `${name}(${slope})`;
}

/** As it would be written in a spec. */
export function valueText(value: Value): string {
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(valueText).join(', ')}]`;
  switch (value.kind) {
    case 'block':
      return value.signature.name;
    case 'activation':
      return activationText(value);
    case 'padding':
    case 'interpolation':
    case 'table':
    case 'variant':
      return value.name;
    default:
      return `<${value.kind}>`;
  }
}

/** Whether two values are the same one. */
export function sameValue(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i] as Value));
  }
  if (a.kind === 'block' && b.kind === 'block') return a.signature === b.signature;
  if (a.kind === 'table' && b.kind === 'table') return a.rows === b.rows;
  if (a.kind === 'activation' && b.kind === 'activation') return a.name === b.name && a.slope === b.slope;
  if ((a.kind === 'padding' || a.kind === 'interpolation' || a.kind === 'variant') && a.kind === b.kind)
    return a.name === (b as { name: string }).name;
  return a === b;
}
