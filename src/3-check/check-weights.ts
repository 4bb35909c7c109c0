import type { CellNode, Expr, WeightsNode } from '../1-parse/ast.ts';
import { replaceFix } from '../diagnostics/diagnostic.ts';
import { didYouMean, nearestNames } from '../diagnostics/nearest.ts';
import { type Checker, report } from './scope.ts';

/** Checks a weight map: its model, its columns, and that stars can pair. */
export function checkWeights(c: Checker, weights: WeightsNode): void {
  const { name, span } = weights.name;
  const models = [...c.module.scope].filter(([, d]) => d.kind === 'model').map(([n]) => n);
  if (name !== '' && !models.includes(name)) {
    const fixes = nearestNames(name, models).map((n) => replaceFix(`Rename to '${n}'`, span, n));
    report(c, 'unknown-weights-model', span, { name, hint: didYouMean(name, models) }, { fixes });
  }
  const { header, rows } = weights.rows;
  if (header[0]?.name !== 'path' || header.length < 2)
    report(c, 'weights-columns', header[0]?.span ?? weights.rows.span, {});
  const seen = new Set<string>();
  for (const h of header) {
    if (h.name !== '' && seen.has(h.name)) report(c, 'duplicate-column', h.span, { name: h.name });
    seen.add(h.name);
  }
  for (const row of rows) {
    if (row.cells.length !== header.length) {
      report(c, 'cell-count', row.span, { cells: row.cells.length, columns: header.length });
    }
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
