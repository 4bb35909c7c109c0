import { isObject } from '../../weights/is-object.ts';
import type { TopologyNode } from '../../weights/readers/layers-model/graph-model.ts';
import { fail } from '../unsayable.ts';

/** Attributes of a node (tensorflow/core/framework/attr_value.proto, as JSON): whole numbers may be texts, texts are in base64. */

export function attribute({ attributes }: TopologyNode, name: string): Readonly<Record<string, unknown>> {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  return isObject(value) ? value : {};
}

export function textAt(node: TopologyNode, name: string, otherwise = ''): string {
  const { s } = attribute(node, name);
  return s === undefined ? otherwise : textOf(s);
}

/** A type: `DT_FLOAT`. */
export function typeAt(node: TopologyNode, name: string): string {
  const { type } = attribute(node, name);
  return typeof type === 'string' ? type : '';
}

export function isSet(node: TopologyNode, name: string): boolean {
  return attribute(node, name).b === true;
}

export function realAt(node: TopologyNode, name: string, otherwise: number): number {
  const { f } = attribute(node, name);
  if (f === undefined) return otherwise;
  return typeof f === 'number' ? f : fail(`its ${name} is not a number`);
}

export function wholeAt(node: TopologyNode, name: string, otherwise: number): number {
  const { i } = attribute(node, name);
  return i === undefined ? otherwise : whole(i, name);
}

/** A list of whole numbers; none where the file has none. */
export function wholesAt(node: TopologyNode, name: string): readonly number[] {
  const { list } = attribute(node, name);
  const numbers = isObject(list) ? list.i : undefined;
  return Array.isArray(numbers) ? numbers.map((n) => whole(n, name)) : [];
}

export function textsAt(node: TopologyNode, name: string): readonly string[] {
  const { list } = attribute(node, name);
  const texts = isObject(list) ? list.s : undefined;
  return Array.isArray(texts) ? texts.map(textOf) : [];
}

/** The shape that a placeholder states; undefined for an open axis, and where there is none. */
export function shapeAt(node: TopologyNode, name: string): readonly (number | undefined)[] | undefined {
  const { shape } = attribute(node, name);
  if (!isObject(shape) || shape.unknownRank === true || !Array.isArray(shape.dim)) return undefined;
  return shape.dim.map((dim: unknown) => {
    const n = isObject(dim) ? Number(dim.size) : Number.NaN;
    return Number.isInteger(n) && n > 0 ? n : undefined;
  });
}

function whole(value: unknown, name: string): number {
  const n = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(n) ? n : fail(`its ${name} is not a whole number`);
}

function textOf(base64: unknown): string {
  try {
    if (typeof base64 === 'string') return atob(base64);
  } catch {
    // It is not base64.
  }
  return fail('one of its attributes is not a text');
}
