import type { Expr } from '../../1-parse/ast.ts';
import type { StepText } from './ast-index.ts';
import { type Attribute, sameAttribute } from './attributes.ts';
import type { Parameter, Stated } from './expressions.ts';
import type { Python } from './python-text.ts';

/** The argument of a call for one of the callee's parameters. */
export function argumentOf(
  { args }: StepText,
  params: readonly string[],
  wanted: string,
  isTensor: (expr: Expr) => boolean,
): Expr | undefined {
  let next = 0;
  for (const { name, value } of args) {
    if (!name && isTensor(value)) continue;
    const param = name ? name.name : params[next++];
    if (param === wanted) return value;
  }
  return undefined;
}

/** An argument of a call of another class. */
export interface StatedArgument {
  readonly parameter: Parameter;
  readonly values: readonly (Attribute | undefined)[];
  readonly stated: Stated;
}

/** The first two required ones by position, the others by name; defaults are left out. */
export function argumentItems(given: readonly StatedArgument[]): (readonly [string, Python])[] {
  return given.flatMap((argument, i): (readonly [string, Python])[] => {
    const { parameter, stated } = argument;
    if (isLeftOut(argument)) return [];
    return [[parameter.otherwise === undefined && i < 2 ? '' : parameter.name, stated.text]];
  });
}

/** Whether a call leaves an argument out: it has the default everywhere. */
export function isLeftOut({ parameter: { otherwise }, values }: StatedArgument): boolean {
  return otherwise !== undefined && values.every((value) => value === undefined || sameAttribute(value, otherwise));
}
