import { safeText } from '../diagnostics/text-width.ts';
import type { Budgets } from '../search/costs.ts';
import type { Fit, FittedPoint } from '../search/fit/fit.ts';
import { pointOptions } from '../search/fit/fit-text.ts';
import { list } from './arguments.ts';
import type { Arguments } from './command.ts';

/** What `fit --json` prints of a fit. */
export function fitJson({ best, next, published, ...rest }: Fit, budgets: Budgets) {
  return {
    ...rest,
    ...pointJson(best),
    budgets,
    ...(next && { next: { ...pointJson(next), exceeds: next.exceeds } }),
    ...(published && { published: pointJson(published) }),
  };
}

/** `phi` is null where no formula gives the network. */
export function pointJson({ phi, variant, d, w, r, inputs, costs }: FittedPoint) {
  return { phi: phi ?? null, ...(variant !== undefined && { variant }), d, w, r, inputs, ...costs };
}

/** The options that build the network in any command: those of its point, and what was fixed. */
export function fitOptionsOf({ best }: Fit, args: Arguments): string[] {
  const fixed = ['set', 'convention', 'model'].flatMap((name) =>
    list(args, name).flatMap((value) => [`--${name}`, value]),
  );
  return [...pointOptions(best), ...fixed];
}

/** The command that compiles the network. */
export function compileLine(fit: Fit, args: Arguments): string {
  return ['enetc', 'compile', ...args.operands, ...fitOptionsOf(fit, args)].map(quoted).join(' ');
}

/** A word for a shell. */
function quoted(word: string): string {
  return /^[\w./@:=,+-]+$/.test(word) ? safeText(word) : `'${safeText(word).replaceAll("'", "'\\''")}'`;
}
