import type { IToken, TokenType } from 'chevrotain';
import { createTokenAt } from '../../../grammar/lexer.ts';
import * as t from '../../../grammar/tokens.ts';
import { createDiagnostic, type Diagnostic, replaceFix } from '../../diagnostics/diagnostic.ts';
import type { Source } from '../../source.ts';
import { closesLater, createFrame, type Frame, isBarrier, isInline, roleOf } from './frames.ts';
import { completeHeading } from './headings.ts';
import { beginsLine, closeInline, closeTop, type Mending } from './mending.ts';
import { mendBar, mendRowGap } from './rows.ts';
import { mendSeparator } from './separators.ts';
import { spell } from './spelling.ts';
import { skipUnknown } from './statements.ts';
import * as kind from './token-kinds.ts';
import { closerOf, is } from './token-kinds.ts';

const k = t.keywordTokens;

/**
 * Mends slips of the pen in the tokens before the parser sees them: brackets without a partner, missing bars and
 * commas, other languages' spellings. A parser's own recovery would skip from such a slip to the next thing it knows,
 * with several messages for one mistake; here each gives one, and all that follows is still read. A text without
 * mistakes passes unchanged.
 * @param declared whether a block, a model or a weight map stands before the text
 */
export function mendTokens(
  source: Source,
  tokens: readonly IToken[],
  report: (d: Diagnostic) => void,
  declared = false,
): IToken[] {
  const m: Mending = {
    source,
    tokens,
    out: [],
    frames: [],
    position: 0,
    afterParams: false,
    declared,
    lineStart: 0,
    report,
  };
  while (m.position < tokens.length) readToken(m);
  while (m.frames.length > 0) closeTop(m);
  return m.out;
}

function readToken(m: Mending): void {
  const token = m.tokens[m.position] as IToken;
  const startsLine = beginsLine(m, m.position);
  if (startsLine) m.lineStart = token.startOffset;
  if (is(token, t.Foreign)) {
    readForeign(m, token);
    return;
  }
  if (readDoubleBar(m, token)) return;
  // A word after the bar that opens a row is a column's name.
  const declares = startsLine && !is(m.out.at(-1), t.RowStart) && kind.startsDeclaration(m.tokens, m.position);
  if (declares) {
    while (m.frames.length > 0) closeTop(m);
    if (!is(token, k.import)) m.declared = true;
  }
  completeHeading(m, token);
  if (mendRowGap(m, token, startsLine)) return;
  if (kind.isBar(token) && mendBar(m, token)) return;
  mendUnclosed(m, token, startsLine);
  if (skipUnknown(m, token, startsLine)) return;
  if (kind.isCloser(token)) {
    readCloser(m, token);
    return;
  }
  const mended = mendSeparator(m, token);
  m.position++;
  if (!mended) return;
  if (kind.isOpener(mended)) {
    const place = { afterParams: m.afterParams, endsLine: beginsLine(m, m.position) };
    const role = roleOf(m.out, m.tokens, m.position - 1, place);
    m.frames.push(createFrame(mended, role, role === 'rows' && is(m.out.at(-2), k.weights)));
  }
  m.afterParams = false;
  m.out.push(mended);
}

function readForeign(m: Mending, token: IToken): void {
  const spelled = spell(m.source, token);
  m.report(spelled.diagnostic);
  // A string without an end has swallowed what closes its line's brackets and its row.
  if (spelled.token && is(spelled.token, t.StringLiteral)) {
    for (const frame of m.frames) if (frame.open.startOffset >= m.lineStart || frame.rowOpen) frame.forgiven = true;
  }
  const next = m.tokens[m.position + 1];
  m.position++;
  if (spelled.token) m.out.push(spelled.token);
  else if (spelled.unknown && kind.endsOperand(m.out.at(-1)) && next && isOperandOnLine(m, next)) {
    // An operator that is none here, `8 % 2`: with some operator in its place the rest still makes sense.
    m.out.push(createTokenAt(t.Star, '*', token.startOffset, token.image.length));
  }
}

function isOperandOnLine(m: Mending, next: IToken): boolean {
  return !beginsLine(m, m.position) && (kind.startsOperand(next) || is(next, t.LParen));
}

