import type { IToken, TokenType } from 'chevrotain';
import { parseTokens, tokensAfter } from '../../../../grammar/parser.ts';
import { type Keyword, keywordTokens } from '../../../../grammar/tokens.ts';
import { buildFile } from '../../../1-parse/build-ast.ts';
import { parseLimits } from '../../../1-parse/limits.ts';
import { nodePath, type TreeNode } from '../../tree/node-path.ts';
import { isBody, type Prefix } from './prefix.ts';

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

/**
 * The nodes around the cursor, the outermost first and a word in the cursor's place last: in a tree of the declaration
 * with only the statement at the cursor, up to the cursor, with everything open closed there. Empty where the grammar
 * does not allow a word. Offsets are local to the text.
 */
export function nodesAround(text: string, prefix: Prefix): readonly TreeNode[] {
  const { open, closing } = prefix;
  const [word] = closing;
  if (!word || open.length > parseLimits.nesting) return [];
  const { cst } = parseTokens([...statementTokens(prefix), ...closing], 'file');
  const root = buildFile({ name: '', text }, cst, [], []).declarations.at(-1);
  const path = root ? nodePath(root, word.startOffset) : [];
  return path.at(-1)?.span.start === word.startOffset ? path : [];
}

/** The tokens before the cursor without the statements before the one at the cursor. */
function statementTokens({ tokens, open, declaration }: Prefix): IToken[] {
  const kept: IToken[] = [];
  let from = declaration;
  for (const { role, index, element } of open) {
    if (!isBody(role)) break;
    kept.push(...tokens.slice(from, index + 1));
    from = element;
  }
  return [...kept, ...tokens.slice(from)];
}
