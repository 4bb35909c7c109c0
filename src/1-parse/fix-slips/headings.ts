import type { IToken, TokenType } from 'chevrotain';
import * as t from '../../../grammar/tokens.ts';
import { parseLimits } from '../limits.ts';
import { type BracketRole, createFrame } from './frames.ts';
import * as kind from './token-kinds.ts';
import { is } from './token-kinds.ts';
import { insert, type TokenPass } from './token-pass.ts';

const k = t.keywordTokens;

/** Inserts what the head of a declaration, of a table or of `scaling` lacks: its brace, a block's parenthesis, `from`. */
export function completeHeading(p: TokenPass, token: IToken): void {
  const previous = p.out.at(-1);
  const keyword = is(previous, t.Name) ? p.out.at(-2) : previous;
  if (is(token, t.LBrace) || p.frames.length > parseLimits.nesting) return;
  if (p.afterParams) open(p, token, t.LBrace, 'block');
  else if (is(keyword, k.model) && keyword !== previous) open(p, token, t.LBrace, 'model');
  else if (is(keyword, k.scaling) && startsEntry(p)) open(p, token, t.LBrace, 'scaling');
  else if (is(token, t.RowStart) && p.frames.at(-1)?.role !== 'rows' && lacksBrace(p, keyword)) {
    open(p, token, t.LBrace, 'rows');
  } else if (is(keyword, k.block) && keyword !== previous && p.frames.length === 0 && is(token, t.Name)) {
    open(p, token, t.LParen, 'params');
  } else if (p.frames.length === 0 && is(previous, t.RBrace) && !p.declared && is(token, t.StringLiteral)) {
    insert(p, token, k.from, ' from');
  }
}

/** `d = `, `w(n) = `: not the name of what scales, which a brace follows. */
function startsEntry(p: TokenPass): boolean {
  const next = p.tokens[p.position + 1];
  return is(p.tokens[p.position], t.Name) && (is(next, t.Equal) || is(next, t.LParen));
}

/** Whether rows begin a table whose brace is missing, and are not just astray. */
function lacksBrace(p: TokenPass, keyword: IToken | undefined): boolean {
  const previous = p.out.at(-1);
  if (is(previous, k.variants)) return true;
  if (keyword !== previous && (is(keyword, k.table) || is(keyword, k.weights))) return true;
  if (p.frames.at(-1)?.role !== 'model' || !(is(previous, t.Name) || is(previous, t.RParen))) return false;
  // A section's rows: their closing brace is there, and the model goes on after it.
  let i = p.position;
  while (i < p.tokens.length && !is(p.tokens[i], t.RBrace)) {
    if (kind.isStatementKeyword(p.tokens[i] as IToken) || is(p.tokens[i], t.Colon)) return false;
    i++;
  }
  return kind.startsStatement(p.tokens, i + 1) || is(p.tokens[i + 1], t.Arrow) || is(p.tokens[i + 1], t.RBrace);
}

function open(p: TokenPass, token: IToken, type: TokenType, role: BracketRole): void {
  const bracket = insert(p, token, type, type === t.LBrace ? ' {' : '(');
  p.frames.push(createFrame(bracket, role, role === 'rows' && is(p.out.at(-3), k.weights)));
  p.afterParams = false;
}
