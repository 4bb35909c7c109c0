import type { IToken, TokenType } from 'chevrotain';
import * as t from '../../../grammar/tokens.ts';

const k = t.keywordTokens;

/** Keywords that begin a statement or a member and occur nowhere else. `block` and `table` are types as well. */
const statementKeywords = new Set<TokenType>([
  k.return,
  k.require,
  k.param,
  k.convention,
  k.input,
  k.auxiliary,
  k.maximize,
  k.scaling,
  k.variants,
  k.import,
  k.model,
]);
const operandStarts = new Set<TokenType>([t.Name, t.NumberLiteral, t.StringLiteral, k.true, k.false]);
const operandEnds = new Set<TokenType>([...operandStarts, t.RParen, t.RBracket, t.RBrace, t.Property]);
/** Infix operators that are not signs. */
const operators = new Set<TokenType>([
  t.EqualEqual,
  t.BangEqual,
  t.Less,
  t.LessEqual,
  t.Greater,
  t.GreaterEqual,
  t.Plus,
  t.Minus,
  t.Star,
  t.Slash,
  t.Percent,
  t.Caret,
  k.and,
  k.or,
]);
const bars = new Set<TokenType>([t.RowStart, t.RowEnd, t.Bar]);

/** What closes each opening bracket. */
export const closerOf = new Map<TokenType, TokenType>([
  [t.LParen, t.RParen],
  [t.LBracket, t.RBracket],
  [t.LBrace, t.RBrace],
]);
const closers = new Set<TokenType>(closerOf.values());

export const isBar = (token: IToken | undefined) => token !== undefined && bars.has(token.tokenType);
export const isCloser = (token: IToken | undefined) => token !== undefined && closers.has(token.tokenType);
export const isOpener = (token: IToken) => closerOf.has(token.tokenType);
export const startsOperand = (token: IToken) => operandStarts.has(token.tokenType);
/** The payload of the bracket that closes `share(...)`: a label follows, and nothing ends. */
export const labelFollows = 'label';
export const endsOperand = (token: IToken | undefined) =>
  token !== undefined && operandEnds.has(token.tokenType) && token.payload !== labelFollows;
const words = new Set<TokenType>([t.Name, ...Object.values(k)]);
/** A name or a keyword: what may head a column. */
export const isWord = (token: IToken) => words.has(token.tokenType);
export const isOperator = (token: IToken) => operators.has(token.tokenType);
export const isStatementKeyword = (token: IToken) => statementKeywords.has(token.tokenType);
export const is = (token: IToken | undefined, type: TokenType) => token?.tokenType === type;

/** Whether tokens[i] begins an import, a block, a model or a weight map; `block` and `weights` can occur elsewhere. */
export function startsDeclaration(tokens: readonly IToken[], i: number): boolean {
  const token = tokens[i];
  if (is(token, k.model) || is(token, k.import)) return true;
  if (is(token, k.weights)) return is(tokens[i + 1], t.Name);
  return (
    is(token, k.block) && is(tokens[i + 1], t.Name) && (is(tokens[i + 2], t.LParen) || is(tokens[i + 2], t.LBrace))
  );
}

/** Whether tokens[i] begins a member or a statement: by a keyword, or `name:`, `name =`, `name, name =`. */
export function startsStatement(tokens: readonly IToken[], i: number): boolean {
  const token = tokens[i];
  if (!token) return false;
  if (isStatementKeyword(token)) return true;
  const next = tokens[i + 1];
  if (is(token, k.table)) return is(next, t.Name) && is(tokens[i + 2], t.LBrace);
  return is(token, t.Name) && (is(next, t.Colon) || is(next, t.Equal) || is(next, t.Comma));
}
