import type { IToken } from 'chevrotain';
import { createTokenAt } from '../../../grammar/lexer.ts';
import * as t from '../../../grammar/tokens.ts';
import { replaceFix } from '../../diagnostics/diagnostic.ts';
import { parseLimits } from '../limits.ts';
import { endsItsLineWithBar, type Frame, isInline } from './frames.ts';
import * as kind from './token-kinds.ts';
import { is } from './token-kinds.ts';
import {
  beginsLine,
  closeInline,
  closeTop,
  insertBar,
  report,
  reportStray,
  spanOf,
  type TokenPass,
} from './token-pass.ts';

/**
 * Between and inside rows: a missing opening or separating bar, a table without its closing brace.
 * @returns whether the token is to be read again, because its context has changed.
 */
export function fixRowGap(p: TokenPass, token: IToken, startsLine: boolean): boolean {
  const frame = p.frames.at(-1);
  if (frame?.role !== 'rows') return false;
  if (frame.rowOpen) {
    const header = frame.rows === 1 && !kind.isBar(p.out.at(-1)) && kind.isWord(token);
    if (!header && !(kind.endsOperand(p.out.at(-1)) && kind.startsOperand(token))) {
      if (!is(token, t.RBrace)) return false;
      if (kind.isBar(p.tokens[p.position + 1]) && !beginsLine(p, p.position + 1)) return skipBrace(p, token);
      insertBar(p, frame, 'closing');
      return false;
    }
    insertBar(p, frame, startsLine ? 'closing' : 'separating');
    return startsLine;
  }
  if (kind.isBar(token) || is(token, t.RBrace)) return false;
  if (endsItsLineWithBar(p.tokens, p.position)) {
    insertBar(p, frame, 'opening');
    frame.rows++;
    return false;
  }
  if (!startsLine || !kind.startsStatement(p.tokens, p.position)) return false;
  if (frame.isMap && frame.rows === 0 && belongsToMap(p, frame, token)) return false;
  closeTop(p);
  return true;
}

/** Whether what begins a line before a weight map's header is a convention, or goes on with one. */
function belongsToMap(p: TokenPass, frame: Frame, token: IToken): boolean {
  if (is(token, t.keywordTokens.convention)) return true;
  return p.out.at(-1) !== frame.open && !kind.isStatementKeyword(token);
}

/**
 * Reads a bar: it opens, divides or closes a row, ends what is open in its cell, or is outside of any table. @returns
 * whether the bar is handled, or to be read again.
 */
export function fixBar(p: TokenPass, bar: IToken): boolean {
  const frame = p.frames.at(-1);
  if (frame?.role === 'rows') {
    if (is(bar, t.RowStart)) {
      if (frame.rowOpen) insertBar(p, frame, 'closing');
      frame.rowOpen = true;
      frame.rows++;
    } else if (!frame.rowOpen) {
      startRow(p, bar);
      frame.rowOpen = true;
      frame.rows++;
      return true;
    } else if (is(bar, t.RowEnd)) frame.rowOpen = false;
    frame.bars = is(bar, t.Bar) ? frame.bars + 1 : 0;
    return frame.bars >= parseLimits.columns && skipCells(p, frame);
  }
  if (frame && isInline(frame) && (is(bar, t.RowStart) || p.frames.some((f) => f.rowOpen))) {
    closeInline(p);
    return true;
  }
  if (!is(bar, t.RowStart)) return false;
  skipRows(p);
  return true;
}

/** Leaves out excess cells of a row, with one message per table. */
function skipCells(p: TokenPass, frame: Frame): boolean {
  const span = spanOf(p, p.tokens[p.position] as IToken);
  if (frame.rows === 1) report(p, 'too-many-columns', span, { limit: parseLimits.columns });
  do p.position++;
  while (p.position < p.tokens.length && !is(p.tokens[p.position], t.RowEnd) && !beginsLine(p, p.position));
  return true;
}

/** `| 3, 5} | 2 |`: the row goes on after the brace, so that it is not the table's. */
function skipBrace(p: TokenPass, token: IToken): boolean {
  reportStray(p, token);
  p.position++;
  return true;
}

/** `{ | a | b |`: a row that shares the line of the brace before it. */
function startRow(p: TokenPass, bar: IToken): void {
  const span = spanOf(p, bar);
  const fix = replaceFix('Begin a line for the row', { ...span, end: span.start }, '\n', true);
  report(p, 'syntax', span, { expected: 'the row on a line of its own', found: "'|'" }, fix);
  p.out.push(createTokenAt(t.RowStart, '|', bar.startOffset));
  p.position++;
}

/** Leaves out rows outside of a table, with one message for each group. */
function skipRows(p: TokenPass): void {
  const start = (p.tokens[p.position] as IToken).startOffset;
  let end = start + 1;
  let first = true;
  while (is(p.tokens[p.position], t.RowStart)) {
    do {
      if (first) end = (p.tokens[p.position] as IToken).endOffset! + 1;
      p.position++;
    } while (p.position < p.tokens.length && !beginsLine(p, p.position));
    first = false;
  }
  report(p, 'row-outside-table', { source: p.source, start, end }, {});
}
