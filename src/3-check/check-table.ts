import type { Expr, Ident, RowNode, RowsNode } from '../1-parse/ast.ts';
import { type Checker, report } from './checker.ts';

/** What all tables have in common: each column occurs once, and each row has a cell for each column. */
export function checkCells(c: Checker, { header, rows }: RowsNode): void {
  const seen = new Set<string>();
  for (const { name, span } of header) {
    if (name !== '' && seen.has(name)) report(c, 'duplicate-column', span, { name });
    seen.add(name);
  }
  for (const row of rows) {
    if (!isWhole(row, header)) report(c, 'cell-count', row.span, { cells: row.cells.length, columns: header.length });
  }
}

/** Whether a row has as many cells as there are columns; if not, only that is reported. */
export function isWhole(row: RowNode, header: readonly Ident[]): boolean {
  return row.cells.length === header.length;
}

/** Row names make paths and choose variants, so each is a unique name (or a number's place). */
export function checkRowNames(c: Checker, { header, rows }: RowsNode): void {
  const column = header.findIndex((h) => h.name === 'name');
  if (column < 0) return;
  const seen = new Map<string, Expr>();
  for (const row of rows) {
    const values = row.cells[column]?.values ?? [];
    const [value] = values;
    if (values.length !== 1 || value?.kind !== 'name') {
      if (isWhole(row, header)) {
        const found = value === undefined ? 'nothing' : values.length > 1 ? 'several' : 'a value';
        report(c, 'wrong-type', value?.span ?? row.span, { what: "the cell of 'name'", expected: 'one name', found });
      }
      continue;
    }
    const other = seen.get(value.text);
    if (other) {
      const related = [{ span: other.span, message: 'the first of that name' }];
      report(c, 'duplicate-row', value.span, { name: value.text }, { related });
    } else seen.set(value.text, value);
  }
}
