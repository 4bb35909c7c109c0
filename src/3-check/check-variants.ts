import type { RowsNode } from '../1-parse/ast.ts';
import type { Span } from '../source.ts';
import { checkExpr, expectType } from './check-expr.ts';
import { checkCells, checkRowNames } from './check-table.ts';
import { type Checker, report, suggest } from './checker.ts';
import { pointColumns } from './meanings/declaration-names.ts';
import type { Type } from './types.ts';

/** Checks the rows of `variants`: a column is a parameter of the model, a factor, `name` or `phi`. */
export function checkVariants(c: Checker, rows: RowsNode): void {
  checkCells(c, rows);
  checkRowNames(c, rows);
  const { header } = rows;
  if (!header.some((h) => h.name === 'name')) report(c, 'variant-without-name', header[0]?.span ?? rows.span, {});
  const types = header.map((column): Type | undefined => {
    const { name, span } = column;
    const param = c.meanings.columns.get(column);
    if (param) return c.locals.get(param)?.type;
    if (name === 'name' || name === '') return undefined;
    if (pointColumns.has(name)) return 'number';
    const params = [...c.locals.keys()].flatMap(({ kind, ident }) => (kind === 'parameter' ? [ident.name] : []));
    const { hint, fixes } = suggest(c, name, () => [...pointColumns, ...params], span);
    report(c, 'unknown-column', span, { name, where: 'parameter of the model is called', hint }, { fixes });
    return undefined;
  });
  const phis = new Map<number, Span>();
  for (const row of rows.rows) {
    header.forEach(({ name }, i) => {
      const cell = row.cells[i];
      const type = types[i];
      const [value] = cell?.values ?? [];
      if (!cell || !type || !value) return;
      if (cell.values.length > 1) report(c, 'cell-values', cell.span, { column: name });
      expectType(c, checkExpr(c, value), type, value.span, `the cell of '${name}'`);
      if (name === 'phi' && value.kind === 'number') {
        const other = phis.get(value.value);
        const related = other ? [{ span: other, message: 'the first with that phi' }] : [];
        if (other) report(c, 'duplicate-phi', value.span, { phi: value.value }, { related });
        else phis.set(value.value, value.span);
      }
    });
  }
}
