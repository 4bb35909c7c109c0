import { parseBytes, parseCount, parseTime } from '../report/parse-quantity.ts';
import type { Budgets, SpaceBudgets } from '../search/costs.ts';
import { text } from './arguments.ts';
import type { Arguments } from './command.ts';

/** The budgets that options state; parsing has made sure that they are numbers. */
export function budgetsOf(args: Arguments): Budgets {
  return {
    ...budget(args, 'params', parseCount),
    ...budget(args, 'macs', parseCount),
    ...budget(args, 'activations', parseCount),
    ...budget(args, 'memory', parseBytes),
    ...budget(args, 'file', parseBytes),
  };
}

/** The budgets of a network of a space. */
export function spaceBudgetsOf(args: Arguments): SpaceBudgets {
  const { file, ...budgets } = budgetsOf(args);
  return { ...budgets, ...budget(args, 'latency', parseTime) };
}

function budget<N extends keyof Budgets | 'latency'>(
  args: Arguments,
  name: N,
  parse: (text: string) => number | undefined,
): { readonly [P in N]?: number } {
  const given = text(args, name);
  const value = given === undefined ? undefined : parse(given);
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in N]?: number });
}
