import { grammarRules } from '../../grammar/parser.ts';

/** A part of a rule, as serialised by chevrotain. */
export interface Part {
  readonly type: 'Terminal' | 'NonTerminal' | 'Option' | 'Repetition' | 'Alternation' | 'Alternative' | 'Rule';
  readonly name?: string;
  readonly label?: string;
  readonly definition?: readonly Part[];
}

/** The parser's rules, in its order. */
export const rules: readonly (Part & { readonly name: string })[] = grammarRules() as never;

/** How a token or a rule is shown: by its spelling if it has only one, else by name. */
export function shownName(part: Part): string {
  if (part.type === 'NonTerminal') return part.name as string;
  return isSpelled(part) ? (part.label as string) : (part.name as string);
}

/** Whether a token has only one spelling, which is then its label, in quotes. The three bars share theirs. */
export function isSpelled(part: Part): boolean {
  return part.type === 'Terminal' && /^'[^']+'$/.test(part.label ?? '') && part.name !== 'Bar';
}
