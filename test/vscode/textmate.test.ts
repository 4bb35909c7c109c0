import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IToken } from 'chevrotain';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { IGrammar } from 'vscode-textmate';
import { tokenize } from '../../grammar/lexer.ts';
import { keywords } from '../../grammar/tokens.ts';
import { createTextMateGrammar } from '../../scripts/textmate/grammar.ts';
import { loadGrammar, scopesOf } from './textmate-scopes.ts';

const root = join(import.meta.dirname, '../..');
let grammar: IGrammar;
beforeAll(async () => {
  grammar = await loadGrammar();
});

/** The scopes that a token of a kind may have. */
const allowed: Readonly<Record<string, RegExp>> = {
  LineComment: /^comment\./,
  Name: /^(variable|entity\.name|support)\./,
  Number: /^constant\.numeric\./,
  String: /^string\./,
  RowStart: /^punctuation\.separator\.table\.row\.begin\./,
  RowEnd: /^punctuation\.separator\.table\.row\.end\./,
  Bar: /^punctuation\.separator\.table\.cell\./,
  Property: /^variable\.other\.property\./,
  Foreign: /^invalid\./,
  Comma: /^punctuation\.separator\.comma/,
  Colon: /^punctuation\.separator\.colon/,
  Arrow: /^keyword\.operator\.arrow/,
};

function mayHave(token: IToken, scope: string | undefined): boolean {
  const kind = token.tokenType.name;
  if ((keywords as readonly string[]).includes(token.image) && kind !== 'Name')
    return new RegExp(`^(storage|keyword|constant\\.language)\\..*\\b${token.image}\\b`).test(scope ?? '');
  const pattern =
    allowed[kind] ?? (/^[LR](Paren|Brace|Bracket)$/.test(kind) ? /^punctuation\.section\./ : /^keyword\.operator\./);
  return pattern.test(scope ?? '');
}

/** Every token of the lexer whose characters the grammar scopes otherwise. */
function disagreements(text: string): string[] {
  const { tokens, comments } = tokenize(text);
  const scopes: (string | undefined)[] = [];
  for (const { start, end, scope } of scopesOf(grammar, text))
    scopes.fill(scope, start, Math.max(end, (scopes.length = Math.max(scopes.length, end))));
  const wrong: string[] = [];
  for (const token of [...tokens, ...comments]) {
    for (let i = 0; i < token.image.length; i++) {
      if (/[\s\ufeff]/.test(token.image[i] as string)) continue;
      const scope = scopes[token.startOffset + i];
      if (mayHave(token, scope)) continue;
      wrong.push(`${token.tokenType.name} ${JSON.stringify(token.image)} at ${token.startOffset + i}: ${scope}`);
      break;
    }
  }
  return wrong;
}

const files = ['stdlib', 'test/samples', 'examples/own-block', 'examples/scaled-family'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.enet'))
    .map((name) => `${folder}/${name}`),
);

test('the committed grammar is what the tokens give', () => {
  const committed = readFileSync(join(root, 'grammar/enet.tmLanguage.json'), 'utf8');
  expect(committed).toBe(`${JSON.stringify(createTextMateGrammar(), undefined, 2)}\n`);
});

test.each(files)('%s: every token has a scope of its kind', (file) => {
  expect(disagreements(readFileSync(join(root, file), 'utf8'))).toEqual([]);
});

test('any text: every token has a scope of its kind', () => {
  const pieces = fc.constantFrom(
    ...keywords,
    'Conv',
    'relu',
    'w',
    'x.channels',
    'stages.*.1',
    '.width',
    '3',
    '1e-3',
    '.5',
    '"a b"',
    '"open',
    '|',
    '->',
    '=>',
    '==',
    '=',
    '!=',
    '!',
    '<',
    '<=',
    '>',
    '+',
    '-',
    '*',
    '**',
    '/',
    '^',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ';',
    '&&',
    '&',
    '#a',
    "'x'",
    '// c',
    '/// d',
    '/* a',
    '*/',
    'é',
    '٣',
    'Ωmega',
    '.',
    '..',
    ' ',
    ' ',
    ' ',
    '\t',
    '\u00a0',
    '\n',
    '\n',
    '\r\n',
  );
  const texts = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      expect(disagreements(text)).toEqual([]);
    }),
    { numRuns: Number(process.env.ENET_RUNS ?? 300), seed: 4 },
  );
});

describe('what a name is', () => {
  const text = `import { MBConv } from "std/blocks"
/// Docs.
block Ghost(x, channels: int, act: activation = relu) {
  return x -> conv: Conv(channels, kernel: 3) -> act -> MBConv(w(8))   if x.channels > 3
}
model Net {
  stages: MBConv { // note
    | repeat | channels |
    | d(1)   | w(16)    |
  }
}
weights Net {
}`;
  test.each([
    ['Ghost', 'entity.name.type.block.enet'],
    ['Net', 'entity.name.type.model.enet'],
    ['MBConv', 'entity.name.type.enet'],
    ['Conv(', 'support.class.enet'],
    ['w(', 'support.function.enet'],
    ['relu', 'support.constant.activation.enet'],
    ['activation', 'support.type.enet'],
    ['kernel', 'variable.parameter.enet'],
    ['stages', 'variable.parameter.enet'],
    ['x.channels', 'variable.other.enet'],
    ['model', 'storage.type.model.enet'],
    ['return', 'keyword.control.return.enet'],
    ['/// Docs.', 'comment.line.documentation.enet'],
    ['// note', 'comment.line.double-slash.enet'],
    ['"std/blocks"', 'string.quoted.double.enet'],
    ['3)', 'constant.numeric.enet'],
    ['| repeat', 'punctuation.separator.table.row.begin.enet'],
    ['| channels |', 'punctuation.separator.table.cell.enet'],
    ['->', 'keyword.operator.arrow.enet'],
  ])('%s is %s', (word, scope) => {
    const offset = word === 'activation' ? text.indexOf('act: activation') + 5 : text.search(escaped(word));
    expect(scopesOf(grammar, text).find(({ start, end }) => start <= offset && offset < end)?.scope).toBe(scope);
  });
});

/** The first place where a word stands by itself. */
function escaped(word: string): RegExp {
  const plain = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(/^\w/.test(word) ? `(?<!\\w)${plain}` : plain);
}
