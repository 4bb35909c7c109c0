import { meaningsOf } from '../../3-check/meanings/declaration-names.ts';
import { type CompileOptions, compile } from '../../compile.ts';
import type { Host } from '../../host.ts';
import type { Source } from '../../source.ts';

/** What `--set` states for a space. */
export interface GivenChoices {
  /** For choices, by the path of their cell or their name. */
  readonly choices: Readonly<Record<string, string>>;
  /** For parameters and inputs. */
  readonly others: Readonly<Record<string, string>>;
}

/**
 * Divides settings into choices, which are settled in the space, and those that state the point of the family. @param
 * point the model, without settings
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
