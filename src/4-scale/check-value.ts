import type { ParamNode } from '../1-parse/ast.ts';
import type { Span } from '../source.ts';
import { type Evaluation, fail, spend } from './evaluation.ts';
import { type Binding, describeValue, isList, type Value } from './values.ts';

/** Whether a value has the type that a parameter declares; whole numbers for `int`. Ends the build where it has not. */
export function checkedBinding(ev: Evaluation, param: ParamNode, binding: Binding, span: Span): Binding {
  const { type } = param;
  if (!type) return binding;
  const { value } = binding;
  const what = `'${param.name.name}'`;
  if (!type.list) checkScalar(what, type.name, value, span);
  else if (isList(value)) {
    spend(ev, value.length, span);
    for (const item of value) checkScalar(`each of ${what}`, type.name, item, span);
  } else fail('wrong-type', span, { what, expected: 'a list', found: describeValue(value) });
  return binding;
}

/** Checks one value against a type's name. */
export function checkScalar(what: string, type: string, value: Value, span: Span): void {
  const kind = typeof value === 'object' ? (isList(value) ? 'list' : value.kind) : typeof value;
  if (type === 'int' && typeof value === 'number' && !Number.isInteger(value)) fail('not-whole', span, { what, value });
  const wanted = type === 'int' || type === 'real' ? 'number' : type === 'bool' ? 'boolean' : type;
  if (kind === wanted) return;
  const expected = /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
  fail('wrong-type', span, { what, expected, found: describeValue(value) });
}
