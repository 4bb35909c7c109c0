import { elements, type Shape, type ValueRef } from '../../5-graph/graph.ts';
import type { Op } from '../../ops/ops.ts';
import type { NetworkBuilder } from '../network.ts';
import { filled, type Numbers, shortest } from '../numbers.ts';
import { fail } from '../unsayable.ts';
import type { FileNode, OnnxAttribute } from './read-graph.ts';
import { axesOf, type FileValue, type KnownValue, type LiveValue } from './values.ts';

/** What the reader of an operator has access to. */
export interface OperatorContext {
  readonly node: FileNode;
  readonly opset: number;
  readonly b: NetworkBuilder;
  /** The size of the batch in the file; 1 where it is open. */
  readonly batch: number;
  /** An input; undefined where it is left out. */
  value(i: number): FileValue | undefined;
  attribute(name: string): OnnxAttribute;
  /** The node that makes an input, and its own inputs. */
  maker(i: number): OperatorContext | undefined;
  /** The tensors already made for learned numbers, so that each is made once. */
  readonly weights: Map<Numbers, ValueRef>;
}

export function integer(c: OperatorContext, name: string, otherwise: number): number {
  return c.attribute(name).integer ?? otherwise;
}

export function real(c: OperatorContext, name: string, otherwise: number): number {
  return c.attribute(name).real ?? otherwise;
}

/** A list of whole numbers: an attribute in earlier versions of the operator, an input in later ones. */
export function integers(c: OperatorContext, name: string, input?: number): readonly number[] | undefined {
  const given = input === undefined ? undefined : c.value(input);
  if (given) return knownAt(c, input as number).integers ?? fail(`its ${name} are not whole numbers that the file has`);
  const { integers: list, integer: one } = c.attribute(name);
  return list ?? (one === undefined ? undefined : [one]);
}

/** An input that consists of numbers of the file. */
export function knownAt(c: OperatorContext, i: number): Numbers {
  const value = c.value(i);
  if (value?.kind !== 'known')
    return fail(`its input ${i + 1} is computed; only numbers of the file can be expressed there`);
  return value.numbers;
}

/** An input that consists of real numbers of the file: weights. */
export function weightsAt(c: OperatorContext, i: number): Numbers {
  const numbers = knownAt(c, i);
  return numbers.isReal ? numbers : fail(`its input ${i + 1} does not consist of floating-point numbers`);
}

/** The one number of a value; undefined if it has more, or is computed. */
export function numberOf(value: FileValue | undefined): number | undefined {
  if (value?.kind !== 'known' || value.numbers.shape.length > 1 || elements(value.numbers.shape) !== 1)
    return undefined;
  return shortestOf(value.numbers);
}

function shortestOf({ integers: [whole] = [], read }: Numbers): number {
  return whole ?? shortest(read()[0] as number);
}

/** An input in whatever order of axes. */
export function liveAt(c: OperatorContext, i: number): LiveValue {
  const value = c.value(i);
  if (value?.kind === 'live') return closed(c, value);
  if (value?.kind === 'known') return learned(c, value);
  if (value?.kind === 'formula')
    return fail(`its input ${i + 1} is a function that is not an activation of the language`);
  if (value?.kind === 'part') return fail(`its input ${i + 1} is only known as a part of a norm or of a pool`);
  return fail(`it has no input ${i + 1}`);
}

/** A norm whose weight and bias do not follow has ones and zeros. */
function closed(c: OperatorContext, value: LiveValue): LiveValue {
  const { norm } = value;
  if (!norm) return value;
  const [channels = 1] = c.b.shapeOf(value.ref);
  return withNorm(c, value, norm.weight ?? filled(channels, 1), filled(channels, 0));
}

export function withNorm(
  c: OperatorContext,
  { norm, ref, view }: LiveValue,
  weight: Numbers,
  bias: Numbers,
): LiveValue {
  const { groups = 1, epsilon = 0, op } = norm ?? {};
  const made: Op = op === 'layerNorm' ? { kind: 'layerNorm', epsilon } : { kind: 'groupNorm', groups, epsilon };
  return { kind: 'live', ref: c.b.add(made, [ref], c.node.name, [weight, bias])[0]!, ...(view && { view }) };
}

/** Numbers of the file as a learned tensor. */
function learned(c: OperatorContext, { numbers }: KnownValue): LiveValue {
  if (!numbers.isReal) return fail('it computes with whole numbers');
  const [batch, ...axes] =
    numbers.shape.length === 4 || numbers.shape.length === 2 ? numbers.shape : [1, ...numbers.shape];
  if (batch !== 1 || (axes.length !== 3 && axes.length !== 1))
    fail(`numbers of the shape [${numbers.shape.join(', ')}] are not a map`);
  return { kind: 'live', ref: weightNode(c, numbers, axes) };
}

/** Numbers of the file as a learned tensor of a shape. */
export function weightNode(c: OperatorContext, numbers: Numbers, shape: Shape): ValueRef {
  const known = c.weights.get(numbers);
  if (known && String(c.b.shapeOf(known)) === String(shape)) return known;
  const [ref] = c.b.add({ kind: 'weight', shape, initial: { kind: 'constant', value: 1 } }, [], c.node.name, [
    { ...numbers, shape },
  ]) as [ValueRef];
  c.weights.set(numbers, ref);
  return ref;
}

/** An input whose axes are ours: a map, or a vector. */
export function refAt(c: OperatorContext, i: number): ValueRef {
  const { ref, view } = liveAt(c, i);
  if (!view) return ref;
  if (view.kind === 'flat') return flattened(c.b, ref, c.node.name);
  const shape = c.b.shapeOf(ref);
  return fail(`its input ${i + 1} has its axes rearranged to [${axesOf(shape, view, c.batch).join(', ')}]`);
}

/** The result of a node with one output. */
export function made(
  c: OperatorContext,
  op: Op,
  inputs: readonly ValueRef[],
  numbers: readonly Numbers[] = [],
): LiveValue {
  return { kind: 'live', ref: c.b.add(op, inputs, c.node.name, numbers)[0]! };
}

/** A map as a vector. */
export function flattened(b: NetworkBuilder, ref: ValueRef, from: string): ValueRef {
  return b.shapeOf(ref).length === 1 ? ref : (b.add({ kind: 'flatten' }, [ref], from)[0] as ValueRef);
}
