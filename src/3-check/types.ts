import type { ParamNode } from '../1-parse/ast.ts';
import { checkLimits } from './limits.ts';

/** What the checker knows about a value. `unknown` fits everything: it is used where an error was reported already. */
export type Type =
  | 'number'
  | 'bool'
  | 'activation'
  | 'size'
  | 'padding'
  | 'interpolation'
  | 'block'
  | 'table'
  | 'variant'
  | 'unknown'
  | { readonly list: Type }
  /** One or several tensors that travel together; undefined if only the build knows how many. */
  | { readonly tensors: number | undefined };

export const oneTensor: Type = { tensors: 1 };

export function isTensors(type: Type): type is { readonly tensors: number | undefined } {
  return typeof type === 'object' && 'tensors' in type;
}

export function isListType(type: Type): type is { readonly list: Type } {
  return typeof type === 'object' && 'list' in type;
}

/** A list of a type; nothing more is known about lists that are nested too deeply, so that every type stays small. */
export function listType(item: Type): Type {
  let depth = 1;
  for (let t = item; isListType(t); t = t.list) depth++;
  return { list: depth > checkLimits.lists ? 'unknown' : item };
}

/** Whether a value of the type can be handed to a tensor parameter. */
export function actsAsTensor(type: Type): boolean {
  if (isListType(type)) return type.list === 'unknown' || actsAsTensor(type.list);
  return isTensors(type);
}

/** Whether a value of the type is made of tensors, for sure. */
export function holdsTensors(type: Type): boolean {
  return isListType(type) ? holdsTensors(type.list) : isTensors(type);
}

/** As a person would name it. */
export function describeType(type: Type): string {
  if (typeof type === 'string') {
    if (type === 'size') return 'a size (a number or [high, wide])';
    return type === 'unknown' ? 'something' : `${/^[ai]/.test(type) ? 'an' : 'a'} ${type}`;
  }
  if (isListType(type)) return `a list of ${plural(type.list)}`;
  return type.tensors === 1 ? 'a tensor' : 'tensors';
}

function plural(type: Type): string {
  if (typeof type === 'string') return type === 'unknown' ? 'anything' : `${type}s`;
  return isListType(type) ? `lists of ${plural(type.list)}` : 'tensors';
}

/** Whether a value of type `from` is allowed where `to` is wanted. */
export function isAssignable(from: Type, to: Type): boolean {
  if (from === 'unknown' || to === 'unknown' || from === to) return true;
  // a list of tensors accepts anything made of tensors
  if (holdsTensors(to)) return actsAsTensor(from);
  if (isListType(from) && isListType(to)) return isAssignable(from.list, to.list);
  // a size is a number or `[high, wide]`, padding a word or a size in pixels
  const isSize = from === 'number' || (isListType(from) && isAssignable(from.list, 'number'));
  return (to === 'size' && isSize) || (to === 'padding' && (isSize || from === 'size'));
}

/** The type of a value that is of one of two types; undefined if no place takes both. */
export function commonType(a: Type, b: Type): Type | undefined {
  if (a === 'unknown' || b === 'unknown') return 'unknown';
  if (isTensors(a) && isTensors(b)) return a.tensors === b.tensors ? a : { tensors: undefined };
  if (isAssignable(a, b)) return b;
  if (isAssignable(b, a)) return a;
  return isAssignable(a, 'size') && isAssignable(b, 'size') ? 'size' : undefined;
}

export const typeNames = ['tensor', 'int', 'real', 'bool', 'size', 'padding', 'activation', 'block', 'table'] as const;

/** Whether a parameter takes tensors: one without a type takes one, one of the type `tensor[]` any number. */
export function takesTensors({ type }: ParamNode): boolean {
  return type === undefined || type.name === 'tensor';
}

/** The type that a parameter declares; without one it is a tensor. */
export function declaredType(param: ParamNode): Type {
  if (!param.type) return oneTensor;
  const { name, list } = param.type;
  if (name === 'tensor') return list ? { list: oneTensor } : oneTensor;
  const base: Type =
    name === 'int' || name === 'real'
      ? 'number'
      : (typeNames as readonly string[]).includes(name)
        ? (name as (typeof typeNames)[number] & Type)
        : 'unknown';
  return list ? { list: base } : base;
}
