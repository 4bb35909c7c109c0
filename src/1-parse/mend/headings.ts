import type { IToken, TokenType } from 'chevrotain';
import * as t from '../../../grammar/tokens.ts';
import { createDiagnostic, replaceFix } from '../../diagnostics/diagnostic.ts';
import { parseLimits } from '../limits.ts';
import { foundOf } from '../syntax-errors.ts';
import { createFrame, type Role } from './frames.ts';
import { createInserted, endOfLast, type Mending } from './mending.ts';
import * as kind from './token-kinds.ts';
import { is } from './token-kinds.ts';

const k = t.keywordTokens;

/** Puts in what the head of a declaration, of a table or of `scaling` lacks: its brace, a block's parenthesis, `from`. */
export function completeHeading(m: Mending, token: IToken): void {
  const previous = m.out.at(-1);
  const keyword = is(previous, t.Name) ? m.out.at(-2) : previous;
  if (is(token, t.LBrace) || m.frames.length > parseLimits.nesting) return;
  if (m.afterParams) open(m, token, t.LBrace, 'block');
  else if (is(keyword, k.model) && keyword !== previous) open(m, token, t.LBrace, 'model');
  else if (is(keyword, k.scaling) && startsEntry(m)) open(m, token, t.LBrace, 'scaling');
  else if (is(token, t.RowStart) && m.frames.at(-1)?.role !== 'rows' && lacksBrace(m, keyword)) {
    open(m, token, t.LBrace, 'rows');
  } else if (is(keyword, k.block) && keyword !== previous && m.frames.length === 0 && is(token, t.Name)) {
    open(m, token, t.LParen, 'params');
  } else if (m.frames.length === 0 && is(previous, t.RBrace) && !m.declared && is(token, t.StringLiteral)) {
    insert(m, token, k.from, ' from');
  }
}

/** `d = `, `w(n) = `: not the name of what scales, which a brace follows. */
function startsEntry(m: Mending): boolean {
  const next = m.tokens[m.position + 1];
  return is(m.tokens[m.position], t.Name) && (is(next, t.Equal) || is(next, t.LParen));
}

/** Whether rows begin a table whose brace is missing, and are not just astray. */
function lacksBrace(m: Mending, keyword: IToken | undefined): boolean {
  const previous = m.out.at(-1);
  if (is(previous, k.variants)) return true;
  if (keyword !== previous && (is(keyword, k.table) || is(keyword, k.weights))) return true;
  if (m.frames.at(-1)?.role !== 'model' || !(is(previous, t.Name) || is(previous, t.RParen))) return false;
  // A section's rows: their closing brace is there, and the model goes on after it.
  let i = m.position;
  while (i < m.tokens.length && !is(m.tokens[i], t.RBrace)) {
    if (kind.isStatementKeyword(m.tokens[i] as IToken) || is(m.tokens[i], t.Colon)) return false;
    i++;
  }
  return kind.startsStatement(m.tokens, i + 1) || is(m.tokens[i + 1], t.Arrow) || is(m.tokens[i + 1], t.RBrace);
}

function open(m: Mending, token: IToken, type: TokenType, role: Role): void {
  const bracket = insert(m, token, type, type === t.LBrace ? ' {' : '(');
  m.frames.push(createFrame(bracket, role, role === 'rows' && is(m.out.at(-3), k.weights)));
  m.afterParams = false;
}

/** Puts a token in before `token` and says so. */
export function insert(m: Mending, token: IToken, type: TokenType, newText: string): IToken {
  const at = endOfLast(m);
  const place = { source: m.source, start: at, end: at };
  const span = { ...place, start: Math.max(0, at - 1) };
  const expected = `'${type.PATTERN as string}'`;
  const fixes = [replaceFix(`Add ${expected}`, place, newText)];
  m.report(createDiagnostic('syntax', span, { expected, found: foundOf(token) }, { fixes }));
  const inserted = createInserted(type, at);
  m.out.push(inserted);
  return inserted;
}
