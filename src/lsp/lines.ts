import type { Position, Range } from 'vscode-languageserver-types';

/** What a character of a position counts: UTF-16 units, or bytes of UTF-8 where the client prefers them. */
export type Encoding = 'utf-16' | 'utf-8';

/** A text with the offsets at which its lines start; lines end as the protocol says: with \n, \r\n or \r. */
export interface Lines {
  readonly text: string;
  readonly starts: readonly number[];
}

/** Finds the lines of a text. */
export function linesOf(text: string): Lines {
  const starts = [0];
  let carriage = text.indexOf('\r');
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    for (; carriage >= 0 && carriage < at; carriage = text.indexOf('\r', carriage + 1)) {
      if (carriage + 1 < at) starts.push(carriage + 1);
    }
    starts.push(at + 1);
  }
  for (; carriage >= 0; carriage = text.indexOf('\r', carriage + 1)) starts.push(carriage + 1);
  return { text, starts };
}

/** The position of an offset; an offset outside of the text is its nearest end. */
export function positionAt({ text, starts }: Lines, offset: number, encoding: Encoding): Position {
  const at = Math.max(0, Math.min(offset, text.length));
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  const start = starts[low] as number;
  const end = beforeLineEnd(text, start, at);
  return { line: low, character: encoding === 'utf-8' ? byteLength(text, start, end) : end - start };
}

/** The offset of a position. One past a line's end is its end, one past the last line the end of the text. */
export function offsetAt({ text, starts }: Lines, position: Position, encoding: Encoding): number {
  const { line, character } = position;
  if (!(line >= 0)) return 0;
  const start = starts[Math.floor(line)];
  if (start === undefined) return text.length;
  if (!(character > 0)) return start;
  const end = beforeLineEnd(text, start, starts[Math.floor(line) + 1] ?? text.length);
  if (encoding === 'utf-8') return offsetOfByte(text, start, end, character);
  return Math.min(start + Math.floor(character), end);
}

/** The range of a pair of offsets. */
export function rangeOf(lines: Lines, start: number, end: number, encoding: Encoding): Range {
  return { start: positionAt(lines, start, encoding), end: positionAt(lines, end, encoding) };
}

/** The offset, or the last one before the line's end characters where it stands among them. */
function beforeLineEnd(text: string, start: number, offset: number): number {
  let at = offset;
  while (at > start && isLineEnd(text.charCodeAt(at - 1))) at--;
  return at;
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

function bytesAt(text: string, at: number): number {
  const code = text.codePointAt(at) as number;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

function byteLength(text: string, start: number, end: number): number {
  let bytes = 0;
  for (let at = start; at < end; ) {
    const size = bytesAt(text, at);
    bytes += size;
    at += size === 4 ? 2 : 1;
  }
  return bytes;
}

function offsetOfByte(text: string, start: number, end: number, byte: number): number {
  let bytes = 0;
  let at = start;
  while (at < end) {
    const size = bytesAt(text, at);
    if (bytes + size > byte) break;
    bytes += size;
    at += size === 4 ? 2 : 1;
  }
  return at;
}
