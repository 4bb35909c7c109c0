import type { IToken, TokenType } from 'chevrotain';
import { createTokenAt } from '../../../grammar/lexer.ts';
import * as t from '../../../grammar/tokens.ts';
import { createDiagnostic, type Diagnostic, replaceFix } from '../../diagnostics/diagnostic.ts';
import type { Source } from '../../source.ts';
import { closesLater, createFrame, type Frame, isBarrier, isInline, roleOf } from './frames.ts';
import { completeHeading } from './headings.ts';
import { fixBar, fixRowGap } from './rows.ts';
import { fixSeparator } from './separators.ts';
import { spell } from './spelling.ts';
import { skipStrayElse, skipUnknown } from './statements.ts';
import * as kind from './token-kinds.ts';
import { closerOf, is } from './token-kinds.ts';
import { beginsLine, closeInline, closeTop, report, reportStray, spanOf, type TokenPass } from './token-pass.ts';

const k = t.keywordTokens;

/**
 * Fixes slips in the tokens before the parser sees them: brackets without a partner, missing bars and commas, other
 * languages' spellings. A parser's own recovery would skip from such a slip to the next known token, with several
 * messages for one mistake; here each gives one message, and everything after it is still read. A text without mistakes
 * passes unchanged. @param declared whether a block, a model or a weight map precedes the text @param goesOn whether
 * the text continues after the tokens: brackets open at their end may be closed there
 */
export function fixSlips(
  source: Source,
  tokens: readonly IToken[],
  report: (d: Diagnostic) => void,
  declared = false,
  goesOn = false,
): IToken[] {
  const p: TokenPass = {
    source,
    tokens,
    out: [],
    frames: [],
    position: 0,
    afterParams: false,
    declared,
    goesOn,
    lineStart: 0,
    report,
  };
  while (p.position < tokens.length) readToken(p);
  while (p.frames.length > 0) closeTop(p);
  return p.out;
}

function readToken(p: TokenPass): void {
  const token = p.tokens[p.position] as IToken;
  const startsLine = beginsLine(p, p.position);
  if (startsLine) p.lineStart = token.startOffset;
  if (is(token, t.Foreign)) {
    readForeign(p, token);
    return;
  }
  if (readDoubleBar(p, token)) return;
  // A word after the bar that opens a row is a column's name.
  const declares = startsLine && !is(p.out.at(-1), t.RowStart) && kind.startsDeclaration(p.tokens, p.position);
  if (declares) {
    while (p.frames.length > 0) closeTop(p);
    if (!is(token, k.import)) p.declared = true;
  }
  completeHeading(p, token);
  if (fixRowGap(p, token, startsLine)) return;
  if (kind.isBar(token) && fixBar(p, token)) return;
  closeUnclosed(p, token, startsLine);
  if (skipUnknown(p, token, startsLine) || skipStrayElse(p, token)) return;
  if (kind.isCloser(token)) {
    readCloser(p, token);
    return;
  }
  const fixed = fixSeparator(p, token);
  p.position++;
  if (!fixed) return;
  if (kind.isOpener(fixed)) {
    const place = { afterParams: p.afterParams, endsLine: beginsLine(p, p.position) };
    const role = roleOf(p.out, p.tokens, p.position - 1, place);
    p.frames.push(createFrame(fixed, role, role === 'rows' && is(p.out.at(-2), k.weights)));
  }
  p.afterParams = false;
  p.out.push(fixed);
}

function readForeign(p: TokenPass, token: IToken): void {
  const spelled = spell(p.source, token);
  p.report(spelled.diagnostic);
  // A string without an end has swallowed what closes its line's brackets and its row.
  if (spelled.token && is(spelled.token, t.StringLiteral)) {
    for (const frame of p.frames) if (frame.open.startOffset >= p.lineStart || frame.rowOpen) frame.forgiven = true;
  }
  const next = p.tokens[p.position + 1];
  p.position++;
  if (spelled.token) p.out.push(spelled.token);
  else if (spelled.unknown && kind.endsOperand(p.out.at(-1)) && next && isOperandOnLine(p, next)) {
    // An operator of other languages, `8 ~ 2`: with some operator in its place the rest still makes sense.
    p.out.push(createTokenAt(t.Star, '*', token.startOffset, token.image.length));
  }
}

function isOperandOnLine(p: TokenPass, next: IToken): boolean {
  return !beginsLine(p, p.position) && (kind.startsOperand(next) || is(next, t.LParen));
}

/** `||`: two bars in a row of a table are an empty cell; anywhere else they are another language's `or`. */
function readDoubleBar(p: TokenPass, token: IToken): boolean {
  const next = p.tokens[p.position + 1];
  const frame = p.frames.at(-1);
  if (!kind.isBar(token) || !kind.isBar(next) || next?.startOffset !== token.startOffset + 1) return false;
  if (frame?.role === 'rows') return false;
  const span = { source: p.source, start: token.startOffset, end: token.startOffset + 2 };
  const fix = replaceFix("Write 'or'", span, 'or', true);
  report(p, 'wrong-spelling', span, { found: '||', expected: "'or'" }, fix);
  p.out.push(createTokenAt(k.or, 'or', token.startOffset, 2));
  p.position += 2;
  return true;
}

