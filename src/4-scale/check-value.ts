import type { ParamNode } from '../1-parse/ast.ts';
import { asWritten } from '../ops/labels.ts';
import type { Pair } from '../ops/pair.ts';

import type { Span } from '../source.ts';
import { type Evaluator, fail, spend } from './evaluation.ts';
import { type Binding, describeValue, isList, type Value } from './values.ts';

/**
 * What a parameter is bound to, if the value has the type that it declares: whole numbers for `int`; for `size` and `padding` a
 * number where the two of a pair are equal, so that `stride == 1` holds of `[1, 1]`. Otherwise ends the build.
 */
export function checkedBinding(ev: Evaluator, param: ParamNode, binding: Binding, span: Span): Binding {
  const { type } = param;
  if (!type) return binding;
  const { value } = binding;
  const what = `'${param.name.name}'`;
  if (!type.list) checkScalar(what, type.name, value, span);
  else if (isList(value)) {
    spend(ev, value.length, span);
    for (const item of value) checkScalar(`each of ${what}`, type.name, item, span);
  } else fail('wrong-type', span, { what, expected: 'a list', found: describeValue(value) });
  if (type.name !== 'size' && type.name !== 'padding') return binding;
  return { ...binding, value: type.list && isList(value) ? value.map(shortest) : shortest(value) };
}

/** A pair of equal numbers as that number. */
function shortest(value: Value): Value {
  return isList(value) && isSize(value) ? asWritten(value as Pair) : value;
}

/** Checks one value against a type's name. */
export function checkScalar(what: string, type: string, value: Value, span: Span): void {
  const kind = typeof value === 'object' ? (isList(value) ? 'list' : value.kind) : typeof value;
  if (type === 'int' && typeof value === 'number' && !Number.isInteger(value)) fail('not-whole', span, { what, value });
  if (type === 'size' || (type === 'padding' && kind !== 'padding')) {
    checkSize(what, type, value, span);
    return;
  }
  const wanted = type === 'int' || type === 'real' ? 'number' : type === 'bool' ? 'boolean' : type;
  if (kind === wanted) return;
  const expected = /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
  fail('wrong-type', span, { what, expected, found: describeValue(value) });
}

/** A size is a whole number or two of them; so is padding that is not a word. */
function checkSize(what: string, type: 'size' | 'padding', value: Value, span: Span): void {
  if (isSize(value)) return;
  fail('wrong-type', span, { what, expected: sizeForms[type], found: describeValue(value) });
}

/** What is allowed for a value of these types. */
export const sizeForms = {
  size: 'a whole number or [high, wide]',
  padding: 'same, symmetric, valid, a number of pixels or [high, wide]',
} as const;

/** Whether a value is a whole number, or one for the height and one for the width. */
export function isSize(value: Value): value is number | Pair {
  if (isList(value)) return value.length === 2 && value.every((n) => typeof n === 'number' && Number.isInteger(n));
  return typeof value === 'number' && Number.isInteger(value);
}
