import { tokenize } from '../../../grammar/lexer.ts';
import { parseLimits } from '../../1-parse/limits.ts';
import { memoise } from '../../memoise.ts';
import type { Source } from '../../source.ts';

/**
 * The tokens and comments of a whole document, with offsets in it: for features that also work in broken text. Computed
 * once.
 */
export const documentTokens = memoise((source: Source) => tokenize(source.text, parseLimits.tokens));
