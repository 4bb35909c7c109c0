import type { RowsNode } from '../../../1-parse/ast.ts';
import { positionAt } from '../../../source.ts';
import type { Analysis } from '../../core/analysis.ts';
import { innermost, nodePath } from '../../tree/node-path.ts';
import { type TableLine, tableAround } from '../align-table.ts';
import type { EditorDiagnostic, EditorFix } from '../diagnostics.ts';
import { missingParameter, valueFor } from './missing-parameter.ts';

/** A table by its tree and by its lines, where the two agree: each row a line that ends with its bar. */
interface Table {
  readonly node: RowsNode;
  readonly header: TableLine;
  readonly rows: readonly TableLine[];
}

/** Adds the column that the blocks of a table need, with a value to start from in each row. */
export function addColumn(analysis: Analysis, d: EditorDiagnostic): EditorFix[] {
  const param = missingParameter(analysis, d);
  const value = param && valueFor(param);
  const table = value !== undefined && tableOf(analysis, d.start);
  if (!param || !table) return [];
  const width = Math.max(param.name.length, value.length);
  const edits = [table.header, ...table.rows].map((line, i) => ({
    ...afterLastBar(analysis, line),
    newText: ` ${(i === 0 ? param.name : value).padEnd(width)} |`,
  }));
  return [{ title: `Add the column '${param.name}'`, safe: false, edits }];
}

/** Writes a value to start from into the cell that may not be empty. */
export function fillCell(analysis: Analysis, d: EditorDiagnostic): EditorFix[] {
  const param = missingParameter(analysis, d);
  const value = param && valueFor(param);
  const table = value !== undefined && tableOf(analysis, d.start);
  if (!param || !table) return [];
  const column = table.node.header.findIndex((h) => h.name === param.name);
  const line = lineAt(analysis, d.start);
  const [start, end] = [line?.bars[column], line?.bars[column + 1]];
  if (!line || start === undefined || end === undefined) return [];
  const newText = ` ${value.padEnd(end - start - 3)} `;
  const edit = { path: analysis.path, start: line.start + start + 1, end: line.start + end, newText };
  return [{ title: `Write ${value} for '${param.name}'`, safe: false, edits: [edit] }];
}

/** Empties a cell whose parameter the row's block does not have. */
export function emptyCell({ path }: Analysis, { start, end }: EditorDiagnostic): EditorFix[] {
  const edit = { path, start, end, newText: ' '.repeat(end - start) };
  return [{ title: 'Empty the cell', safe: false, edits: [edit] }];
}

/** Adds the empty cells that a row lacks at its end. */
export function addCells(analysis: Analysis, { start }: EditorDiagnostic): EditorFix[] {
  const table = tableOf(analysis, start);
  const line = lineAt(analysis, start);
  if (!table || !line) return [];
  const { bars } = table.header;
  const widths = bars.slice(line.bars.length - 1, -1).map((bar, i) => (bars[line.bars.length + i] as number) - bar - 1);
  if (widths.length === 0) return [];
  const newText = widths.map((width) => `${' '.repeat(width)}|`).join('');
  const title = widths.length === 1 ? 'Add an empty cell' : `Add ${widths.length} empty cells`;
  return [{ title, safe: false, edits: [{ ...afterLastBar(analysis, line), newText }] }];
}

function lineAt({ source }: Analysis, offset: number): TableLine | undefined {
  const rows = tableAround(source, positionAt(source, offset).line);
  return rows.find((row) => row.start <= offset && offset <= row.start + row.text.length);
}

function tableOf(analysis: Analysis, offset: number): Table | undefined {
  const { node, offset: local } = analysis.declarationAt(offset);
  const rowsNode = node && innermost<RowsNode & { kind: string }>(nodePath(node, local), 'rows');
  const [header, ...rows] = tableAround(analysis.source, positionAt(analysis.source, offset).line);
  if (!rowsNode || !header || rows.length !== rowsNode.rows.length) return undefined;
  const whole = [header, ...rows].every(({ bars, text }) => {
    const last = bars.at(-1) as number;
    return bars.length > 1 && /^\s*(?:\/\/.*)?$/.test(text.slice(last + 1));
  });
  return whole ? { node: rowsNode, header, rows } : undefined;
}

function afterLastBar({ path }: Analysis, { start, bars }: TableLine): { path: string; start: number; end: number } {
  const at = start + (bars.at(-1) as number) + 1;
  return { path, start: at, end: at };
}
