import type { NamedChoice } from '../1-parse/ast.ts';
import { excerpt } from '../source.ts';
import { type Checker, report } from './checker.ts';

/**
 * Checks the choices of a declaration that have names: all with one name have the same options, as written, since they are one
 * decision; and the name must differ from those of parameters and inputs, which `--set` takes too.
 */
export function checkChoiceNames(c: Checker): void {
  const settable = new Map(
    [...c.meanings.locals.values()].flatMap(({ kind, ident }) =>
      kind === 'parameter' || kind === 'input' ? [[ident.name, ident] as const] : [],
    ),
  );
  for (const [name, [first, ...others]] of c.meanings.choices) {
    if (!first) continue;
    const bound = settable.get(name);
    if (bound) {
      const related = [{ span: bound.span, message: `the first '${name}'` }];
      report(c, 'duplicate-name', first.name.span, { name }, { related });
    }
    const options = optionTexts(first);
    for (const other of others) {
      if (optionTexts(other).join() === options.join()) continue;
      const related = [{ span: first.span, message: `the first '${name}'` }];
      report(c, 'choices-of-one-name', other.span, { name, options: options.join(', ') }, { related });
    }
  }
}

function optionTexts({ options }: NamedChoice): string[] {
  return options.map(({ span }) => excerpt(span, 200));
}
