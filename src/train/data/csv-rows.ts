import { DataError } from './types.ts';

const separators = [',', ';', '\t'] as const;
type Separator = (typeof separators)[number];

export interface CsvRow {
  /** The line that it starts on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The rows of a CSV text (RFC 4180): quoted cells may hold separators, line ends and doubled quotes, and have blanks around them;
 * lines end with LF, CRLF or CR; a byte order mark and rows without text are skipped. The separator is the first comma, semicolon or tab of the first row
 * outside of quotes; in a file whose name ends in .tsv a tab, if there is one.
 * @param name of the file, for messages.
 * @throws DataError if a quote is not closed or text follows a closed one.
 */
export function* csvRows(text: string, name: string): Generator<CsvRow, undefined> {
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let line = 1;
  const separator = separatorOf(text, at, /\.tsv$/i.test(name));
  while (at < text.length) {
    const start = line;
    const cells: string[] = [];
    for (;;) {
      const opening = afterBlanks(text, at, separator);
      const cell =
        text[opening] === '"' ? quotedCell(text, opening, separator, name, line) : plainCell(text, at, separator);
      for (let i = at; i < cell.end; i++) if (isLineEnd(text, i) && !isPair(text, i)) line++;
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
    at += isPair(text, at) ? 2 : 1;
    line++;
    if (cells.some((cell) => cell !== '')) yield { line: start, cells };
  }
}

function separatorOf(text: string, start: number, tabs: boolean): Separator {
  let first: Separator | undefined;
  let cellStart = true;
  for (let i = start; i < text.length && !isLineEnd(text, i); i++) {
    if (text[i] === '"' && cellStart) {
      i = endOfQuoted(text, i);
      if (i < 0) break;
      cellStart = false;
      continue;
    }
    const found = separators.find((s) => s === text[i]);
    if (found && (!tabs || found === '\t')) return found;
    first ??= found;
    cellStart = found !== undefined || (cellStart && text[i] === ' ');
  }
  return first ?? ',';
}

/** Position of the quote that closes a cell; -1 if there is none. */
function endOfQuoted(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote;
}

const isLineEnd = (text: string, at: number) => text[at] === '\n' || text[at] === '\r';
const isPair = (text: string, at: number) => text[at] === '\r' && text[at + 1] === '\n';

/** Position of a cell's first character that is neither a blank nor a tab. */
function afterBlanks(text: string, start: number, separator: Separator): number {
  let at = start;
  while (text[at] === ' ' || (text[at] === '\t' && separator !== '\t')) at++;
  return at;
}

function plainCell(text: string, start: number, separator: Separator) {
  let end = start;
  while (end < text.length && text[end] !== separator && !isLineEnd(text, end)) end++;
  return { value: text.slice(start, end).trim(), end };
}

function quotedCell(text: string, start: number, separator: Separator, name: string, line: number) {
  const quote = endOfQuoted(text, start);
  if (quote < 0) throw new DataError(`the quote that opens a cell on line ${line} of '${name}' is never closed.`);
  return { value: text.slice(start + 1, quote).replaceAll('""', '"'), end: afterBlanks(text, quote + 1, separator) };
}
