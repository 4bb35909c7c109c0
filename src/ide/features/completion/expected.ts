import type { TokenType } from 'chevrotain';
import { tokensAfter } from '../../../../grammar/parser.ts';
import { type Keyword, keywordTokens } from '../../../../grammar/tokens.ts';
import { parseLimits } from '../../../1-parse/limits.ts';
import type { Prefix } from './prefix.ts';

/** A token that the grammar allows at the cursor. */
export interface Expected {
  readonly type: TokenType;
  /** The rule that contains it, and the enclosing rules, innermost last. */
  readonly rule: string;
  readonly rules: readonly string[];
  /** The number of its place among those of its type in the rule. */
  readonly place: number;
}

/** What the grammar allows after a prefix; nothing if brackets are nested deeper than the parser takes. */
export function expectedAfter({ reduced, open }: Prefix): readonly Expected[] {
  if (open.length > parseLimits.nesting) return [];
  return tokensAfter(reduced).map(({ nextTokenType, ruleStack, nextTokenOccurrence }) => ({
    type: nextTokenType,
    rule: ruleStack.at(-1) ?? '',
    rules: ruleStack,
    place: nextTokenOccurrence,
  }));
}

const words = new Map<TokenType, Keyword>(Object.entries(keywordTokens).map(([word, type]) => [type, word as Keyword]));

/** The keyword of a token type, where it is one. */
export function keywordOf(type: TokenType): Keyword | undefined {
  return words.get(type);
}
