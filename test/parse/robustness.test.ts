import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tokenize } from '../../grammar/lexer.ts';
import { analysedParser, parseTokens, validateGrammar } from '../../grammar/parser.ts';
import { parseLimits } from '../../src/1-parse/limits.ts';
import { parse, parseExpression } from '../../src/1-parse/parse.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { decodeSource } from '../../src/source.ts';
import { processorTime } from '../processor-time.ts';
import { mutatedSample, samples, tokenSoup, validText } from './arbitrary.ts';
import { spansOf } from './plain.ts';

const runs = Number(process.env.ENET_RUNS ?? 300);

/** Parses, and holds what is true of any text. */
function parseAny(text: string) {
  const source = { name: 'x', text };
  const result = parse(source);
  expect(result.diagnostics.length).toBeLessThanOrEqual(2 * parseLimits.errors);
  const spans = [...spansOf(result.ast), ...spansOf(result.diagnostics)];
  const outside = spans.filter((s) => !(s.start >= 0 && s.start <= s.end && s.end <= text.length));
  expect(outside).toEqual([]);
  return { source, ...result };
}

/** The same, in bounded time: generous, for slow machines. */
function parseFast(text: string) {
  const start = processorTime();
  const result = parseAny(text);
  expect(processorTime() - start).toBeLessThan(30_000);
  return result;
}

const codesOf = (text: string) => parseFast(text).diagnostics.map((d) => d.code);

test('the grammar is LL(2) without ambiguities', () => {
  expect(() => validateGrammar()).not.toThrow();
});

test('decisions from the generated table give the tree and the errors that an analysed grammar gives', () => {
  const analysed = analysedParser();
  const text = fc.oneof(validText, mutatedSample, tokenSoup);
  const plain = (errors: readonly { name: string; message: string; token: { startOffset: number } }[]) =>
    errors.map(({ name, message, token }) => [name, message, token.startOffset]);
  const compare = (text: string) => {
    const { cst, errors } = parseTokens(tokenize(text).tokens, 'file');
    analysed.input = tokenize(text).tokens;
    expect(analysed.file()).toEqual(cst);
    expect(plain(analysed.errors)).toEqual(plain(errors));
  };
  fc.assert(fc.property(text, compare), { numRuns: runs });
});

test('every sample parses without a message', () => {
  for (const text of samples.values()) expect(parse({ name: 'x', text }).diagnostics).toEqual([]);
});

test('texts of the grammar parse without a message', () => {
  fc.assert(
    fc.property(validText, (text) => {
      const { diagnostics } = parseAny(text);
      // A random expression may be longer than anyone's.
      expect(diagnostics.filter((d) => d.code !== 'expression-too-long')).toEqual([]);
    }),
    { numRuns: runs },
  );
});

test('any bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(bytes, (b) => void parseAny(decodeSource('x', b).source.text)),
    { numRuns: runs },
  );
});

test('any text, in any tokens', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void parseAny(text)),
    { numRuns: runs },
  );
  fc.assert(
    fc.property(tokenSoup, (text) => void parseAny(text)),
    { numRuns: runs },
  );
});

test('mutated samples, and their messages can be shown', () => {
  fc.assert(
    fc.property(mutatedSample, (text) => {
      const { diagnostics } = parseAny(text);
      renderDiagnostics(diagnostics, { color: true, width: 80 });
    }),
    { numRuns: runs },
  );
});

test('any text as an expression', () => {
  fc.assert(
    fc.property(tokenSoup, (text) => {
      const { expr } = parseExpression({ name: 'x', text });
      for (const { start, end } of spansOf(expr)) expect(start >= 0 && start <= end && end <= text.length).toBe(true);
    }),
    { numRuns: runs },
  );
});

test('a hundred thousand open parentheses', () => {
  expect(codesOf(`model M { x = ${'('.repeat(1e5)}`)).toEqual(['nesting-too-deep']);
  expect(codesOf(`model M { x = ${'('.repeat(1e5)}1${')'.repeat(1e5)} }`)).toEqual(['nesting-too-deep']);
  expect(codesOf('[{('.repeat(3e4))).toContain('nesting-too-deep');
});

