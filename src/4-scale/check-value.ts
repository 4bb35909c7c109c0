import type { ParamNode } from '../1-parse/ast.ts';
import type { Span } from '../source.ts';
import { fail } from './evaluation.ts';
import { type Binding, describeValue, isList, tensorsOf, type Value } from './values.ts';

/** Whether a value has the type that a parameter declares; whole numbers for `int`. Ends the build where it has not. */
export function checkedBinding(param: ParamNode, binding: Binding, span: Span): Binding {
  const { type } = param;
  if (!type) return binding;
  const what = `'${param.name.name}'`;
  if (!type.list) checkScalar(what, type.name, binding.value, span);
  else if (typeof binding.value === 'object' && isList(binding.value)) {
    for (const item of binding.value) checkScalar(`each of ${what}`, type.name, item, span);
  } else fail('wrong-type', span, { what, expected: 'a list', found: describeValue(binding.value) });
  return binding;
}

/** Checks one value against a type's name. */
export function checkScalar(what: string, type: string, value: Value, span: Span): void {
  const kind = typeof value === 'object' ? (isList(value) ? 'list' : value.kind) : typeof value;
  if (type === 'int' && typeof value === 'number' && !Number.isInteger(value)) fail('not-whole', span, { what, value });
  const wanted = type === 'int' || type === 'real' ? 'number' : type === 'bool' ? 'boolean' : type;
  if (kind === wanted) return;
  const expected = /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
  fail('wrong-type', span, { what, expected, found: tensorsOf(value) ? 'a tensor' : describeValue(value) });
}
