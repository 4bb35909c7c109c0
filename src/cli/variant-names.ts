import type { ModelNode } from '../1-parse/ast.ts';

/** The names of a model's variants, in the order of its rows; read off the syntax alone. */
export function variantNames(model: ModelNode): string[] {
  const variants = model.members.find((m) => m.kind === 'variants');
  if (!variants) return [];
  const column = variants.rows.header.findIndex((h) => h.name === 'name');
  return variants.rows.rows.flatMap((row) => {
    const value = row.cells[column]?.values[0];
    return value?.kind === 'name' ? [value.text] : [];
  });
}
