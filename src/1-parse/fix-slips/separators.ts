import type { IToken, TokenType } from 'chevrotain';
import { createTokenAt } from '../../../grammar/lexer.ts';
import * as t from '../../../grammar/tokens.ts';
import { replaceFix } from '../../diagnostics/diagnostic.ts';
import { foundOf } from '../syntax-errors.ts';
import { type Frame, hasElements, isBarrier } from './frames.ts';
import { isWeighed } from './statements.ts';
import * as kind from './token-kinds.ts';
import { is } from './token-kinds.ts';
import { beginsLine, createInserted, endOf, endOfLast, insert, report, spanOf, type TokenPass } from './token-pass.ts';

const k = t.keywordTokens;
const typeNames = new Set(['tensor', 'int', 'real', 'bool', 'size', 'padding', 'activation', 'block', 'table']);

/** Fixes `=`, `:`, `,` and `->`. @returns the token as the parser shall see it; undefined if it shall not. */
export function fixSeparator(p: TokenPass, token: IToken): IToken | undefined {
  const frame = p.frames.at(-1);
  if (frame) followStatement(p, frame, token);
  insertMissing(p, frame, token);
  if (lacksValue(p, token)) return undefined;
  if (is(token, t.Equal)) return fixEqual(p, frame, token);
  if (is(token, t.Colon)) return fixColon(p, frame, token);
  if (is(token, t.Comma)) return fixComma(p, frame, token);
  if (is(token, t.Arrow)) return fixArrow(p, token);
  return token;
}

/** Follows how far the current statement has come. */
function followStatement(p: TokenPass, frame: Frame, token: IToken): void {
  const previous = p.out.at(-1);
  const first = previous === frame.open || kind.endsOperand(previous);
  if (isBarrier(frame) && first && (is(token, t.Name) || kind.isStatementKeyword(token))) {
    frame.bound = false;
    frame.condition = false;
  }
  if (is(token, k.if) || is(token, k.require)) frame.condition = true;
  if (is(token, t.Equal) || is(token, t.Arrow) || is(token, k.return) || is(token, k.require)) frame.bound = true;
  if (is(token, k.else) || (is(token, t.Comma) && !isBarrier(frame))) frame.condition = false;
}

/** Two values side by side in a list: a comma between them is missing, or a colon after a name. */
function insertMissing(p: TokenPass, frame: Frame | undefined, token: IToken): void {
  const previous = p.out.at(-1);
  if (!frame || !hasElements(frame) || !kind.endsOperand(previous) || !isElement(frame, token)) return;
  if (lacksColon(p, frame, token)) {
    insert(p, token, t.Colon, ':');
    return;
  }
  const { at, place, mark } = endOf(p);
  report(p, 'missing-comma', mark, {}, replaceFix("Add ','", place, ','));
  p.out.push(createInserted(t.Comma, at));
}

function isElement(frame: Frame, token: IToken): boolean {
  return kind.startsOperand(token) || (frame.role === 'params' && (is(token, k.block) || is(token, k.table)));
}

/** `(x int)`, `kernel 3`: a name that begins an element, then what would follow its colon. */
function lacksColon(p: TokenPass, frame: Frame, token: IToken): boolean {
  if (!is(p.out.at(-1), t.Name)) return false;
  const before = p.out.at(-2);
  if (before !== frame.open && !is(before, t.Comma)) return false;
  // of `x padding: same` it is the comma that is missing
  const next = p.tokens[p.position + 1];
  if (frame.role === 'params') return typeNames.has(token.image) && !is(next, t.Colon);
  return frame.role === 'call' && is(token, t.NumberLiteral) && !beginsLine(p, p.position);
}

