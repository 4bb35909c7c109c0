import type { ModelNode } from '../../1-parse/ast.ts';
import type { ScalingPoint } from '../../4-scale/scaling.ts';
import type { Span } from '../../source.ts';
import { nameOfRow, placesOfTable, tablesIn } from '../tree/table-rows.ts';

/**
 * Where a stage of a network is written in its model: the row of its table, else its section; for a stage of an inner
 * model the section that uses that model. Undefined outside of sections.
 */
export function placeOfStage(
  model: ModelNode,
  point: ScalingPoint,
  section: string,
  row: string | undefined,
): Span | undefined {
  const own = model.members.find((m) => m.kind === 'section' && m.name.name === section);
  if (row === undefined) {
    if (own) return own.span;
    const outer = section.slice(0, section.lastIndexOf('.'));
    return section.includes('.') ? placeOfStage(model, point, outer, undefined) : undefined;
  }
  for (const rows of tablesIn(model)) {
    if (!placesOfTable(model, rows, point).some((place) => place.section === section)) continue;
    const found = rows.rows.find((r) => nameOfRow(rows, r) === row);
    if (found) return found.span;
  }
  return placeOfStage(model, point, section, undefined);
}
