import { tokenize } from '../../../grammar/lexer.ts';
import * as t from '../../../grammar/tokens.ts';
import { isCloser, isOpener } from '../../1-parse/fix-slips/token-kinds.ts';
import { textWidth } from '../../diagnostics/text-width.ts';
import { lineStarts, lineText, type Source } from '../../source.ts';
import type { TextChange } from './text-diff.ts';

/** A line of a table. */
export interface TableLine {
  /** Where the line starts in the document. */
  readonly start: number;
  readonly text: string;
  /** The places of its bars in `text`. */
  readonly bars: readonly number[];
}

/** How many lines away a row of the same table is looked for, which bounds the cost of a keystroke. */
const mostLines = 2_000;

/**
 * The rows around a line of a table, itself included, in order; empty where it is not one. Recognised only by the text, so that a table which is still being typed has rows too.
 * @param line from 1
 */
export function tableAround(source: Source, line: number): readonly TableLine[] {
  const here = readLine(source, line);
  if (!here) return [];
  const rows = [here];
  for (const direction of [-1, 1]) {
    for (let n = line + direction; Math.abs(n - line) < mostLines; n += direction) {
      if (lineText(source, n).trim().startsWith('//')) continue;
      const row = readLine(source, n);
      if (!row) break;
      if (direction < 0) rows.unshift(row);
      else rows.push(row);
    }
  }
  return rows;
}

/** The changes of blanks that put the bars of rows under each other, as the formatter does. */
export function alignRows(rows: readonly TableLine[]): TextChange[] {
  const widths = columnWidths(rows);
  const indent = rows[0] ? indentOf(rows[0]) : '';
  return rows.flatMap((row) => alignRow(row, widths, indent));
}

/** A row without values, its bars under those of the rows around it. */
export function emptyRow(rows: readonly TableLine[]): string {
  const [header] = rows;
  const widths = columnWidths(rows).slice(0, header ? header.bars.length - 1 : 0);
  return `${header ? indentOf(header) : ''}|${widths.map((width) => `${' '.repeat(width + 2)}|`).join('')}`;
}

function columnWidths(rows: readonly TableLine[]): number[] {
  const widths: number[] = [];
  for (const { text, bars } of rows) {
    for (let i = 0; i + 1 < bars.length; i++) {
      const cell = text.slice((bars[i] as number) + 1, bars[i + 1]).trim();
      widths[i] = Math.max(widths[i] ?? 0, textWidth(cell));
    }
  }
  return widths;
}

function indentOf({ text, bars }: TableLine): string {
  return text.slice(0, bars[0]);
}

function alignRow({ start, text, bars }: TableLine, widths: readonly number[], indent: string): TextChange[] {
  const changes: TextChange[] = [];
  const put = (from: number, to: number, newText: string) => {
    if (text.slice(from, to) !== newText) changes.push({ start: start + from, end: start + to, newText });
  };
  put(0, bars[0] as number, indent);
  for (let i = 0; i + 1 < bars.length; i++) {
    const [from, to] = [(bars[i] as number) + 1, bars[i + 1] as number];
    const between = text.slice(from, to);
    const cell = between.trim();
    if (cell === '') {
      put(from, to, ' '.repeat((widths[i] as number) + 2));
      continue;
    }
    const cellStart = from + between.indexOf(cell);
    const cellEnd = cellStart + cell.length;
    put(from, cellStart, ' ');
    put(cellEnd, to, ' '.repeat((widths[i] as number) - textWidth(cell) + 1));
  }
  return changes;
}

/** A line that begins with a bar, as a row; none if something in it continues below: a bracket, a table in a cell. */
function readLine(source: Source, line: number): TableLine | undefined {
  const start = lineStarts(source)[line - 1];
  const text = lineText(source, line);
  if (start === undefined || !text.trimStart().startsWith('|')) return undefined;
  const { tokens } = tokenize(text);
  let depth = 0;
  const bars: number[] = [];
  for (const token of tokens) {
    if (isOpener(token)) depth++;
    else if (isCloser(token)) depth--;
    const isBar = token.tokenType === t.RowStart || token.tokenType === t.Bar || token.tokenType === t.RowEnd;
    if (isBar && depth === 0) bars.push(token.startOffset);
  }
  return depth === 0 ? { start, text, bars } : undefined;
}
