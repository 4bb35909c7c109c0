import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { grammarRules } from '../../grammar/parser.ts';
import { keywords } from '../../grammar/tokens.ts';

const folder = new URL('../samples/', import.meta.url);

/** The design samples by file name. */
export const samples: ReadonlyMap<string, string> = new Map(
  readdirSync(folder).map((file) => [file, readFileSync(new URL(file, folder), 'utf8')]),
);

/** Endless numbers below a bound, from a seed: what a walk through the grammar decides by. */
export type Dice = (below: number) => number;

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) % below;
  };
}

interface Production {
  readonly type: string;
  readonly name?: string;
  readonly definition?: readonly Production[];
}

const rules = new Map((grammarRules() as unknown as Production[]).map((rule) => [rule.name as string, rule]));

/** The names of the tokens of a random sentence of the grammar. */
export function randomSentence(dice: Dice, rule = 'file', depth = 14): string[] {
  const out: string[] = [];
  const walk = (p: Production, left: number): void => {
    const children = p.definition ?? [];
    const each = () => {
      for (const child of children) walk(child, left);
    };
    if (p.type === 'Terminal') out.push(p.name as string);
    else if (p.type === 'NonTerminal') {
      for (const child of rules.get(p.name as string)?.definition ?? []) walk(child, left - 1);
    } else if (p.type === 'Option') {
      if (left > 0 && dice(2) === 0) each();
    } else if (p.type === 'Repetition') {
      for (let n = left > 0 ? dice(p.name === 'file' ? 4 : 3) : 0; n > 0; n--) each();
    } else if (p.type === 'Alternation') {
      // The first alternatives of a value are the plain ones: at the bottom the walk ends.
      walk(children[dice(left > 0 ? children.length : Math.min(3, children.length))] as Production, left);
    } else each();
  };
  walk({ type: 'NonTerminal', name: rule } as Production, depth);
  return out;
}

const names = ['x', 'Conv', 'stages.4.1.conv', 'a.*', 'kernel', '_', 'd', 'channels', 'MBConv', 'if_', 'trunk'];
const numbers = ['0', '1', '0.25', '1e-3', '224', '.5'];
const strings = ['"std/blocks"', '""', '"layer*.*"', '"日本 // |"'];
const operators = ['or', 'and', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '^'];
const spellings: Readonly<Record<string, string>> = {
  Arrow: '->',
  LParen: '(',
  RParen: ')',
  LBrace: '{',
  RBrace: '}',
  LBracket: '[',
  RBracket: ']',
  Comma: ',',
  Colon: ':',
  Equal: '=',
  Minus: '-',
  Bar: '|',
  RowStart: '|',
  RowEnd: '|',
};

function spell(token: string, dice: Dice): string {
  const one = (list: readonly string[]) => list[dice(list.length)] as string;
  if (token === 'Name') return one(names);
  if (token === 'Number') return one(numbers);
  if (token === 'String') return one(strings);
  if (token === 'Operator') return one(operators);
  if (token === 'Property') return '.height';
  return spellings[token] ?? token.toLowerCase();
}

const gaps = [
  ' ',
  ' ',
  ' ',
  ' ',
  '  ',
  '\t',
  '\n',
  '\n  ',
  '\r\n',
  '\n\n\n',
  ' // note\n',
  '\n/// doc\n',
  '\n// a\n\n/// b  \n',
];
const lineGaps = gaps.filter((gap) => gap.includes('\n'));
const inline = [' ', '  ', '', '\t'];

/** Writes tokens with random blanks, line ends and comments between; bars where their kind asks for. */
export function writeTokens(tokens: readonly string[], dice: Dice, quiet = 4): string {
  let text = '';
  tokens.forEach((token, i) => {
    const before = tokens[i - 1];
    const pick = (list: readonly string[]) => list[dice(list.length)] as string;
    if (token === 'RowStart') text += pick(lineGaps);
    else if (token === 'Bar' || token === 'RowEnd' || before === 'Bar') text += pick(inline);
    else if (before === 'RowEnd') text += token === 'RBrace' ? pick(gaps) : pick(lineGaps);
    else text += dice(quiet) === 0 ? pick(gaps) : ' ';
    text += spell(token, dice);
  });
  return text + (dice(3) === 0 ? ' // end' : '\n');
}

/** Texts that follow the grammar, with comments and line ends where nobody would put them. */
export const validText: fc.Arbitrary<string> = fc.integer().map((seed) => {
  const dice = createDice(seed);
  return writeTokens(randomSentence(dice), dice);
});

const pieces = [
  ...keywords,
  ...names,
  ...numbers,
  ...strings,
  ...operators,
  ...Object.values(spellings),
  '\n',
  '\n',
  '\n  |',
  '|\n',
  ' // note\n',
  '"open',
  "'",
  '&&',
  '||',
  ';',
  '#',
  '/*',
  '*/',
  '\u0000',
  '\ud800',
  'é',
  '..',
  '**',
  '=>',
];

/** Tokens in any order. */
export const tokenSoup: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...pieces), { maxLength: 200 })
  .map((tokens) => tokens.join(' '));

const lexeme = /\/\/[^\n]*|"[^"\n]*"|[A-Za-z_][\w.*]*|\d[\w.]*|->|[=!<>]=|\n\s*|[^\S\n]+|[\s\S]/g;

/** A sample with some tokens deleted, doubled, swapped, replaced, or with a part of another sample in it. */
export const mutatedSample: fc.Arbitrary<string> = fc.integer().map((seed) => {
  const dice = createDice(seed);
  const texts = [...samples.values()];
  const any = () => texts[dice(texts.length)]?.match(lexeme) ?? [];
  const tokens: string[] = [...any()];
  for (let n = 1 + dice(4); n > 0; n--) {
    const at = dice(tokens.length);
    const kind = dice(6);
    if (kind === 0) tokens.splice(at, 1 + dice(3));
    else if (kind === 1) tokens.splice(at, 0, tokens[at] ?? '');
    else if (kind === 2) tokens.splice(at, 2, tokens[at + 1] ?? '', tokens[at] ?? '');
    else if (kind === 3) tokens[at] = pieces[dice(pieces.length)] as string;
    else if (kind === 4) tokens.splice(at, 0, pieces[dice(pieces.length)] as string);
    else {
      const other = any();
      const from = dice(other.length);
      tokens.splice(at, dice(20), ...other.slice(from, from + dice(40)));
    }
  }
  return tokens.join('');
});
