import { type Tokens, tokenize } from '../../../grammar/lexer.ts';
import { parseLimits } from '../../1-parse/limits.ts';
import type { Source } from '../../source.ts';

const known = new WeakMap<Source, Tokens>();

/** The tokens and comments of a whole document, with offsets in it: for what holds of broken text as well. Found once. */
export function documentTokens(source: Source): Tokens {
  let tokens = known.get(source);
  if (!tokens) {
    tokens = tokenize(source.text, parseLimits.tokens);
    known.set(source, tokens);
  }
  return tokens;
}
