import { corpus } from './corpus.ts';

/** One change to a text: what kind, and three numbers that say where and with what. */
export type Edit = readonly [kind: number, at: number, with_: number, extra: number];

const lexeme = /\/\/[^\n]*|"[^"\n]*"|[A-Za-z_][\w.*]*|\d+(?:\.\d+)?(?:e-?\d+)?|->|[=!<>]=|\n[^\S\n]*|[^\S\n]+|[\s\S]/g;
const isName = (token: string | undefined) => token !== undefined && /^[A-Za-z_]/.test(token);
const isNumber = (token: string | undefined) => token !== undefined && /^\d/.test(token);
const isBlank = (token: string | undefined) => token !== undefined && /^\s/.test(token);

const hostileNumbers = [
  '0', '1', '-1', '2', '3', '7', '0.5', '1.5', '64', '1e9', '2 ^ 31', '10 ^ 12', '1e308', '1e400', '1e-9', '2 ^ 53', '65537',
];
const hostileNames = [
  'Conv', 'BatchNorm', 'Linear', 'Split', 'Add', 'Concat', 'Pad', 'relu', 'identity', 'same', 'round', 'd', 'w', 'r', 'index',
  'count', 'M', 'Unit', 'MBConv', 'x', 'image', 'stages', 'phi', '_', 'constructor', '__proto__', 'x.channels', 'stages.0.1',
];
const pieces = [
  '(', ')', '{', '}', '[', ']', ',', ':', '=', '->', '|', '\n', '\n|', '|\n', '"std/blocks"', '"', 'if', 'for', 'in', 'not', '-', '/',
  '^', '.', '*', 'return', 'param', 'model', 'block', 'table', 'variants', 'weights', 'import', '[]', '{3, 5}', '// x\n', '\r\n', '\ufeff', '\0', 'é',
];

function pick<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}

/** The places of tokens of a kind; all places where there is none of it. */
function placeOf(tokens: readonly string[], wanted: (token: string | undefined) => boolean, n: number): number {
  const places = tokens.flatMap((token, i) => (wanted(token) ? [i] : []));
  return places.length > 0 ? pick(places, n) : n % tokens.length;
}

const edits: readonly ((tokens: string[], at: number, with_: number, extra: number) => string[])[] = [
  // change a number to a hostile one
  (t, at, with_) => t.with(placeOf(t, isNumber, at), pick(hostileNumbers, with_)),
  (t, at, with_) => t.with(placeOf(t, isNumber, at), pick(hostileNumbers, with_)),
  // a name becomes another name of the text, or of the language
  (t, at, with_) => t.with(placeOf(t, isName, at), pick(t.filter(isName), with_)),
  (t, at, with_) => t.with(placeOf(t, isName, at), pick(hostileNames, with_)),
  // delete, double, swap, replace, insert
  (t, at, with_) => t.toSpliced(at % t.length, 1 + (with_ % 3)),
  (t, at) => t.toSpliced(at % t.length, 0, t[at % t.length] as string),
  (t, at, with_) => {
    const [i, j] = [placeOf(t, (x) => !isBlank(x), at), placeOf(t, (x) => !isBlank(x), with_)];
    return t.with(i, t[j] as string).with(j, t[i] as string);
  },
  (t, at, with_) => t.with(placeOf(t, (x) => !isBlank(x), at), pick(pieces, with_)),
  (t, at, with_) => t.toSpliced(at % t.length, 0, pick(pieces, with_)),
  // lines: drop, double, move
  (t, at) => lines(t, (l) => l.toSpliced(at % l.length, 1)),
  (t, at) => lines(t, (l) => l.toSpliced(at % l.length, 0, l[at % l.length] as string)),
  (t, at, with_) => lines(t, (l) => l.toSpliced(at % l.length, 1).toSpliced(with_ % l.length, 0, l[at % l.length] as string)),
  // a part of another text
  (t, at, with_, extra) => {
    const other = pick(corpus, with_).split('\n');
    const from = extra % other.length;
    return lines(t, (l) => l.toSpliced(at % l.length, with_ % 3, ...other.slice(from, from + 1 + (extra % 6))));
  },
  (t, at, with_, extra) => {
    const other = pick(corpus, with_).match(lexeme) ?? [];
    const from = extra % Math.max(1, other.length);
    return t.toSpliced(at % t.length, with_ % 20, ...other.slice(from, from + (extra % 30)));
  },
];

function lines(tokens: readonly string[], change: (lines: string[]) => string[]): string[] {
  return change(tokens.join('').split('\n')).join('\n').match(lexeme) ?? [];
}

/** A text of the corpus with some changes. */
export function mutate(base: number, changes: readonly Edit[]): string {
  let tokens: string[] = pick(corpus, base).match(lexeme) ?? [];
  for (const [kind, at, with_, extra] of changes) {
    if (tokens.length === 0) break;
    tokens = pick(edits, kind)(tokens, at, with_, extra);
  }
  return tokens.join('');
}
