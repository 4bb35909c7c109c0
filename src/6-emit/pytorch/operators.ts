import type { BinaryOperator } from '../../1-parse/ast.ts';
import { arithmetic } from '../../4-scale/arithmetic.ts';
import { type Attribute, sameAttribute } from './attributes.ts';

/** How tightly an operator binds, and the least that its operands on both sides must; comparisons would chain. */
export const levels: Readonly<Record<BinaryOperator, readonly [left: number, level: number, right: number]>> = {
  or: [3, 3, 4],
  and: [4, 4, 5],
  '==': [7, 6, 7],
  '!=': [7, 6, 7],
  '<': [7, 6, 7],
  '<=': [7, 6, 7],
  '>': [7, 6, 7],
  '>=': [7, 6, 7],
  '+': [10, 10, 11],
  '-': [10, 10, 11],
  '*': [11, 11, 12],
  '/': [11, 11, 12],
  '%': [11, 11, 12],
  '^': [15, 14, 13],
};

/** What an operator gives; undefined where it has no result. */
export function compute(operator: BinaryOperator, a: Attribute, b: Attribute): Attribute | undefined {
  if (operator === '==') return sameAttribute(a, b);
  if (operator === '!=') return !sameAttribute(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') {
    return operator === 'and' ? a && b : operator === 'or' ? a || b : undefined;
  }
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  return operator === 'and' || operator === 'or' ? undefined : arithmetic(operator, a, b);
}
