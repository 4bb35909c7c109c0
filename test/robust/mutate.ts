import { corpus } from './corpus.ts';

/** One change to a text: what kind, and three numbers that say where and with what. */
export type Edit = readonly [kind: number, at: number, with_: number, extra: number];

const lexeme = /\/\/[^\n]*|"[^"\n]*"|[A-Za-z_][\w.*]*|\d+(?:\.\d+)?(?:e-?\d+)?|->|[=!<>]=|\n[^\S\n]*|[^\S\n]+|[\s\S]/g;
const isName = (token: string | undefined) => token !== undefined && /^[A-Za-z_]/.test(token);
const isNumber = (token: string | undefined) => token !== undefined && /^\d/.test(token);
const isBlank = (token: string | undefined) => token !== undefined && /^\s/.test(token);

const hostileNumbers = [
  '0',
  '1',
  '-1',
  '2',
  '3',
  '7',
  '0.5',
  '1.5',
  '64',
  '1e9',
  '2 ^ 31',
  '10 ^ 12',
  '1e308',
  '1e400',
  '1e-9',
  '2 ^ 53',
  '65537',
];
const hostileNames = [
  'Conv',
  'BatchNorm',
  'Linear',
  'Split',
  'Add',
  'Concat',
  'Pad',
  'ConvTranspose',
  'ChannelConv',
  'Attend',
  'GroupNorm',
  'LayerNorm',
  'Normalise',
  'Power',
  'Flatten',
  'Upsample',
  'Weight',
  'Div',
  'Sub',
  'len',
  'relu',
  'leaky_relu',
  'softmax',
  'identity',
  'same',
  'round',
  'd',
  'w',
  'r',
  'index',
  'count',
  'M',
  'Unit',
  'MBConv',
  'x',
  'image',
  'stages',
  'phi',
  'variant',
  'variant == s',
  '_',
  'constructor',
  '__proto__',
  'x.channels',
  'stages.0.1',
];
const pieces = [
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '=',
  '->',
  '|',
  '\n',
  '\n|',
  '|\n',
  '"std/blocks"',
  '"',
  'if',
  'for',
  'in',
  'not',
  '-',
  '/',
  '^',
  '.',
  '*',
  'else',
  '%',
  'share',
  'share(norms: separate)',
  'auxiliary',
  'require',
  'tensor[]',
  'bgr: true',
  'crop: 0.5, interpolation: bicubic',
  '[1, 7]',
  'x if true else y',
  '3a',
  'return',
  'param',
  'model',
  'block',
  'table',
  'variants',
  'weights',
  'import',
  '[]',
  '{3, 5}',
  '// x\n',
  '\r\n',
  '\ufeff',
  '\0',
  'é',
];

function pick<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}

/** The places of tokens of a kind; all places where there is none of it. */
function placeOf(tokens: readonly string[], wanted: (token: string | undefined) => boolean, n: number): number {
  const places = tokens.flatMap((token, i) => (wanted(token) ? [i] : []));
  return places.length > 0 ? pick(places, n) : n % tokens.length;
}

type Change = (tokens: string[], at: number, with_: number, extra: number) => string[];

function swap(
  tokens: readonly string[],
  wanted: (token: string | undefined) => boolean,
  at: number,
  with_: number,
): string[] {
  const [i, j] = [placeOf(tokens, wanted, at), placeOf(tokens, wanted, with_)];
  return tokens.with(i, tokens[j] as string).with(j, tokens[i] as string);
}

const isRow = (line: string) => /^\s*\|/.test(line);

/** Changes after which most texts still follow the grammar: they reach the check and the build. */
const gentle: readonly Change[] = [
  (t, at, with_) => t.with(placeOf(t, isNumber, at), pick(hostileNumbers, with_)),
  (t, at, with_) => t.with(placeOf(t, isNumber, at), pick(hostileNumbers, with_)),
  (t, at, with_) => t.with(placeOf(t, isName, at), pick(t.filter(isName), with_)),
  (t, at, with_) => t.with(placeOf(t, isName, at), pick(hostileNames, with_)),
  (t, at, with_) => swap(t, isNumber, at, with_),
  (t, at, with_) => swap(t, isName, at, with_),
  (t, at, with_) => swap(t, (x) => isNumber(x) || isName(x), at, with_),
  // rows: drop, double
  (t, at) =>
    lines(t, (l) =>
      l.toSpliced(
        placeOf(l, (x) => isRow(x ?? ''), at),
        1,
      ),
    ),
  (t, at) =>
    lines(t, (l) =>
      l.toSpliced(
        placeOf(l, (x) => isRow(x ?? ''), at),
        0,
        l[placeOf(l, (x) => isRow(x ?? ''), at)] as string,
      ),
    ),
  // a whole line less, or one of another text of the same kind
  (t, at) =>
    lines(t, (l) =>
      l.toSpliced(
        placeOf(l, (x) => /^\s+\w+\s*[:=]/.test(x ?? ''), at),
        1,
      ),
    ),
  (t, at, with_) => lines(t, (l) => swap(l, (x) => /^\s+\w+\s*[:=]/.test(x ?? ''), at, with_)),
];

/** Changes of any kind: most texts no longer follow the grammar. */
const rough: readonly Change[] = [
  ...gentle,
  (t, at, with_) => t.toSpliced(at % t.length, 1 + (with_ % 3)),
  (t, at) => t.toSpliced(at % t.length, 0, t[at % t.length] as string),
  (t, at, with_) => swap(t, (x) => !isBlank(x), at, with_),
  (t, at, with_) =>
    t.with(
      placeOf(t, (x) => !isBlank(x), at),
      pick(pieces, with_),
    ),
  (t, at, with_) => t.toSpliced(at % t.length, 0, pick(pieces, with_)),
  (t, at) => lines(t, (l) => l.toSpliced(at % l.length, 1)),
  (t, at) => lines(t, (l) => l.toSpliced(at % l.length, 0, l[at % l.length] as string)),
  (t, at, with_) =>
    lines(t, (l) => l.toSpliced(at % l.length, 1).toSpliced(with_ % l.length, 0, l[at % l.length] as string)),
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
export function mutate(base: number, changes: readonly Edit[], kinds: 'gentle' | 'rough' = 'rough'): string {
  let tokens: string[] = pick(corpus, base).match(lexeme) ?? [];
  for (const [kind, at, with_, extra] of changes) {
    if (tokens.length === 0) break;
    tokens = pick(kinds === 'gentle' ? gentle : rough, kind)(tokens, at, with_, extra);
  }
  return tokens.join('');
}
