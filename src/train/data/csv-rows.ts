import { DataError } from './types.ts';

const separators = [',', ';', '\t'] as const;
type Separator = (typeof separators)[number];

export interface CsvRow {
  /** The line that it starts on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The rows of a CSV text (RFC 4180): quoted cells may hold separators, line ends and doubled quotes; lines end with LF or
 * CRLF; a byte order mark and empty lines are passed over. The separator is the first comma, semicolon or tab of the first row
 * outside of quotes; in a file whose name ends in .tsv a tab, if there is one.
 * @param name of the file, for messages.
 * @throws DataError where a quote is not closed or text follows a closed one.
 */
export function* csvRows(text: string, name: string): Generator<CsvRow, undefined> {
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let line = 1;
  const separator = separatorOf(text, at, /\.tsv$/i.test(name));
  while (at < text.length) {
    const start = line;
    const cells: string[] = [];
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at, name, line) : plainCell(text, at, separator);
      for (let i = at; i < cell.end; i++) if (text.charCodeAt(i) === 10) line++;
      cells.push(cell.value);
      at = cell.end;
      if (text[at] !== separator) break;
      at++;
    }
    if (at < text.length && !isLineEnd(text, at)) {
      throw new DataError(
        `line ${line} of '${name}' has text after a closing quote. A quote within a cell is written twice.`,
      );
    }
    at += text[at] === '\r' ? 2 : 1;
    line++;
    if (cells.length > 1 || cells[0] !== '') yield { line: start, cells };
  }
}

function separatorOf(text: string, start: number, tabs: boolean): Separator {
  let first: Separator | undefined;
  let cellStart = true;
  for (let i = start; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '"' && cellStart) {
      i = endOfQuoted(text, i);
      if (i < 0) break;
      cellStart = false;
      continue;
    }
    const found = separators.find((s) => s === text[i]);
    if (found && (!tabs || found === '\t')) return found;
    first ??= found;
    cellStart = found !== undefined;
  }
  return first ?? ',';
}

/** Where the quote stands that closes a cell; -1 where none does. */
function endOfQuoted(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote;
}

/** CR alone is part of a cell. */
const isLineEnd = (text: string, at: number) => text[at] === '\n' || (text[at] === '\r' && text[at + 1] === '\n');

function plainCell(text: string, start: number, separator: Separator) {
  let end = start;
  while (end < text.length && text[end] !== separator && !isLineEnd(text, end)) end++;
  return { value: text.slice(start, end).trim(), end };
}

function quotedCell(text: string, start: number, name: string, line: number) {
  const quote = endOfQuoted(text, start);
  if (quote < 0) throw new DataError(`the quote that opens a cell on line ${line} of '${name}' is never closed.`);
  return { value: text.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 };
}
