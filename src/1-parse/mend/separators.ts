import type { IToken, TokenType } from 'chevrotain';
import { createTokenAt } from '../../../grammar/lexer.ts';
import * as t from '../../../grammar/tokens.ts';
import { createDiagnostic, replaceFix } from '../../diagnostics/diagnostic.ts';
import type { Span } from '../../source.ts';
import { foundOf } from '../syntax-errors.ts';
import { type Frame, hasElements, isBarrier } from './frames.ts';
import { beginsLine, createInserted, endOfLast, type Mending } from './mending.ts';
import * as kind from './token-kinds.ts';
import { is } from './token-kinds.ts';

const k = t.keywordTokens;
const typeNames = new Set(['int', 'real', 'bool', 'activation', 'block', 'table']);

/** Mends `=`, `:`, `,` and `->`. @returns the token as the parser shall see it; undefined where it shall not. */
export function mendSeparator(m: Mending, token: IToken): IToken | undefined {
  const frame = m.frames.at(-1);
  if (frame) followStatement(m, frame, token);
  insertMissing(m, frame, token);
  if (lacksValue(m, token)) return undefined;
  if (is(token, t.Equal)) return mendEqual(m, frame, token);
  if (is(token, t.Colon)) return mendColon(m, frame, token);
  if (is(token, t.Comma)) return mendComma(m, frame, token);
  if (is(token, t.Arrow)) return mendArrow(m, token);
  return token;
}

/** Keeps up with how far the statement in hand has come. */
function followStatement(m: Mending, frame: Frame, token: IToken): void {
  const previous = m.out.at(-1);
  const first = previous === frame.open || kind.endsOperand(previous);
  if (isBarrier(frame) && first && (is(token, t.Name) || kind.isStatementKeyword(token))) {
    frame.bound = false;
    frame.condition = false;
  }
  if (is(token, k.if) || is(token, k.require)) frame.condition = true;
  if (is(token, t.Equal) || is(token, t.Arrow) || is(token, k.return) || is(token, k.require)) frame.bound = true;
  if (is(token, t.Comma) && !isBarrier(frame)) frame.condition = false;
}

/** Two values side by side in a list: a comma between them is missing, or a colon after a name. */
function insertMissing(m: Mending, frame: Frame | undefined, token: IToken): void {
  const previous = m.out.at(-1);
  if (!frame || !hasElements(frame) || !kind.endsOperand(previous) || !isElement(frame, token)) return;
  const at = endOfLast(m);
  const place = { source: m.source, start: at, end: at };
  const span = { ...place, start: Math.max(0, at - 1) };
  if (lacksColon(m, frame, token)) {
    const fixes = [replaceFix("Add ':'", place, ':')];
    m.report(createDiagnostic('syntax', span, { expected: "':'", found: `'${token.image}'` }, { fixes }));
    m.out.push(createInserted(t.Colon, at));
  } else {
    m.report(createDiagnostic('missing-comma', span, {}, { fixes: [replaceFix("Add ','", place, ',')] }));
    m.out.push(createInserted(t.Comma, at));
  }
}

function isElement(frame: Frame, token: IToken): boolean {
  return kind.startsOperand(token) || (frame.role === 'params' && (is(token, k.block) || is(token, k.table)));
}

/** `(x int)`, `kernel 3`: a name that begins an element, then what would follow its colon. */
function lacksColon(m: Mending, frame: Frame, token: IToken): boolean {
  if (!is(m.out.at(-1), t.Name)) return false;
  const before = m.out.at(-2);
  if (before !== frame.open && !is(before, t.Comma)) return false;
  if (frame.role === 'params') return typeNames.has(token.image);
  return frame.role === 'call' && is(token, t.NumberLiteral) && !beginsLine(m, m.position);
}

