/** An option in a text for people, with the value to give it where there is one. */
export interface OptionName {
  readonly option: string;
  readonly value?: string | number;
}

/** A text for people that may name options: `--batch 16` on the command line, `batch: 16` in a program. */
export type Words = string | readonly (string | OptionName)[];

/** Names an option in `words`. */
export function option(name: string, value?: string | number): OptionName {
  return { option: name, ...(value !== undefined && { value }) };
}

/** A text with options in it: words`take a smaller ${option('batch')}`. */
export function words(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | OptionName | Words)[]
): Words {
  return strings.flatMap((text, i): readonly (string | OptionName)[] => {
    const value = values[i] ?? '';
    if (typeof value === 'string' || typeof value === 'number') return [`${text}${value}`];
    return 'option' in value ? [text, value] : [text, ...value];
  });
}

/** The text for whoever calls the library: 'batch', 'batch: 16'. */
export function plainWords(text: Words): string {
  return written(text, ({ option, value }) => `'${option}${value === undefined ? '' : `: ${value}`}'`);
}

/** The text for the command line: --batch, --batch 16. */
export function commandLineWords(text: Words): string {
  return written(text, ({ option, value }) => `--${option}${value === undefined ? '' : ` ${value}`}`);
}

function written(text: Words, show: (option: OptionName) => string): string {
  return typeof text === 'string' ? text : text.map((part) => (typeof part === 'string' ? part : show(part))).join('');
}
