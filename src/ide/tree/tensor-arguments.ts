import type { Declaration, Expr, ImportNode } from '../../1-parse/ast.ts';
import type { Module } from '../../2-resolve/program.ts';
import { tensorProperties } from '../../3-check/check-name.ts';
import { meaningOf, signatureOfName } from './meaning.ts';

/** How many names are followed to what they are bound to. */
const mostNames = 16;

/** Whether an expression gives tensors, as far as the tree tells: the editor asks where a file may have errors. */
export function looksLikeTensor(
  module: Module,
  declaration: Declaration | ImportNode | undefined,
  expr: Expr | undefined,
  left = mostNames,
): boolean {
  const is = (inner: Expr | undefined) => left > 0 && looksLikeTensor(module, declaration, inner, left - 1);
  switch (expr?.kind) {
    case 'chain':
      return true;
    case 'call':
      return signatureOfName(module, declaration, expr.callee.text) !== undefined;
    case 'list':
      return is(expr.items[0]);
    case 'comprehension':
      return is(expr.item);
    case 'index':
      return is(expr.object);
    case 'name':
      return isTensorName(module, declaration, expr.text, is);
    default:
      return false;
  }
}

/** Whether a name, dotted or not, stands for tensors: an input, a section or a part of one, or a value that is. */
export function isTensorName(
  module: Module,
  declaration: Declaration | ImportNode | undefined,
  text: string,
  isTensor: (value: Expr) => boolean = (value) => looksLikeTensor(module, declaration, value),
): boolean {
  const [head = '', ...rest] = text.split('.');
  if (rest.length > 0 && tensorProperties.includes(rest.at(-1) as string)) return false;
  const meaning = meaningOf(module, declaration, head);
  if (meaning?.kind !== 'local') return false;
  const { node } = meaning;
  if (node.kind === 'param') return !node.type;
  if (node.kind === 'assign') return node.targets.length > 1 || isTensor(node.value);
  return node.kind === 'input' || node.kind === 'section';
}