/** Leaves out what has no value next to it, and reports it: `8 *)`, `(* 8`, `(, 8`, `f(: 8`. */
function lacksValue(p: TokenPass, token: IToken): boolean {
  const previous = p.out.at(-1);
  const next = p.tokens[p.position + 1];
  const opens = !previous || kind.isOpener(previous) || is(previous, t.Comma) || kind.isBar(previous);
  const operator = kind.isOperator(token) && !(is(token, t.Minus) && !kind.endsOperand(previous));
  const before = operator || is(token, t.Comma) || is(token, t.Colon);
  // A comma may end a cell's row of values, a colon a label: only one at the start is wrong.
  const header = p.frames.at(-1)?.rows === 1;
  if (before && opens && !header && p.frames.length > 0) {
    const expected = is(token, t.Colon) ? 'a name' : 'a value';
    report(p, 'syntax', spanOf(p, token), { expected, found: foundOf(token) });
    return true;
  }
  if (header || !kind.isOperator(token) || !dangles(p, next)) return false;
  const found = next ? foundOf(next) : 'the end of the file';
  report(p, 'syntax', spanOf(p, token), { expected: `a value after '${token.image}'`, found });
  return true;
}

/** Whether what follows an operator cannot be its value. */
function dangles(p: TokenPass, next: IToken | undefined): boolean {
  if (!next || kind.isCloser(next) || kind.isBar(next) || is(next, t.Comma) || is(next, t.Arrow)) return true;
  if (is(next, k.if) || is(next, k.else) || is(next, k.for) || kind.isStatementKeyword(next)) return true;
  const i = p.position + 1;
  const after = p.tokens[i + 1];
  return beginsLine(p, i) && is(next, t.Name) && (is(after, t.Equal) || (is(after, t.Colon) && !isWeighed(p)));
}

function fixEqual(p: TokenPass, frame: Frame | undefined, token: IToken): IToken {
  const second = p.out.at(-2);
  if (is(p.out.at(-1), t.Name)) {
    const named = frame?.role === 'call' && (second === frame.open || is(second, t.Comma));
    if (named) return replace(p, token, t.Colon, "an argument's name");
    if (frame?.role === 'model' && is(second, k.input)) return replace(p, token, t.Colon, 'an input');
  }
  return frame?.condition ? replace(p, token, t.EqualEqual, 'a comparison') : token;
}

function fixColon(p: TokenPass, frame: Frame | undefined, token: IToken): IToken {
  if (frame?.role === 'scaling' || (frame?.role === 'block' && !frame.bound && is(p.out.at(-1), t.Name))) {
    frame.bound = true;
    return replace(p, token, t.Equal, "a value's name");
  }
  return token;
}

function fixComma(p: TokenPass, frame: Frame | undefined, token: IToken): IToken | undefined {
  const next = p.tokens[p.position + 1];
  const last = frame && (hasElements(frame) ? kind.isCloser(next) : frame.role === 'rows' && kind.isBar(next));
  if (!last || !kind.endsOperand(p.out.at(-1))) return token;
  const span = spanOf(p, token);
  report(p, 'trailing-comma', span, {}, replaceFix("Remove ','", span, '', true));
  return undefined;
}

function fixArrow(p: TokenPass, token: IToken): IToken | undefined {
  const i = p.position + 1;
  const next = p.tokens[i];
  const leads =
    next &&
    !kind.isCloser(next) &&
    !kind.isBar(next) &&
    !is(next, t.Comma) &&
    !is(next, t.Arrow) &&
    !kind.isStatementKeyword(next) &&
    !(beginsLine(p, i) && is(next, t.Name) && is(p.tokens[i + 1], t.Equal)) &&
    !(beginsLine(p, i) && kind.startsDeclaration(p.tokens, i));
  if (leads) return token;
  report(p, 'missing-step', spanOf(p, token), {});
  return undefined;
}

function replace(p: TokenPass, token: IToken, type: TokenType, where: string): IToken {
  const expected = type.PATTERN as string;
  const span = spanOf(p, token);
  // A colon clings to its name.
  const clings = type === t.Colon && !beginsLine(p, p.position);
  const place = clings ? { ...span, start: endOfLast(p) } : span;
  const fix = replaceFix(`Write '${expected}'`, place, expected, true);
  report(p, 'wrong-separator', span, { found: token.image, expected, where }, fix);
  return createTokenAt(type, expected, token.startOffset, token.image.length);
}
