import type { BinaryOperator, Expr, NameNode, NumberNode } from '../1-parse/ast.ts';
import type { Checker } from './checker.ts';

/** A condition that holds, or does not, at some place. */
export interface Fact {
  readonly condition: Expr;
  readonly holds: boolean;
}

/** At most this many facts of a place are considered: the outermost of its conditions first. */
const mostFacts = 16;

/**
 * Whether facts cannot all be true: what one place needs excludes what the other needs. Decided by the text: `c` and `not c`,
 * `n == 1` and `n == 2`, `n < 2` and `n >= 4`. They may exclude each other even where this is not found.
 */
export function excludeEachOther(c: Checker, first: readonly Fact[], second: readonly Fact[]): boolean {
  const others = second.flatMap(factsIn).slice(0, mostFacts);
  return first
    .flatMap(factsIn)
    .slice(0, mostFacts)
    .some((fact) => others.some((other) => contradicts(c, fact, other)));
}

/**
 * A fact and everything that follows from it: from `a and b` that each holds, from `not (a or b)` that neither does.
 */
function factsIn(fact: Fact): Fact[] {
  const { condition, holds } = fact;
  if (condition.kind === 'unary' && condition.operator === 'not') {
    return factsIn({ condition: condition.operand, holds: !holds });
  }
  const joins = condition.kind === 'binary' && condition.operator === (holds ? 'and' : 'or');
  if (!joins) return [fact];
  return [fact, ...factsIn({ condition: condition.left, holds }), ...factsIn({ condition: condition.right, holds })];
}

function contradicts(c: Checker, a: Fact, b: Fact): boolean {
  if (isSame(c, a.condition, b.condition)) return a.holds !== b.holds;
  const left = comparisonOf(a);
  const right = comparisonOf(b);
  return left !== undefined && right !== undefined && compareApart(c, left, right);
}

/** `left operator right`, as the orders of the two that it allows. */
interface Comparison {
  readonly left: Expr;
  readonly right: Expr;
  readonly allows: string;
}

/** The orders that an operator allows: left less than, equal to, greater than right. */
const orders: Partial<Record<BinaryOperator, string>> = {
  '<': '<',
  '<=': '<=',
  '==': '=',
  '!=': '<>',
  '>=': '=>',
  '>': '>',
};

function comparisonOf({ condition, holds }: Fact): Comparison | undefined {
  const allowed = condition.kind === 'binary' ? orders[condition.operator] : undefined;
  if (condition.kind !== 'binary' || allowed === undefined) return undefined;
  const { left, right } = condition;
  return { left, right, allows: holds ? allowed : [...'<=>'].filter((order) => !allowed.includes(order)).join('') };
}

/** The same comparison with its sides changed. */
function flipped({ left, right, allows }: Comparison): Comparison {
  const turned = [...allows].map((order) => (order === '<' ? '>' : order === '>' ? '<' : order));
  return { left: right, right: left, allows: turned.join('') };
}

function compareApart(c: Checker, a: Comparison, b: Comparison): boolean {
  return [b, flipped(b)].some((other) => [a, flipped(a)].some((one) => ofOneValue(c, one, other)));
}

/** Whether no value on the left can satisfy both comparisons. */
function ofOneValue(c: Checker, a: Comparison, b: Comparison): boolean {
  if (!isSame(c, a.left, b.left)) return false;
  if (isSame(c, a.right, b.right)) return ![...a.allows].some((order) => b.allows.includes(order));
  if (a.right.kind === 'number' && b.right.kind === 'number') {
    const [low = 0, high = 0] = [a.right.value, b.right.value].sort((x, y) => x - y);
    const samples = [low - 1, low, (low + high) / 2, high, high + 1];
    return !samples.some((x) => fits(x, a) && fits(x, b));
  }
  return a.allows === '=' && b.allows === '=' && areDifferentWords(c, a.right, b.right);
}

function fits(x: number, { right, allows }: Comparison): boolean {
  const limit = (right as { readonly value: number }).value;
  return allows.includes(x < limit ? '<' : x > limit ? '>' : '=');
}

/** Words of the language, blocks, and a model's variants: another name is another value. */
function areDifferentWords(c: Checker, a: Expr, b: Expr): boolean {
  if (a.kind === 'bool' && b.kind === 'bool') return a.value !== b.value;
  if (!isWritten(a) || !isWritten(b)) return false;
  const [one, other] = [c.meanings.targets.get(a), c.meanings.targets.get(b)];
  const areWords = one?.kind === other?.kind && (one?.kind === 'free' || one?.kind === 'chosen');
  return areWords && one.name !== (other as typeof one).name;
}

function isWritten(expr: Expr): expr is NameNode | NumberNode {
  return expr.kind === 'name' || expr.kind === 'number';
}

/** Whether two expressions are written alike and their names mean the same. */
function isSame(c: Checker, a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => isSame(c, x, b[i]));
  const [one, other] = [a as Expr, b as Expr];
  if (one.kind !== other.kind) return false;
  // a call could give a different tensor each time, and a tensor is not a condition
  if (one.kind === 'error' || one.kind === 'comprehension' || one.kind === 'chain' || one.kind === 'choice')
    return false;
  if (one.kind === 'name' && other.kind === 'name') return one.text === other.text && meanTheSame(c, one, other);
  return Object.keys(one).every((key) => key === 'span' || isSame(c, one[key as keyof Expr], other[key as keyof Expr]));
}

function meanTheSame(c: Checker, a: Expr & { kind: 'name' }, b: Expr & { kind: 'name' }): boolean {
  const [one, other] = [c.meanings.targets.get(a), c.meanings.targets.get(b)];
  if (one?.kind === 'local') return other?.kind === 'local' && one.local === other.local;
  return one !== undefined && one.kind === other?.kind;
}
