import { lineStarts, positionAt, type Source, type Span } from '../source.ts';
import { characterWidth, safeText } from './text-width.ts';

export interface FrameStyle {
  /** Columns of the line numbers. */
  readonly gutter: number;
  /** Columns of the whole. */
  readonly width: number;
  readonly underline: '^' | '-';
  dim(text: string): string;
  mark(text: string): string;
}

const tabWidth = 4;

/** The lines of a code frame: where, and the text of the span's first and last line, underlined. */
export function renderFrame(span: Span, style: FrameStyle): string[] {
  const { source } = span;
  const start = positionAt(source, span.start);
  const end = positionAt(source, Math.max(span.start, span.end - 1));
  const margin = ' '.repeat(style.gutter);
  const bar = style.dim(`${margin} |`);
  const lines = [
    `${margin}${style.dim('-->')} ${safeText(source.name)}:${start.line}:${start.column}`,
    bar,
    ...numbered(source, start.line, span.start, start.line === end.line ? span.end : Number.POSITIVE_INFINITY, style),
  ];
  if (end.line > start.line + 1) lines.push(style.dim('...'));
  if (end.line > start.line) {
    const from = firstVisible(source, end.line);
    lines.push(...numbered(source, end.line, Math.min(from, span.end - 1), span.end, style));
  }
  return lines;
}

/** A numbered line of the source, and the line that underlines it from `start` to `end`, offsets both. */
function numbered(source: Source, line: number, start: number, end: number, style: FrameStyle): string[] {
  const bounds = lineBounds(source, line);
  const shown = cutLine(source.text, bounds, start, Math.min(end, bounds.end), style.width - style.gutter - 3);
  const number = style.dim(`${String(line).padStart(style.gutter)} |`);
  const marks = style.mark(style.underline.repeat(shown.marks));
  const under = `${style.dim(`${' '.repeat(style.gutter)} |`)} ${' '.repeat(shown.before)}${marks}`;
  return [`${number} ${shown.text}`.trimEnd(), under];
}

interface Cut {
  readonly text: string;
  /** Columns before the marks, and the columns of the marks. */
  readonly before: number;
  readonly marks: number;
}

/** As much of a line as fits into `columns`, with the marked part in it: never reads more than it may show. */
function cutLine(text: string, bounds: Bounds, start: number, end: number, columns: number): Cut {
  const fits = bounds.end - bounds.start <= columns || end - bounds.start < columns;
  let from = fits ? bounds.start : Math.max(bounds.start, start - Math.floor(columns / 3));
  // Not between the halves of a surrogate pair.
  if (from > bounds.start && /[\udc00-\udfff]/.test(text.charAt(from))) from--;
  let shown = from > bounds.start ? '…' : '';
  let column = shown.length;
  let before = column;
  let marks = 0;
  let offset = from;
  while (offset < bounds.end) {
    const character = String.fromCodePoint(text.codePointAt(offset) as number);
    const isTab = character === '\t';
    const width = isTab ? tabWidth - (column % tabWidth) : characterWidth(safeText(character));
    // The last column is kept for the sign that more follows.
    if (column + width > columns - (offset + character.length < bounds.end ? 1 : 0)) break;
    shown += isTab ? ' '.repeat(width) : safeText(character);
    if (offset < start) before += width;
    else if (offset < end) marks += width;
    column += width;
    offset += character.length;
  }
  if (offset < bounds.end) shown += '…';
  return { text: shown, before, marks: Math.max(1, marks) };
}

interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** Where a line (from 1) starts and ends, its line end left out. */
function lineBounds(source: Source, line: number): Bounds {
  const starts = lineStarts(source);
  const start = starts[line - 1] ?? source.text.length;
  let end = (starts[line] ?? source.text.length + 1) - 1;
  if (end > start && source.text[end - 1] === '\r') end--;
  return { start, end };
}

/** The offset of the first character of a line that is not a blank. */
function firstVisible(source: Source, line: number): number {
  const { start, end } = lineBounds(source, line);
  let at = start;
  while (at < end && (source.text[at] === ' ' || source.text[at] === '\t')) at++;
  return at;
}
