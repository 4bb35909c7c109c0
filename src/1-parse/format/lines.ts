import { textWidth } from '../../diagnostics/text-width.ts';

/** The conditions of one chain, aligned in a column. */
export interface ConditionColumn {
  /** Spaces before a condition at least. */
  gap: number;
  readonly lines: OutputLine[];
}

/** A line of the output. Trailing parts are aligned when all lines are known. */
export interface OutputLine {
  readonly indent: number;
  text: string;
  width: number;
  /** A trailing `if` begins here in `text`. */
  condition?: { readonly at: number; readonly width: number; readonly column: number; readonly of: ConditionColumn };
  comment?: { readonly text: string; readonly column: number };
  /** A row of a table: its comment follows after three spaces. */
  readonly row: boolean;
}

/** The lines printed so far. */
export interface PrintedLines {
  readonly done: OutputLine[];
  current: OutputLine;
}

export function createLines(): PrintedLines {
  return { done: [], current: createLine(0) };
}

function createLine(indent: number, row = false): OutputLine {
  return { indent, text: '', width: 0, row };
}

/** Ends the current line. Before anything was printed there is none to end. */
export function startLine(lines: PrintedLines, indent: number, row = false): void {
  if (lines.done.length > 0 || lines.current.text !== '') lines.done.push(lines.current);
  lines.current = createLine(indent, row);
}

/** Leaves a blank line before the current one, which is still empty; not at the start of the file. */
export function blankLine(lines: PrintedLines): void {
  if (lines.done.length > 0) lines.done.push(createLine(0));
}

export function writeText(lines: PrintedLines, text: string, width: number): void {
  lines.current.text += text;
  lines.current.width += width;
}

/** The column that the next character takes, from 0. */
export function columnOf(lines: PrintedLines): number {
  return lines.current.indent + lines.current.width;
}

/** The whole text, LF line ends. */
export function joinLines(lines: PrintedLines): string {
  const all = [...lines.done, lines.current];
  const columns = new Set(all.flatMap((line) => (line.condition ? [line.condition.of] : [])));
  for (const column of columns) alignConditions(column);
  const text = all.map(lineText).join('\n').trimEnd();
  return text === '' ? '' : `${text}\n`;
}

/** The author's column is kept if it is a single one and fits; otherwise it is two spaces after the longest. */
function alignConditions(group: ConditionColumn): void {
  const lines = [...new Set(group.lines)].filter((line) => line.condition?.of === group);
  const longest = lines.reduce((most, line) => Math.max(most, line.indent + line.condition!.width), 0);
  const chosen = lines[0]?.condition?.column ?? Number.NaN;
  const agreed = chosen >= longest + group.gap && lines.every((line) => line.condition?.column === chosen);
  const column = agreed ? chosen : longest + group.gap;
  for (const line of lines) {
    const { at, width } = line.condition!;
    // One space is there already.
    const pad = column - line.indent - width - 1;
    line.text = `${line.text.slice(0, at)}${' '.repeat(pad)}${line.text.slice(at)}`;
    line.width += pad;
  }
}

/** A comment further right than this is not where someone aligned it. */
const rightmostComment = 100;

function lineText(line: OutputLine): string {
  const code = line.text === '' ? '' : ' '.repeat(line.indent) + line.text;
  if (!line.comment) return code;
  if (line.row) return `${code}   ${line.comment.text}`;
  // A comment stays in its column, so that comments which the author aligned stay aligned; two spaces at least.
  const width = line.indent + line.width;
  const column = line.comment.column <= rightmostComment ? Math.max(width + 2, line.comment.column) : width + 2;
  return `${code}${' '.repeat(column - width)}${line.comment.text}`;
}

/** A comment on a line of its own. */
export function writeComment(lines: PrintedLines, text: string): void {
  writeText(lines, text, textWidth(text));
}
