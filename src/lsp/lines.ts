import type { Position, Range } from 'vscode-languageserver-types';
import { memoise } from '../memoise.ts';
import { lastIndexWhile } from '../sorted.ts';

/** The unit of positions: UTF-16 code units, or bytes of UTF-8 if the client prefers them. */
export type PositionEncoding = 'utf-16' | 'utf-8';

/** A text with the offsets at which its lines start; lines end with \n, \r\n or \r, as in the protocol. */
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
export function positionAt(lines: Lines, offset: number, encoding: PositionEncoding): Position {
  const { text, starts } = lines;
  const at = Math.max(0, Math.min(offset, text.length));
  const line = lastIndexWhile(starts, (start) => start <= at);
  const start = starts[line] as number;
  const end = beforeLineEnd(text, start, at);
  return { line, character: encoding === 'utf-8' ? bytesBetween(lines, start, end) : end - start };
}

/** The offset of a position. One past a line's end is its end, one past the last line the end of the text. */
export function offsetAt(lines: Lines, position: Position, encoding: PositionEncoding): number {
  const { text, starts } = lines;
  const { line, character } = position;
  if (!(line >= 0)) return 0;
  const start = starts[Math.floor(line)];
  if (start === undefined) return text.length;
  if (!(character > 0)) return start;
  const end = beforeLineEnd(text, start, starts[Math.floor(line) + 1] ?? text.length);
  if (encoding === 'utf-8') return offsetOfByteIn(lines, start, end, character);
  return Math.min(start + Math.floor(character), end);
}

/** The range of a pair of offsets. */
export function rangeOf(lines: Lines, start: number, end: number, encoding: PositionEncoding): Range {
  return { start: positionAt(lines, start, encoding), end: positionAt(lines, end, encoding) };
}

/** The offset, or the last one before the line's end characters if it is among them. */
function beforeLineEnd(text: string, start: number, offset: number): number {
  let at = offset;
  while (at > start && isLineEnd(text.charCodeAt(at - 1))) at--;
  return at;
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

/** Bytes of UTF-8 that a unit of UTF-16 adds; a pair counts at its first half. */
function bytesOf(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  if (isLow(code) && isHigh(text.charCodeAt(at - 1))) return 0;
  return isHigh(code) && isLow(text.charCodeAt(at + 1)) ? 4 : 3;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}

function byteLength(text: string, start: number, end: number): number {
  let bytes = 0;
  for (let at = start; at < end; at++) bytes += bytesOf(text, at);
  return bytes;
}

function offsetOfByte(text: string, start: number, end: number, byte: number): number {
  let bytes = 0;
  let at = start;
  while (at < end) {
    bytes += bytesOf(text, at);
    if (bytes > byte) break;
    at++;
    if (isHigh(text.charCodeAt(at - 1)) && at < end && isLow(text.charCodeAt(at))) at++;
  }
  return at;
}

/** Units of UTF-16 from one place whose byte is known to the next. */
const step = 1024;

/** The bytes before every `step` units of long lines, so that a line is not counted again for every word. */
const bytesBefore = memoise(({ text }: Lines): readonly number[] => {
  const counted = [0];
  for (let at = 0; at + step <= text.length; at += step) {
    counted.push((counted.at(-1) as number) + byteLength(text, at, at + step));
  }
  return counted;
});

/** The bytes from one offset to another of a line. */
function bytesBetween(lines: Lines, start: number, end: number): number {
  const { text } = lines;
  if (end - start <= 2 * step) return byteLength(text, start, end);
  const [first, last] = [Math.ceil(start / step), Math.floor(end / step)];
  const marks = bytesBefore(lines);
  const between = (marks[last] as number) - (marks[first] as number);
  return byteLength(text, start, first * step) + between + byteLength(text, last * step, end);
}

/** The offset of a byte of a line; within a character, the character's. */
function offsetOfByteIn(lines: Lines, start: number, end: number, byte: number): number {
  let [low, high] = [start, end];
  while (high - low > step) {
    const middle = (low + high) >> 1;
    if (bytesBetween(lines, start, middle) <= byte) low = middle;
    else high = middle;
  }
  // not between the halves of a pair
  if (low > start && isLow(lines.text.charCodeAt(low)) && isHigh(lines.text.charCodeAt(low - 1))) low--;
  return offsetOfByte(lines.text, low, end, byte - bytesBetween(lines, start, low));
}
