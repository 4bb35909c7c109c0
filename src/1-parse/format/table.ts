import * as t from '../../../grammar/tokens.ts';
import { textWidth } from '../../diagnostics/text-width.ts';
import { holdsRows } from './breaks.ts';
import { writeText } from './lines.ts';
import { beginLine, keepFirstComments, type Printer, print, putToken } from './print.ts';
import { needsSpace } from './spacing.ts';
import { isToken, isType, type PrintComment, type PrintElement, type PrintNode, type PrintToken } from './tree.ts';

/** A table in braces: one row per line, its columns aligned. */
export function printRows(p: Printer, { children }: PrintNode): void {
  const { indent, depth } = p;
  const widths = columnWidths(children);
  p.indent = indent + 2;
  p.depth = 0;
  children.forEach((child, i) => {
    if (isToken(child)) {
      if (isType(child, t.RBrace)) {
        p.indent = indent;
        beginLine(p, indent, 'keep', indent + 2);
      }
      putToken(p, child);
    } else {
      beginLine(p, indent + 2, i === 1 ? 'none' : 'keep');
      if (child.rule === 'sourceConvention') {
        keepFirstComments(p, i === 1, child);
        print(p, child);
      } else printRow(p, child, widths, i === 1);
    }
  });
  p.indent = indent;
  p.depth = depth;
}

function printRow(p: Printer, row: PrintNode, widths: readonly number[] | undefined, first: boolean): void {
  const start = row.children[0] as PrintToken;
  const nested = holdsRows(row);
  // A comment inside of a row would break it in two lines: it goes above.
  if (!nested) start.comments = [...start.comments, ...innerComments(row)];
  keepFirstComments(p, first, row);
  putToken(p, start);
  if (nested) {
    printNestedRow(p, row.children.slice(1));
    return;
  }
  const cells = cellTexts(row);
  const text = cells.map((cell, i) => ` ${cell}${widths ? ' '.repeat((widths[i] as number) - textWidth(cell)) : ''} |`);
  writeText(p.lines, text.join(''), 0);
}

/** A row with a table in one of its cells: printed as any other code, out of line with the other rows. */
function printNestedRow(p: Printer, children: readonly PrintElement[]): void {
  const { depth } = p;
  p.depth = 1;
  for (const child of children) print(p, child);
  p.depth = depth;
}

function innerComments(row: PrintNode): PrintComment[] {
  const inner = (row.children.slice(1) as PrintToken[]).flatMap((token) => token.comments);
  return inner.map((c) => ({ ...c, trailing: false, blankBefore: false }));
}

/** The cells of a row, each on one line; empty ones too. */
function cellTexts(row: PrintNode): string[] {
  const cells: string[] = [];
  let text = '';
  let previous: PrintToken | undefined;
  for (let i = 1; i < row.children.length; i++) {
    const token = row.children[i] as PrintToken;
    const { tokenType } = token.token;
    if (tokenType === t.Bar || tokenType === t.RowEnd) {
      cells.push(text);
      text = '';
      previous = undefined;
    } else {
      text += needsSpace(previous, token) ? ` ${token.token.image}` : token.token.image;
      previous = token;
    }
  }
  return cells;
}

/**
 * The width of each column; undefined if aligning would blow the text up (a few very long cells in a very long
 * table: no one reads that as a table, and a hostile one would take all memory).
 */
function columnWidths(children: readonly PrintElement[]): number[] | undefined {
  const widths: number[] = [];
  let bare = 0;
  let padded = 0;
  const rows = children.filter((c): c is PrintNode => !isToken(c) && c.rule !== 'sourceConvention' && !holdsRows(c));
  const counts = rows.map((row) => {
    const cells = cellTexts(row).map(textWidth);
    cells.forEach((width, i) => {
      widths[i] = Math.max(widths[i] ?? 0, width);
      bare += width + 3;
    });
    return cells.length;
  });
  let sum = 0;
  const sums = widths.map((width) => (sum += width + 3));
  for (const count of counts) padded += sums[count - 1] ?? 0;
  return padded > 4 * bare + 1_000_000 ? undefined : widths;
}
