import type { CellNode, Expr, SourceConventionNode, WeightsNode } from '../1-parse/ast.ts';
import { checkSourceConvention } from './check-settings.ts';
import { checkCells } from './check-table.ts';
import { type Checker, report, suggest } from './checker.ts';
import { variantNames } from './variants.ts';

/** Checks a weight map: its model, its columns and their conventions, and that stars can pair. */
export function checkWeights(c: Checker, weights: WeightsNode): void {
  const { name, span } = weights.name;
  if (name !== '' && c.module.scope.get(name)?.kind !== 'model') {
    const models = () => [...c.module.scope].flatMap(([n, d]) => (d.kind === 'model' ? [n] : []));
    const { hint, fixes } = suggest(c, name, models, span);
    report(c, 'unknown-weights-model', span, { name, hint }, { fixes });
  }
  const { header, rows } = weights.rows;
  if (header[0]?.name !== 'path' || header.length < 2)
    report(c, 'weights-columns', header[0]?.span ?? weights.rows.span, {});
  checkCells(c, weights.rows);
  checkConventions(c, weights);
  for (const row of rows) {
    const path = row.cells[0] && cellPatterns(c, row.cells[0])[0];
    if (path === undefined) continue;
    for (const cell of row.cells.slice(1)) {
      if (!cell) continue;
      for (const pattern of cellPatterns(c, cell)) {
        const counts = { path: stars(path), pattern: stars(pattern) };
        if (counts.path > 0 && counts.pattern === 0) report(c, 'star-count', cell.span, counts);
      }
    }
  }
}

function checkConventions(c: Checker, { name: model, conventions, rows }: WeightsNode): void {
  const columns = rows.header.slice(1).map((h) => h.name);
  const declared = c.module.scope.get(model.name);
  const seen = new Map<string, SourceConventionNode>();
  for (const convention of conventions) {
    const { column, name, variants } = convention;
    if (column.name !== '' && !columns.includes(column.name)) {
      const { hint, fixes } = suggest(c, column.name, () => columns, column.span);
      report(c, 'unknown-weights-column', column.span, { name: column.name, hint }, { fixes });
    }
    checkSourceConvention(c, convention);
    for (const variant of declared ? variants : []) {
      const known = variantNames(declared as NonNullable<typeof declared>);
      if (variant.name === '' || known.includes(variant.name)) continue;
      const { hint, fixes } = suggest(c, variant.name, () => known, variant.span);
      const data = { name: variant.name, model: model.name, names: known.join(', '), hint };
      report(c, 'unknown-variant', variant.span, data, { fixes });
    }
    for (const variant of variants.length > 0 ? variants : [undefined]) {
      const key = `${column.name} ${name.name} ${variant?.name ?? ''}`;
      const other = seen.get(key);
      if (other) {
        const data = { column: column.name, name: name.name, variant: variant?.name ?? '' };
        const related = [{ span: other.span, message: 'the first' }];
        report(c, 'duplicate-source-convention', (variant ?? convention).span, data, { related });
      } else seen.set(key, convention);
    }
  }
}

function stars(pattern: string): number {
  return pattern.split('*').length - 1;
}

function cellPatterns(c: Checker, cell: CellNode): string[] {
  return cell.values.flatMap((value) => {
    const text = patternText(value);
    if (text === undefined) report(c, 'weights-cell', value.span, {});
    return text === undefined ? [] : [text];
  });
}

/** A path or a string in a weight map's cell. */
export function patternText(value: Expr): string | undefined {
  return value.kind === 'name' ? value.text : value.kind === 'string' ? value.value : undefined;
}
