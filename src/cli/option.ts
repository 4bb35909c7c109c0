/** An option of a command, as data: parsing, help and completion are all made from these. */
export interface Option {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  readonly description: string;
  /** What the value is called in help, `N`; without one the option is a flag. */
  readonly value?: string;
  /** What the value must be; any text by default. */
  readonly kind?:
    | 'number'
    | 'numbers'
    | 'integer'
    | 'positive'
    | 'count'
    | 'bytes'
    | 'time'
    | 'size'
    | 'assignment'
    | 'convention';
  /** Of a number: the bounds that its value must keep. */
  readonly least?: number;
  readonly most?: number;
  /** The values that there are, or a few that are words. With `kind`, the words in addition to numbers. */
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly repeatable?: boolean;
  /** What a shell completes in addition to the choices. */
  readonly completes?: 'file' | 'spec' | 'variant';
}

type OptionFacts = Omit<Option, 'name' | 'description' | 'value'>;

/** An option as help shows it: its name and, unless it is a flag, what its value is called: `'trials N'`. */
export function option(usage: string, description: string, facts: OptionFacts = {}): Option {
  const [name = '', ...value] = usage.split(' ');
  return { name, ...(value.length > 0 && { value: value.join(' ') }), ...facts, description };
}

/** For a whole number, 1 or more. */
export function positive(most?: number, least?: number): OptionFacts {
  return { kind: 'positive', ...(least !== undefined && { least }), ...(most !== undefined && { most }) };
}

/** For a number within bounds. */
export function between(least: number, most: number): OptionFacts {
  return { kind: 'number', least, most };
}

/** For one of a few words. */
export function oneOf(choices: readonly string[]): OptionFacts {
  return { choices };
}

/** For a path that a shell completes. */
export const file: OptionFacts = { completes: 'file' };
