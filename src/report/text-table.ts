import { safeText, textWidth } from '../diagnostics/text-width.ts';

/** A table for a terminal: aligned columns under a header, with rules of box-drawing lines. */

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Columns by their titles: of words, of numbers, which are aligned right, and of words again. */
export function columnsOf(
  words: readonly string[],
  numbers: readonly string[] = [],
  more: readonly string[] = [],
): readonly Column[] {
  const titled = (titles: readonly string[], align: 'left' | 'right') => titles.map((title) => ({ title, align }));
  return [...titled(words, 'left'), ...titled(numbers, 'right'), ...titled(more, 'left')];
}

/** How a report marks its text. The command line gives colours on a terminal; plain text is the default. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

export const plain: Paint = { bold: same, dim: same, good: same, bad: same };

/**
 * Lays a table out. Empty columns are left out. A footer is below a second rule. Control characters in cells are
 * replaced: the contents of a table may come from any file.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly footer?: readonly string[]; readonly paint?: Paint } = {},
): string {
  const paint = options.paint ?? plain;
  const all = options.footer ? [...rows, options.footer] : rows;
  const shown = columns.map((column, i) => ({ column, i })).filter(({ i }) => all.some((row) => clean(row[i]) !== ''));
  const widths = shown.map(({ column, i }) =>
    all.reduce((most, row) => Math.max(most, textWidth(clean(row[i]))), textWidth(column.title)),
  );
  const line = (cells: readonly string[], align: boolean) =>
    shown
      .map(({ column }, k) => padTo(cells[k] ?? '', widths[k] as number, align ? column.align : 'left'))
      .join('  ')
      .trimEnd();
  const rule = paint.dim(widths.map((w) => '─'.repeat(w)).join('──'));
  const cellsOf = (row: readonly string[]) => shown.map(({ i }) => clean(row[i]));
  const lines = [
    paint.bold(
      line(
        shown.map(({ column }) => column.title),
        true,
      ),
    ),
    rule,
  ];
  for (const row of rows) lines.push(line(cellsOf(row), true));
  if (options.footer) lines.push(rule, paint.bold(line(cellsOf(options.footer), true)));
  return `${lines.join('\n')}\n`;
}

function padTo(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'right' ? fill + text : text + fill;
}

function clean(text: string | undefined): string {
  return safeText((text ?? '').replaceAll('\t', ' '));
}

function same(text: string): string {
  return text;
}
