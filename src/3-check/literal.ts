import type { Expr } from '../1-parse/ast.ts';

export type Literal = number | boolean | string | readonly number[];

/** The value of an expression that is written out: a number, `true` or `false`, a word, a list of numbers. */
export function literalOf(expr: Expr): Literal | undefined {
  switch (expr.kind) {
    case 'number':
    case 'bool':
      return expr.value;
    case 'name':
      return expr.text;
    case 'list': {
      const items = expr.items.map(literalOf);
      return items.every((item) => typeof item === 'number') ? (items as number[]) : undefined;
    }
    default:
      return undefined;
  }
}