/** A statement that begins while a bracket of the one before is open: that bracket ends there. */
function closeUnclosed(p: TokenPass, token: IToken, startsLine: boolean): void {
  const frame = p.frames.at(-1);
  if (!frame || !isInline(frame)) return;
  if (is(token, t.LBrace) && kind.endsOperand(p.out.at(-1)) && p.frames.some((f) => f.role === 'params')) {
    // `block X(x, n: int = 2 {`: the body's brace. That of a default value's rows or table is followed by those.
    const holdsTable = kind.isBar(p.tokens[p.position + 1]) || is(p.tokens[p.position + 2], t.RBrace);
    if (beginsLine(p, p.position + 1) && !holdsTable) closeInline(p);
    return;
  }
  // `Conv(8 if n > 1`, and an arrow on the next line: they belong to the step whose bracket is open.
  const condition = is(token, k.if) && !p.goesOn && !hasElse(p);
  const arrow = startsLine && is(token, t.Arrow) && !endsInChain(p, frame);
  const belongs = kind.endsOperand(p.out.at(-1)) && (condition || arrow);
  if (belongs && !closesLater(p.tokens, p.position)) closeInline(p);
  if (!startsLine) return;
  // `, n = 2` in parameters is one of them.
  const begins = frame.role !== 'params' && is(p.tokens[p.position + 1], t.Equal) && is(token, t.Name);
  const keyword = kind.isStatementKeyword(token);
  const adjacent = kind.endsOperand(p.out.at(-1)) && kind.startsOperand(token);
  if (!keyword && !adjacent && !begins) return;
  if (!keyword && closesLater(p.tokens, p.position)) return;
  closeInline(p);
}

/** Whether the last argument in a bracket is a chain, `Concat(x -> Conv(8)`: an arrow on the next line continues it. */
function endsInChain({ out }: TokenPass, frame: Frame): boolean {
  let depth = 0;
  for (let i = out.length - 1; out[i] !== frame.open && i >= 0; i--) {
    const token = out[i] as IToken;
    if (kind.isCloser(token)) depth++;
    else if (kind.isOpener(token)) depth--;
    else if (depth === 0 && is(token, t.Arrow)) return true;
    else if (depth === 0 && is(token, t.Comma)) return false;
  }
  return false;
}

/** Whether an `else` follows an `if` on its line: `Conv(8 if wide else 4`. */
function hasElse(p: TokenPass): boolean {
  for (let i = p.position + 1; i < p.tokens.length && !beginsLine(p, i); i++) if (is(p.tokens[i], k.else)) return true;
  return false;
}

function readCloser(p: TokenPass, token: IToken): void {
  p.position++;
  const depth = partnerOf(p, token.tokenType);
  if (depth < 0) {
    const top = p.frames.at(-1);
    if (top && isInline(top) && !is(token, t.RBrace)) replaceCloser(p, top, token);
    else reportStray(p, token);
    return;
  }
  while (p.frames.length > depth + 1) closeTop(p);
  const frame = p.frames.at(-1) as Frame;
  if (isPremature(p, frame)) {
    frame.forgiven = true;
    reportStray(p, token);
    return;
  }
  p.frames.pop();
  p.afterParams = frame.role === 'params';
  if (p.frames.length === 0 && isBarrier(frame)) p.declared = true;
  p.out.push(frame.role === 'sharing' ? { ...token, payload: kind.labelFollows } : token);
}

/** The index of the innermost frame that a closing bracket may close; -1 where there is none. */
function partnerOf(p: TokenPass, closer: TokenType): number {
  for (let i = p.frames.length - 1; i >= 0; i--) {
    const frame = p.frames[i] as Frame;
    if (closerOf.get(frame.open.tokenType) === closer) return i;
    if (isBarrier(frame)) return -1;
  }
  return -1;
}

/** A `}` that ends a declaration although a member follows. */
function isPremature(p: TokenPass, frame: Frame): boolean {
  if (p.frames.length !== 1 || !isBarrier(frame) || frame.role === 'rows') return false;
  return !kind.startsDeclaration(p.tokens, p.position) && kind.startsStatement(p.tokens, p.position);
}

function replaceCloser(p: TokenPass, frame: Frame, token: IToken): void {
  const type = closerOf.get(frame.open.tokenType) as TokenType;
  const right = type.PATTERN as string;
  const span = spanOf(p, token);
  const args = { found: token.image, expected: right, open: frame.open.image };
  const related = [{ span: spanOf(p, frame.open), message: 'opened here' }];
  const fixes = [replaceFix(`Write '${right}'`, span, right)];
  p.report(createDiagnostic('wrong-bracket', span, args, { related, fixes }));
  p.frames.pop();
  p.out.push(createTokenAt(type, right, token.startOffset));
}
