import { memoise } from './memoise.ts';
import { lastIndexWhile } from './sorted.ts';

/** A text with its name; everything that points into a file points through one of these. */
export interface Source {
  /** Display name of the file: a path, `<stdin>`, or a library name such as `std/blocks`. */
  readonly name: string;
  readonly text: string;
}

/** A half-open range of UTF-16 offsets in a source. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** A place as people count it: both from 1. Columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The offsets at which the lines of a source start; computed once for a source. */
export const lineStarts = memoise(({ text }: Source): readonly number[] => {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
});

/** The line and column of an offset. An offset past the end is the end. */
export function positionAt(source: Source, offset: number): Position {
  const starts = lineStarts(source);
  const line = Math.max(
    0,
    lastIndexWhile(starts, (start) => start <= offset),
  );
  return { line: line + 1, column: Math.min(offset, source.text.length) - (starts[line] as number) + 1 };
}

/** Where the line of an offset starts. */
export function lineStartAt(text: string, offset: number): number {
  // before the first character `lastIndexOf` would still look at that one
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The text of a line (from 1), without its line end. */
export function lineText(source: Source, line: number): string {
  const starts = lineStarts(source);
  const start = starts[line - 1];
  if (start === undefined) return '';
  const end = starts[line] ?? source.text.length + 1;
  return source.text.slice(start, end - 1).replace(/\r$/, '');
}

/** The text that a span covers. */
export function spanText(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}

/** A text with the line ends that a document has, those of its first line. */
export function withLineEnds(text: string, document: string): string {
  const first = document.indexOf('\n');
  return first > 0 && document[first - 1] === '\r' ? text.replace(/\r?\n/g, '\r\n') : text;
}

/** The text of a span, for a message: on one line, and shortened where it is long. */
export function excerpt({ source, start, end }: Span, length = 40): string {
  const text = source.text.slice(start, Math.min(end, start + 4 * length)).replace(/\s+/g, ' ');
  return text.length > length || end > start + 4 * length ? `${text.slice(0, length - 3)}...` : text;
}

/** The smallest span that covers two of one source. */
export function joinSpans(a: Span, b: Span): Span {
  return { source: a.source, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/**
 * Makes a source from a file's bytes. UTF-8; a byte-order mark is dropped.
 * @returns the source, and whether the bytes were valid UTF-8 (invalid ones become U+FFFD).
 */
export function decodeSource(name: string, bytes: Uint8Array): { source: Source; valid: boolean } {
  let valid = true;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    valid = false;
    text = new TextDecoder('utf-8').decode(bytes);
  }
  return { source: { name, text }, valid };
}
