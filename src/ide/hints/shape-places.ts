import type { ModelNode } from '../../1-parse/ast.ts';
import type { Shape } from '../../5-graph/graph.ts';
import { stageNumbers } from '../../report/stage-numbers.ts';
import type { AnalysedNetwork } from '../core/analysis.ts';
import { nameOfRow, placesOfTable } from '../tree/table-rows.ts';
import { tablesOf } from './table-hints.ts';

/** Where an output shape is shown: at the end of a row, and of a section that does not end in a table. */
export function shapePlaces(model: ModelNode, network: AnalysedNetwork): { offset: number; shape: Shape }[] {
  const { graph, point } = network;
  const ofRows = tablesOf(model, network).flatMap((rows) => {
    const [place] = placesOfTable(model, rows, point);
    return rows.rows.flatMap((row) => {
      const numbers = place?.isOnly && stageNumbers(graph, place.section, nameOfRow(rows, row));
      return numbers ? [{ offset: row.span.end, shape: numbers.output }] : [];
    });
  });
  const ofSections = model.members.flatMap((member) => {
    if (member.kind !== 'section') return [];
    const last = member.steps.at(-1)?.tail ?? member.tail;
    const numbers = last.rows?.kind === 'rows' ? undefined : stageNumbers(graph, member.name.name);
    return numbers ? [{ offset: member.span.end, shape: numbers.output }] : [];
  });
  return [...ofRows, ...ofSections];
}
