import type { RowsNode } from '../1-parse/ast.ts';
import { weightMapsOf } from '../2-resolve/choose-model.ts';
import type { DeclaredModel, Program } from '../2-resolve/program.ts';
import { patternText } from '../3-check/check-weights.ts';
import type { WeightMapRow } from './weight-map.ts';

/** The weight maps that a program declares for a model: rows by the name of their column, `timm`, `torchvision`. */
export function declaredMaps(program: Program, model: DeclaredModel): ReadonlyMap<string, readonly WeightMapRow[]> {
  const columns = new Map<string, WeightMapRow[]>();
  for (const { node } of weightMapsOf(program, model)) {
    node.rows.header.slice(1).forEach((column, i) => {
      const rows = columns.get(column.name) ?? [];
      rows.push(...columnRows(node.rows, i + 1));
      columns.set(column.name, rows);
    });
  }
  return columns;
}

function columnRows(rows: RowsNode, column: number): WeightMapRow[] {
  return rows.rows.flatMap(({ cells, span }) => {
    const path = cells[0]?.values[0];
    const cell = cells[column];
    const text = path && patternText(path);
    if (!cell || text === undefined) return [];
    return [{ path: text, pattern: cell.values.map((v) => patternText(v) ?? '').join(','), span }];
  });
}
