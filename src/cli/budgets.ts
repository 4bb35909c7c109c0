import { parseBytes, parseCount } from '../report/parse-quantity.ts';
import type { Budgets } from '../search/costs.ts';
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

function budget(args: Arguments, name: keyof Budgets, parse: (text: string) => number | undefined): Budgets {
  const given = text(args, name);
  const value = given === undefined ? undefined : parse(given);
  return value === undefined ? {} : { [name]: value };
}