/** Leaves out what has no value beside it, and says so: `8 *)`, `(* 8`, `(, 8`, `f(: 8`. */
function lacksValue(m: Mending, token: IToken): boolean {
  const previous = m.out.at(-1);
  const next = m.tokens[m.position + 1];
  const opens = !previous || kind.isOpener(previous) || is(previous, t.Comma) || kind.isBar(previous);
  const operator = kind.isOperator(token) && !(is(token, t.Minus) && !kind.endsOperand(previous));
  const before = operator || is(token, t.Comma) || is(token, t.Colon);
  // A comma may end a cell's row of values, a colon a label: only what stands first is wrong.
  const header = m.frames.at(-1)?.rows === 1;
  if (before && opens && !header && m.frames.length > 0) {
    report(m, token, is(token, t.Colon) ? 'a name' : 'a value', foundOf(token));
    return true;
  }
  if (header || !kind.isOperator(token) || !dangles(m, next)) return false;
  report(m, token, `a value after '${token.image}'`, next ? foundOf(next) : 'the end of the file');
  return true;
}

/** Whether what follows an operator can be no value of it. */
function dangles(m: Mending, next: IToken | undefined): boolean {
  if (!next || kind.isCloser(next) || kind.isBar(next) || is(next, t.Comma) || is(next, t.Arrow)) return true;
  if (is(next, k.if) || is(next, k.for) || kind.isStatementKeyword(next)) return true;
  const i = m.position + 1;
  return beginsLine(m, i) && is(next, t.Name) && (is(m.tokens[i + 1], t.Equal) || is(m.tokens[i + 1], t.Colon));
}

function report(m: Mending, token: IToken, expected: string, found: string): void {
  m.report(createDiagnostic('syntax', spanOf(m, token), { expected, found }));
}

function mendEqual(m: Mending, frame: Frame | undefined, token: IToken): IToken {
  const second = m.out.at(-2);
  if (is(m.out.at(-1), t.Name)) {
    const named = frame?.role === 'call' && (second === frame.open || is(second, t.Comma));
    if (named) return replace(m, token, t.Colon, "an argument's name");
    if (frame?.role === 'model' && is(second, k.input)) return replace(m, token, t.Colon, 'an input');
  }
  return frame?.condition ? replace(m, token, t.EqualEqual, 'a comparison') : token;
}

function mendColon(m: Mending, frame: Frame | undefined, token: IToken): IToken {
  if (frame?.role === 'scaling' || (frame?.role === 'block' && !frame.bound && is(m.out.at(-1), t.Name))) {
    frame.bound = true;
    return replace(m, token, t.Equal, "a value's name");
  }
  return token;
}

function mendComma(m: Mending, frame: Frame | undefined, token: IToken): IToken | undefined {
  const next = m.tokens[m.position + 1];
  const last = frame && (hasElements(frame) ? kind.isCloser(next) : frame.role === 'rows' && kind.isBar(next));
  if (!last || !kind.endsOperand(m.out.at(-1))) return token;
  const span = spanOf(m, token);
  m.report(createDiagnostic('trailing-comma', span, {}, { fixes: [replaceFix("Remove ','", span, '', true)] }));
  return undefined;
}

function mendArrow(m: Mending, token: IToken): IToken | undefined {
  const i = m.position + 1;
  const next = m.tokens[i];
  const leads =
    next &&
    !kind.isCloser(next) &&
    !kind.isBar(next) &&
    !is(next, t.Comma) &&
    !is(next, t.Arrow) &&
    !kind.isStatementKeyword(next) &&
    !(beginsLine(m, i) && is(next, t.Name) && is(m.tokens[i + 1], t.Equal)) &&
    !(beginsLine(m, i) && kind.startsDeclaration(m.tokens, i));
  if (leads) return token;
  m.report(createDiagnostic('missing-step', spanOf(m, token), {}));
  return undefined;
}

function replace(m: Mending, token: IToken, type: TokenType, where: string): IToken {
  const expected = type.PATTERN as string;
  const span = spanOf(m, token);
  // A colon clings to its name.
  const clings = type === t.Colon && !beginsLine(m, m.position);
  const place = clings ? { ...span, start: endOfLast(m) } : span;
  const fixes = [replaceFix(`Write '${expected}'`, place, expected, true)];
  m.report(createDiagnostic('wrong-separator', span, { found: token.image, expected, where }, { fixes }));
  return createTokenAt(type, expected, token.startOffset, token.image.length);
}

function spanOf(m: Mending, token: IToken): Span {
  return { source: m.source, start: token.startOffset, end: token.endOffset! + 1 };
}
