import type { BinaryOperator } from '../1-parse/ast.ts';

type ArithmeticOperator = Exclude<BinaryOperator, 'and' | 'or' | '==' | '!='>;

/** The result of an operator on two numbers; undefined for a division by 0. */
export function arithmetic(operator: ArithmeticOperator, a: number, b: number): number | boolean | undefined {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '^':
      return a ** b;
    case '/':
      return b === 0 ? undefined : a / b;
    case '%':
      return b === 0 ? undefined : remainder(a, b);
  }
}

/** What is left of `a` after whole multiples of `b`; its sign is that of `b`. */
function remainder(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return 0;
  return rest < 0 === b < 0 ? rest : rest + b;
}
