import type { CallNode, CellNode, ModelNode, RowsNode } from '../../1-parse/ast.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import type { AnalysedNetwork } from '../core/analysis.ts';
import { pointName } from '../numbers/network-numbers.ts';
import { placesOfTable, tablesIn } from '../tree/table-rows.ts';
import type { InlayHint } from './inlay-hint.ts';
import { type CallValue, callValue, valueHint } from './value-hints.ts';

/** A name longer than this does not widen a column. */
const longestName = 8;

/**
 * The values of scaled numbers in tables. A column with a value that differs from the text has a hint in each row, all
 * of one length, and the point's name at its head, so that the bars stay aligned.
 */
export function tableHints(model: ModelNode, network: AnalysedNetwork): InlayHint[] {
  return tablesOf(model, network).flatMap((rows) =>
    rows.header.flatMap((_, column) => columnHints(rows, column, network)),
  );
}

/** The tables that sections of the model build at this point. */
export function tablesOf(model: ModelNode, network: AnalysedNetwork): RowsNode[] {
  return tablesIn(model).filter((rows) => placesOfTable(model, rows, network.point).length > 0);
}

function columnHints({ header, rows }: RowsNode, column: number, network: AnalysedNetwork): InlayHint[] {
  const cells = rows.map((row) => row.cells[column]);
  const values = cells.map((cell) => cell && cellValue(network, cell));
  if (!values.some((value) => value?.changed)) return [];
  const name = pointName(network.point);
  const longest = Math.max(...values.map((value) => value?.text.length ?? 0));
  const width = Math.max(longest + 2, name.length <= longestName ? name.length : 0);
  const hints = cells.flatMap((cell, i) => {
    const value = values[i];
    // a cell without a scaled number takes the same room
    const text = value ? `= ${value.text.padStart(width - 2)}` : ' '.repeat(width);
    return cell ? [valueHint(cell.span.end, text, value?.traces ?? [])] : [];
  });
  const head = header[column];
  if (head) hints.push(valueHint(head.span.end, cut(name, width).padEnd(width), []));
  return hints;
}

/** The one scaled number of a cell; undefined if it has none or several. */
function cellValue(network: AnalysedNetwork, cell: CellNode): CallValue | undefined {
  const found: CallValue[] = [];
  walkNodes(cell, (node) => {
    const value = node.kind === 'call' ? callValue(network, node as CallNode) : undefined;
    if (value) found.push(value);
    return !value;
  });
  return found.length === 1 ? found[0] : undefined;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
