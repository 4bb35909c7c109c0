import type { CellNode, Expr, WeightsNode } from '../1-parse/ast.ts';
import { checkCells } from './check-table.ts';
import { type Checker, report, suggest } from './scope.ts';

/** Checks a weight map: its model, its columns, and that stars can pair. */
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