/** `||`: two bars in a row of a table are an empty cell; anywhere else they are another language's `or`. */
function readDoubleBar(m: Mending, token: IToken): boolean {
  const next = m.tokens[m.position + 1];
  const frame = m.frames.at(-1);
  if (!kind.isBar(token) || !kind.isBar(next) || next?.startOffset !== token.startOffset + 1) return false;
  if (frame?.role === 'rows') return false;
  const span = { source: m.source, start: token.startOffset, end: token.startOffset + 2 };
  const fixes = [replaceFix("Write 'or'", span, 'or', true)];
  m.report(createDiagnostic('wrong-spelling', span, { found: '||', expected: "'or'" }, { fixes }));
  m.out.push(createTokenAt(k.or, 'or', token.startOffset, 2));
  m.position += 2;
  return true;
}

/** A statement that begins while a bracket of the one before is open: that bracket ends there. */
function mendUnclosed(m: Mending, token: IToken, startsLine: boolean): void {
  const frame = m.frames.at(-1);
  if (!frame || !isInline(frame)) return;
  if (is(token, t.LBrace) && kind.endsOperand(m.out.at(-1)) && m.frames.some((f) => f.role === 'params')) {
    // `block X(x, n: int = 2 {`: the body's brace. That of a default value's rows or table is followed by those.
    const holdsTable = kind.isBar(m.tokens[m.position + 1]) || is(m.tokens[m.position + 2], t.RBrace);
    if (beginsLine(m, m.position + 1) && !holdsTable) closeInline(m);
    return;
  }
  // `Conv(8 if n > 1`, and an arrow on the next line: they belong to the step whose bracket is open.
  const belongs = kind.endsOperand(m.out.at(-1)) && (is(token, k.if) || (startsLine && is(token, t.Arrow)));
  if (belongs && !closesLater(m.tokens, m.position)) closeInline(m);
  if (!startsLine) return;
  // `, n = 2` in parameters is one of them.
  const begins = frame.role !== 'params' && is(m.tokens[m.position + 1], t.Equal) && is(token, t.Name);
  const keyword = kind.isStatementKeyword(token);
  const adjacent = kind.endsOperand(m.out.at(-1)) && kind.startsOperand(token);
  if (!keyword && !adjacent && !begins) return;
  if (!keyword && closesLater(m.tokens, m.position)) return;
  closeInline(m);
}

function readCloser(m: Mending, token: IToken): void {
  m.position++;
  const depth = partnerOf(m, token.tokenType);
  if (depth < 0) {
    const top = m.frames.at(-1);
    if (top && isInline(top) && !is(token, t.RBrace)) replaceCloser(m, top, token);
    else reportStray(m, token);
    return;
  }
  while (m.frames.length > depth + 1) closeTop(m);
  const frame = m.frames.at(-1) as Frame;
  if (isPremature(m, frame)) {
    frame.forgiven = true;
    reportStray(m, token);
    return;
  }
  m.frames.pop();
  m.afterParams = frame.role === 'params';
  if (m.frames.length === 0 && isBarrier(frame)) m.declared = true;
  m.out.push(token);
}

/** The index of the innermost frame that a closing bracket may close; -1 where there is none. */
function partnerOf(m: Mending, closer: TokenType): number {
  for (let i = m.frames.length - 1; i >= 0; i--) {
    const frame = m.frames[i] as Frame;
    if (closerOf.get(frame.open.tokenType) === closer) return i;
    if (isBarrier(frame)) return -1;
  }
  return -1;
}

/** A `}` that ends a declaration although a member follows. */
function isPremature(m: Mending, frame: Frame): boolean {
  if (m.frames.length !== 1 || !isBarrier(frame) || frame.role === 'rows') return false;
  return !kind.startsDeclaration(m.tokens, m.position) && kind.startsStatement(m.tokens, m.position);
}

function replaceCloser(m: Mending, frame: Frame, token: IToken): void {
  const type = closerOf.get(frame.open.tokenType) as TokenType;
  const right = type.PATTERN as string;
  const span = { source: m.source, start: token.startOffset, end: token.startOffset + 1 };
  const opener = { source: m.source, start: frame.open.startOffset, end: frame.open.startOffset + 1 };
  const args = { found: token.image, expected: right, open: frame.open.image };
  m.report(
    createDiagnostic('wrong-bracket', span, args, {
      related: [{ span: opener, message: 'opened here' }],
      fixes: [replaceFix(`Write '${right}'`, span, right)],
    }),
  );
  m.frames.pop();
  m.out.push(createTokenAt(type, right, token.startOffset));
}

function reportStray(m: Mending, token: IToken): void {
  const span = { source: m.source, start: token.startOffset, end: token.startOffset + 1 };
  const fixes = [replaceFix(`Remove '${token.image}'`, span, '')];
  m.report(createDiagnostic('stray-bracket', span, { bracket: token.image }, { fixes }));
}
