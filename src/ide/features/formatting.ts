import { format } from '../../1-parse/format.ts';
import { lineStarts, lineText, positionAt, type Source } from '../../source.ts';
import type { Analysis } from '../core/analysis.ts';
import { alignRows, emptyRow, tableAround } from './align-table.ts';
import type { EditorEdit } from './diagnostics.ts';
import { type TextChange, textChanges } from './text-diff.ts';

/** The edits that make a document canonical, small ones where it is not. None if it has syntax errors. */
export function formatDocument({ source, path }: Analysis): readonly EditorEdit[] {
  const { text, diagnostics } = format(source);
  if (diagnostics.length > 0) return [];
  return editsOf(path, textChanges(source.text, text));
}

/** The same, only what changes within a range, whole lines of it. */
export function formatRange(analysis: Analysis, start: number, end: number): readonly EditorEdit[] {
  const { source } = analysis;
  const from = lineStarts(source)[positionAt(source, start).line - 1] ?? 0;
  const to = lineStarts(source)[positionAt(source, Math.max(start, end)).line] ?? source.text.length;
  return formatDocument(analysis).filter((edit) => from <= edit.start && edit.end <= to);
}

/** The characters at which `formatOnType` has something to do. */
export const formattingTriggers = ['|', '\n'] as const;

/**
 * The edits after a typed character: after a bar the table around it is aligned; after a new line at the end of a row the next row is inserted, its bars under the others. Works in text with errors, and changes only blanks.
 * @param offset after the character
 */
export function formatOnType({ source, path }: Analysis, offset: number, typed: string): readonly EditorEdit[] {
  const { line } = positionAt(source, offset);
  if (typed === '|') return editsOf(path, alignRows(tableAround(source, line)));
  if (typed !== '\n') return [];
  return editsOf(path, continueRow(source, line));
}

/** The row that continues below a complete one; nothing if the new line has text already. */
function continueRow(source: Source, line: number): TextChange[] {
  const rows = tableAround(source, line - 1);
  const above = rows.find((row) => row.start === lineStarts(source)[line - 2]);
  const [header] = rows;
  const text = lineText(source, line);
  if (!above || !header || text.trim() !== '' || header.bars.length < 2) return [];
  const last = above.bars.at(-1) as number;
  const isComplete = /^\s*(?:\/\/.*)?$/.test(above.text.slice(last + 1)) && above.bars.length > 1;
  if (!isComplete) return [];
  const below = tableAround(source, line + 1);
  const start = lineStarts(source)[line - 1] as number;
  const aligned = emptyRow([...rows, ...below.filter((row) => row.start !== start)]);
  return [{ start, end: start + text.length, newText: aligned }];
}

/** The changes that align the table around an offset; none if the offset is in no table, or it is aligned. */
export function alignTableAt({ source, path }: Analysis, offset: number): readonly EditorEdit[] {
  return editsOf(path, alignRows(tableAround(source, positionAt(source, offset).line)));
}

function editsOf(path: string, changes: readonly TextChange[]): EditorEdit[] {
  return changes.map((change) => ({ path, ...change }));
}
