import { meaningsOf } from '../../3-check/meanings/declaration-names.ts';
import { type CompileOptions, compile } from '../../compile.ts';
import type { Host } from '../../host.ts';
import type { Source } from '../../source.ts';

/** What `--set` gives of a space. */
export interface GivenChoices {
  /** Of choices, by what they are called: the path of their cell or their name. */
  readonly choices: Readonly<Record<string, string>>;
  /** Of parameters and inputs. */
  readonly others: Readonly<Record<string, string>>;
}

/**
 * Divides what is set into choices, which are taken out of a space, and what states the point of the family.
 * @param point which model it is, without what is set
 */
export function givenChoices(
  { source, host }: { readonly source: Source; readonly host: Host },
  point: CompileOptions,
  set: Readonly<Record<string, string>>,
): GivenChoices {
  const entries = Object.entries(set);
  const { model } = entries.length > 0 ? compile(source, point, host) : {};
  const names = model && meaningsOf(model.node).choices;
  const isChoice = ([name]: readonly [string, string]) => name.includes('.') || names?.has(name) === true;
  return {
    choices: Object.fromEntries(entries.filter(isChoice)),
    others: Object.fromEntries(entries.filter((entry) => !isChoice(entry))),
  };
}
