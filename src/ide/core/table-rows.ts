import type { RowNode, RowsNode } from '../../1-parse/ast.ts';
import { type ParseResult, type PartOfFile, parse } from '../../1-parse/parse.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import type { Source } from '../../source.ts';

/** A row as its line alone says it, and where the line starts in the source that it was read from. */
interface KnownRow {
  readonly row: RowNode;
  readonly lineStart: number;
}

/** Rows of large tables by the text of their line: a plain row is read the same wherever it stands between others. */
export type RowsByLine = ReadonlyMap<string, KnownRow>;

export interface ParsedRows {
  readonly parsed: ParseResult;
  readonly rows: RowsByLine;
}

interface Line {
  readonly start: number;
  readonly text: string;
}

/** Rows that stand together, from which on it pays to know them. */
const fewestRows = 64;

/**
 * Parses a piece whose rows are mostly known: they are left blank for the parser and put into their table afterwards,
 * each with its place. What comes out is what `parse` gives.
 * @returns undefined where the piece has no large table, or one that is not plain
 */
export function parseWithRows(source: Source, place: PartOfFile, known: RowsByLine): ParsedRows | undefined {
  const runs = source.text.includes('\r') ? [] : rowRuns(source.text);
  if (runs.length === 0) return undefined;
  const unknown = new Set(runs.flat().flatMap(({ text }) => (known.has(text) ? [] : [text])));
  const read = new Map<string, KnownRow>();
  readLines([...unknown], read);
  const rows = new Map<string, KnownRow>();
  const left = runs.flatMap((run) => {
    const isKnown = run.map(({ text }) => {
      const row = known.get(text) ?? read.get(text);
      if (row) rows.set(text, row);
      return row !== undefined;
    });
    // what is not plain is read with the rows about it
    return run.filter((_, i) => isKnown[i] && isKnown[i - 1] !== false && isKnown[i + 1] !== false);
  });
  const text = blanked(source.text, left);
  // the parser reads the blanked text; all that it makes points into the source, which has the real one from here on
  const shown: { -readonly [K in keyof Source]: Source[K] } = source;
  const real = source.text;
  shown.text = text;
  const parsed = parse(source, place);
  shown.text = real;
  return putBack(parsed, source, left, rows) ? { parsed, rows } : undefined;
}

/** The rows within each large table, the first two and the last left out: they are read where they stand. */
function rowRuns(text: string): Line[][] {
  const runs: Line[][] = [];
  let run: Line[] = [];
  const close = () => {
    if (run.length >= fewestRows) runs.push(run.slice(2, -1));
    run = [];
  };
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd < 0 ? text.length : lineEnd;
    const line = text.slice(start, end);
    if (plainRow.test(line)) run.push({ start, text: line });
    else close();
    start = end + 1;
  }
  close();
  return runs;
}

/** Bars at both ends, and nothing in which a bar or a bracket could be hidden. */
const plainRow = /^[ \t]*\|[^/"'#]*\|[ \t]*$/;

/** Reads rows by their lines alone; one that has anything to be said of is left out. */
function readLines(lines: readonly string[], rows: Map<string, KnownRow>): void {
  if (lines.length === 0) return;
  const head = 'weights x {\n| a |\n';
  const { ast, diagnostics } = parse({ name: '', text: `${head}${lines.join('\n')}\n}\n` });
  const [node] = ast.declarations;
  const read = node?.kind === 'weights' ? node.rows.rows : [];
  if (diagnostics.length > 0 || read.length !== lines.length || ast.declarations.length !== 1) {
    if (lines.length === 1) return;
    const middle = lines.length >> 1;
    readLines(lines.slice(0, middle), rows);
    readLines(lines.slice(middle), rows);
    return;
  }
  let lineStart = head.length;
  lines.forEach((text, i) => {
    rows.set(text, { row: read[i] as RowNode, lineStart });
    lineStart += text.length + 1;
  });
}

/** A text with some of its lines blank, each as long as it was. */
function blanked(text: string, lines: readonly Line[]): string {
  const parts: string[] = [];
  let end = 0;
  for (const line of lines) {
    parts.push(text.slice(end, line.start), ' '.repeat(line.text.length));
    end = line.start + line.text.length;
  }
  parts.push(text.slice(end));
  return parts.join('');
}

/** Puts rows into the tables that hold their places. @returns whether each has one */
function putBack({ ast }: ParseResult, source: Source, lines: readonly Line[], rows: RowsByLine): boolean {
  const tables: { -readonly [K in keyof RowsNode]: RowsNode[K] }[] = [];
  walkNodes(ast.declarations, (node) => {
    if (node.kind === 'rows') tables.push(node as RowsNode);
    return node.kind !== 'rows';
  });
  let next = 0;
  for (const table of tables) {
    const { start, end } = table.span;
    const added: RowNode[] = [];
    for (; next < lines.length && (lines[next] as Line).start < end; next++) {
      const line = lines[next] as Line;
      const { row, lineStart } = rows.get(line.text) as KnownRow;
      if (line.start <= start) return false;
      added.push(moved(row, source, line.start - lineStart) as RowNode);
    }
    if (added.length === 0) continue;
    table.rows = [...table.rows, ...added].sort((a, b) => a.span.start - b.span.start);
  }
  return next === lines.length;
}

/** A copy of a part of a tree that stands elsewhere. */
function moved(part: unknown, source: Source, by: number): unknown {
  if (Array.isArray(part)) return part.map((item) => moved(item, source, by));
  if (typeof part !== 'object' || part === null) return part;
  const copy: Record<string, unknown> = {};
  for (const key in part) {
    const value = (part as Record<string, unknown>)[key];
    if (key === 'span') {
      const { start, end } = value as RowNode['span'];
      copy.span = { source, start: start + by, end: end + by };
    } else copy[key] = moved(value, source, by);
  }
  return copy;
}