test('a hundred thousand signs, powers, indices, steps', () => {
  expect(codesOf(`model M { x = ${'-'.repeat(1e5)}1 }`)).toEqual(['expression-too-long']);
  expect(codesOf(`model M { x = ${'1^'.repeat(1e5)}1 }`)).toEqual(['expression-too-long']);
  expect(codesOf(`model M { x = a${'[0]'.repeat(1e5)} }`)).toEqual(['expression-too-long']);
  expect(codesOf(`model M { x = a${' -> b'.repeat(1e5)} }`)).toEqual([]);
});

test('lists in lists', () => {
  const deep = (n: number) => `model M { x = ${'['.repeat(n)}1${']'.repeat(n)} }`;
  expect(codesOf(deep(60))).toEqual([]);
  expect(codesOf(deep(100))).toEqual(['nesting-too-deep']);
});

test('a row of a million columns', () => {
  const { diagnostics } = parseFast(`model M {\n  s: X {\n|${'a|'.repeat(1e6)}\n|${'1|'.repeat(1e6)}\n}}`);
  expect(diagnostics.map((d) => d.code)).toContain('file-too-large');
  const columns = `model M {\n  s: X {\n|${'a|'.repeat(1e5)}\n|${'1|'.repeat(1e5)}\n}}`;
  expect(codesOf(columns)).toEqual(['too-many-columns']);
});

test('eight megabytes of garbage', () => {
  expect(codesOf('\u0001'.repeat(8e6))).toEqual(['unknown-character']);
  expect(codesOf('§a'.repeat(4e6))).toEqual(['file-too-large']);
  expect(codesOf(') ( | -> , { ] '.repeat(5e5))).toContain('file-too-large');
  expect(codesOf('/* '.repeat(2e6))).toEqual(['wrong-spelling']);
  expect(codesOf('"'.repeat(8e6))).toEqual(expect.arrayContaining(['file-too-large']));
  expect(codesOf(' \n'.repeat(5e6))).toEqual(['file-too-large']);
});

test('many mistakes: a bounded number of messages', () => {
  for (const piece of [
    'model ',
    'block X( ',
    '} ',
    'x = -> ',
    '| a\n',
    'import {',
    ';',
    'model A { x: Y {\n | a | \n',
  ]) {
    const { diagnostics } = parseFast(piece.repeat(5e4));
    expect(diagnostics.length).toBeGreaterThan(0);
  }
});

test('documentation comments without end', () => {
  expect(codesOf(`${'/// a\n'.repeat(2e5)}model M {}`)).toEqual([]);
  expect(codesOf(`/// a${' '.repeat(1e6)}\f\nmodel M {}`)).toEqual([]);
});

test('names with stars are one token', () => {
  const { ast, diagnostics } = parse({ name: 'x', text: 'weights W {\n  | a.b.c.* | x.*.*.y |\n}' });
  expect(diagnostics).toEqual([]);
  const weights = ast.declarations[0];
  expect(weights?.kind === 'weights' && weights.rows.header.map((h) => h.name)).toEqual(['a.b.c.*', 'x.*.*.y']);
});

test('invalid UTF-8 is read, and said to be invalid', () => {
  const bytes = new Uint8Array([...new TextEncoder().encode('model M {} // '), 0xff, 0xfe, 0xc0]);
  const { source, valid } = decodeSource('x', bytes);
  expect(valid).toBe(false);
  expect(parseAny(source.text).ast.declarations.length).toBe(1);
});

test('ten thousand rows parse in time linear in their number', () => {
  const table = (n: number) =>
    `model M {\n  s: X {\n    | a | b | c |\n${'    | d(1) | w(16) | 3 |\n'.repeat(n)}  }\n}\n`;
  const time = (n: number) => {
    const start = processorTime();
    parse({ name: 'x', text: table(n) });
    return processorTime() - start;
  };
  time(1000);
  const small = Math.min(time(1000), time(1000), time(1000));
  const large = Math.min(time(10_000), time(10_000));
  expect(large / small).toBeLessThan(25);
});
