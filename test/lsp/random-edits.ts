import type { Range, TextDocumentContentChangeEvent } from 'vscode-languageserver-protocol/node';
import { linesOf, type PositionEncoding, rangeOf } from '../../src/lsp/lines.ts';

/** Numbers from 0 up to a bound, always the same for a seed (mulberry32). */
export function randomNumbers(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % Math.max(1, bound);
  };
}

const typed = [...'abdwx109.,:=|()[]{}"^*/ -> \n', '\r\n', '\r', '😀', 'é', '\t', '\0'];
const pieces = [
  'block B(x, c: int) {\n  return x -> Conv(c, 3)\n}\n',
  'model M {\n  stem: Conv(w(32), 3)\n}\n',
  'import { MBConv } from "std/blocks"\n',
  'import { Unit } from "./b.enet"\n',
  'param k: int = 3\n',
  '  | 1 | 2 | 3 |\n',
  'stages: table {\n',
  'variants {\n',
  '// a comment\n',
  '-> MBConv(',
  'w(80)',
  'phi',
  '"',
];

/** An edit and the text after it. */
export interface RandomEdit {
  readonly change: TextDocumentContentChangeEvent;
  readonly text: string;
}

/** Something that a person, an editor or a broken client does to a text: typing, deleting, pasting, moving, doubling. */
export function randomEdit(
  text: string,
  random: (bound: number) => number,
  encoding: PositionEncoding = 'utf-16',
): RandomEdit {
  const at = random(text.length + 1);
  const length = [0, 0, 0, 1, 1, 3, 12, 80, 400][random(9)] as number;
  const from = random(text.length + 1);
  const inserted = [
    () => typed[random(typed.length)] as string,
    () => typed[random(typed.length)] as string,
    () => '',
    () => pieces[random(pieces.length)] as string,
    () => text.slice(from, from + random(200)),
    // now and then a key that is held
    () => (typed[random(typed.length)] as string).repeat(random(20) === 0 ? 400 : 1),
  ][random(6)] as () => string;
  return editOf(text, at, Math.min(text.length, at + length), inserted(), encoding);
}

/** Replaces a part of a text. The ends are moved off places that positions cannot say: within a pair of units or \r\n. */
export function editOf(
  text: string,
  start: number,
  end: number,
  inserted: string,
  encoding: PositionEncoding = 'utf-16',
): RandomEdit {
  const [a, b] = [whole(text, start), whole(text, end)];
  const range: Range = rangeOf(linesOf(text), a, b, encoding);
  return { change: { range, text: inserted }, text: text.slice(0, a) + inserted + text.slice(b) };
}

function whole(text: string, offset: number): number {
  const pair = text.slice(offset - 1, offset + 1);
  return pair === '\r\n' || /^[\ud800-\udbff][\udc00-\udfff]$/.test(pair) ? offset - 1 : offset;
}
