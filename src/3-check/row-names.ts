import type { RowNode, RowsNode } from '../1-parse/ast.ts';

/** The names of a table's rows in paths. */
export function rowNames({ header, rows }: RowsNode): Set<string> {
  const column = header.findIndex((h) => h.name === 'name');
  return new Set(rows.map((row, i) => rowName(row, column, i)));
}

/** A row's name in paths: from its column `name`, else its number. */
export function rowName(row: RowNode, column: number, number: number): string {
  const value = row.cells[column]?.values[0];
  return value?.kind === 'name' ? value.text : String(number);
}
