import type { Declaration, Expr } from '../../1-parse/ast.ts';
import { tensorProperties } from '../../3-check/check-name.ts';
import type { FileScope } from '../../3-check/meanings/called-blocks.ts';
import { meaningsOf } from '../../3-check/meanings/declaration-names.ts';
import type { NameTarget } from '../../3-check/meanings/occurrence.ts';
import { takesTensors } from '../../3-check/types.ts';
import { signatureOfCallee } from './signature-of-target.ts';

/** How many names are followed to what they are bound to. */
const mostNames = 16;

/** Whether an expression gives tensors, judged by the tree: the editor needs this for files with errors. */
export function looksLikeTensor(
  module: FileScope,
  declaration: Declaration,
  expr: Expr | undefined,
  left = mostNames,
): boolean {
  const is = (inner: Expr | undefined) => left > 0 && looksLikeTensor(module, declaration, inner, left - 1);
  switch (expr?.kind) {
    case 'chain':
      return true;
    case 'call':
      return signatureOfCallee(module, declaration, expr.callee) !== undefined;
    case 'list':
      return is(expr.items[0]);
    case 'comprehension':
      return is(expr.item);
    case 'index':
      return is(expr.object);
    case 'conditional':
      return is(expr.value) || is(expr.otherwise);
    case 'name': {
      const target = meaningsOf(declaration).targets.get(expr);
      return target !== undefined && isTensorTarget(target, expr.text, is);
    }
    default:
      return false;
  }
}

/**
 * Whether a name, dotted or not, refers to tensors: an input, a section or a part of one, or a value that is.
 * @param target what its first word means
 */
export function isTensorTarget(target: NameTarget, text: string, isTensor: (value: Expr) => boolean): boolean {
  const [, ...rest] = text.split('.');
  if (rest.length > 0 && tensorProperties.includes(rest.at(-1) as string)) return false;
  if (target.kind !== 'local') return false;
  const { param, binder } = target.local;
  if (param) return takesTensors(param);
  if (!binder || !('kind' in binder)) return false;
  if (binder.kind === 'assign') return binder.targets.length > 1 || isTensor(binder.value);
  return binder.kind === 'input' || binder.kind === 'section';
}
