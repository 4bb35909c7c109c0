import type { IToken } from 'chevrotain';
import { createTokenAt } from '../../../grammar/lexer.ts';
import * as t from '../../../grammar/tokens.ts';
import { createDiagnostic, replaceFix } from '../../diagnostics/diagnostic.ts';
import { parseLimits } from '../limits.ts';
import { endsItsLineWithBar, type Frame, isInline } from './frames.ts';
import { beginsLine, closeInline, closeTop, insertBar, type Mending } from './mending.ts';
import * as kind from './token-kinds.ts';
import { is } from './token-kinds.ts';

/**
 * Between and inside rows: a missing opening or separating bar, a table without its closing brace.
 * @returns whether the token is to be read again, because it stands elsewhere now.
 */
export function mendRowGap(m: Mending, token: IToken, startsLine: boolean): boolean {
  const frame = m.frames.at(-1);
  if (frame?.role !== 'rows') return false;
  if (frame.rowOpen) {
    const header = frame.rows === 1 && !kind.isBar(m.out.at(-1)) && kind.isWord(token);
    if (!header && !(kind.endsOperand(m.out.at(-1)) && kind.startsOperand(token))) {
      if (!is(token, t.RBrace)) return false;
      if (kind.isBar(m.tokens[m.position + 1]) && !beginsLine(m, m.position + 1)) return skipBrace(m, token);
      insertBar(m, frame, 'closing');
      return false;
    }
    insertBar(m, frame, startsLine ? 'closing' : 'separating');
    return startsLine;
  }
  if (kind.isBar(token) || is(token, t.RBrace)) return false;
  if (endsItsLineWithBar(m.tokens, m.position)) {
    insertBar(m, frame, 'opening');
    frame.rows++;
    return false;
  }
  if (!startsLine || !kind.startsStatement(m.tokens, m.position)) return false;
  if (frame.isMap && frame.rows === 0 && belongsToMap(m, frame, token)) return false;
  closeTop(m);
  return true;
}

/** Whether what begins a line before a weight map's header is a convention, or goes on with one. */
function belongsToMap(m: Mending, frame: Frame, token: IToken): boolean {
  if (is(token, t.keywordTokens.convention)) return true;
  return m.out.at(-1) !== frame.open && !kind.isStatementKeyword(token);
}

/**
 * Reads a bar: it opens, divides or closes a row, ends what is open in its cell, or stands outside of any table.
 * @returns whether the bar is dealt with, or to be read again.
 */
export function mendBar(m: Mending, bar: IToken): boolean {
  const frame = m.frames.at(-1);
  if (frame?.role === 'rows') {
    if (is(bar, t.RowStart)) {
      if (frame.rowOpen) insertBar(m, frame, 'closing');
      frame.rowOpen = true;
      frame.rows++;
    } else if (!frame.rowOpen) {
      startRow(m, bar);
      frame.rowOpen = true;
      frame.rows++;
      return true;
    } else if (is(bar, t.RowEnd)) frame.rowOpen = false;
    frame.bars = is(bar, t.Bar) ? frame.bars + 1 : 0;
    return frame.bars >= parseLimits.columns && skipCells(m, frame);
  }
  if (frame && isInline(frame) && (is(bar, t.RowStart) || m.frames.some((f) => f.rowOpen))) {
    closeInline(m);
    return true;
  }
  if (!is(bar, t.RowStart)) return false;
  skipRows(m);
  return true;
}

/** Leaves out the cells of a row that are more than any table has, with one message for a table. */
function skipCells(m: Mending, frame: Frame): boolean {
  const { startOffset } = m.tokens[m.position] as IToken;
  const span = { source: m.source, start: startOffset, end: startOffset + 1 };
  if (frame.rows === 1) m.report(createDiagnostic('too-many-columns', span, { limit: parseLimits.columns }));
  do m.position++;
  while (m.position < m.tokens.length && !is(m.tokens[m.position], t.RowEnd) && !beginsLine(m, m.position));
  return true;
}

/** `| 3, 5} | 2 |`: the row goes on after the brace, so that it is not the table's. */
function skipBrace(m: Mending, token: IToken): boolean {
  const span = { source: m.source, start: token.startOffset, end: token.startOffset + 1 };
  m.report(createDiagnostic('stray-bracket', span, { bracket: '}' }, { fixes: [replaceFix("Remove '}'", span, '')] }));
  m.position++;
  return true;
}

/** `{ | a | b |`: a row that shares the line of the brace before it. */
function startRow(m: Mending, bar: IToken): void {
  const span = { source: m.source, start: bar.startOffset, end: bar.startOffset + 1 };
  const fixes = [replaceFix('Begin a line for the row', { ...span, end: span.start }, '\n', true)];
  m.report(createDiagnostic('syntax', span, { expected: 'the row on a line of its own', found: "'|'" }, { fixes }));
  m.out.push(createTokenAt(t.RowStart, '|', bar.startOffset));
  m.position++;
}

/** Leaves out rows that stand outside of a table, with one message for all that stand together. */
function skipRows(m: Mending): void {
  const start = (m.tokens[m.position] as IToken).startOffset;
  let end = start + 1;
  let first = true;
  while (is(m.tokens[m.position], t.RowStart)) {
    do {
      if (first) end = (m.tokens[m.position] as IToken).endOffset! + 1;
      m.position++;
    } while (m.position < m.tokens.length && !beginsLine(m, m.position));
    first = false;
  }
  m.report(createDiagnostic('row-outside-table', { source: m.source, start, end }, {}));
}
