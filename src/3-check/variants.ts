import type { CellNode, ModelNode, RowNode } from '../1-parse/ast.ts';
import type { Declared } from '../2-resolve/program.ts';

/** A row of a model's `variants`. */
export interface VariantRow {
  readonly name: string;
  readonly row: RowNode;
  /** The cell of a column, by the column's name; undefined if it is empty or there is no such column. */
  cell(column: string): CellNode | undefined;
}

const known = new WeakMap<ModelNode, ReadonlyMap<string, VariantRow>>();

/** The rows of a model's `variants` that have a name, in order. Found once for each model. */
export function variantRows(model: ModelNode): ReadonlyMap<string, VariantRow> {
  let rows = known.get(model);
  if (!rows) {
    rows = readRows(model);
    known.set(model, rows);
  }
  return rows;
}

/** The names of a model's variants, in order. */
export function variantNames(declared: Declared): string[] {
  return declared.kind === 'model' ? [...variantRows(declared.node).keys()] : [];
}

function readRows(model: ModelNode): Map<string, VariantRow> {
  const found = new Map<string, VariantRow>();
  const node = model.members.find((m) => m.kind === 'variants');
  const columns = new Map((node?.rows.header ?? []).map((h, i) => [h.name, i]));
  for (const row of node?.rows.rows ?? []) {
    const cell = (column: string) => row.cells[columns.get(column) ?? -1];
    const name = cell('name')?.values[0];
    if (name?.kind === 'name' && !found.has(name.text)) found.set(name.text, { name: name.text, row, cell });
  }
  return found;
}
