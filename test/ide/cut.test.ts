import { expect, test } from 'vitest';
import { cutText } from '../../src/ide/core/cut.ts';
import { processorTime } from '../processor-time.ts';

/** The pieces of a text, joined by a sign. */
function pieces(text: string): string {
  const starts = cutText(text).map(({ start }) => start);
  return starts.map((start, i) => text.slice(start, starts[i + 1])).join('§');
}

test.each([
  ['one declaration is one piece', 'block A(x) {\n  return x\n}\n'],
  ['each begins a piece', 'block A(x) { return x }\n§block B(x) {\n  return x\n}\n§model M {\n}\n§weights M {\n}\n'],
  [
    'what stands before all is a piece',
    'import { A } from "std/blocks"\n§import { B } from "./b.enet"\n\n§model M {\n}\n',
  ],
  [
    'comments right above belong to it',
    '// of the file\n\n§/// of A\n// more\nblock A(x) { return x }\n\n// of none\n\n§/// of M\nmodel M {\n}\n',
  ],
  ['with the line ends of Windows', 'block A(x) {\r\n}\r\n§// of M\r\nmodel M {\r\n}\r\n'],
  ['an open bracket before it', 'block A(x) {\n  y = Conv(\n§model M {\n  table t {\n§block B(x) { return x }\n'],
  ['a half-typed head after a whole declaration', 'model M {\n}\n§block\n§model N {\n}\n'],
  ['keywords in comments and strings', 'model M {\n  // model N {\n  /*\nmodel O {\n*/\n  a: "\n§model P {\n'],
  ['keywords that begin none', 'block A(x, b:\nblock) {\n  weights: 3\n  model.a\n  models\n  a = block\n}\n'],
  ['a column of that name', 'model M {\n  s: Conv {\n    |\nmodel | b |\n  }\n}\n'],
  ['nothing', ''],
])('%s', (_, marked) => {
  expect(pieces(marked.replaceAll('§', ''))).toBe(marked);
});

test('a piece knows whether a declaration came before it', () => {
  const text =
    'import { A } from "std/blocks"\nimport { B } from "std/blocks"\nblock C(x) { return x }\nimport { D } from "std/blocks"\n';
  expect(cutText(text).map(({ declared }) => declared)).toEqual([false, false, false, true]);
});

test('a long text is cut in time that grows with its length', () => {
  const cost = (n: number) => {
    const text = `${'// c\n'.repeat(n)}${'block A(x) {\n'.repeat(n)}${'\t '.repeat(n)}/*${'{ '.repeat(n)}`;
    const start = process.cpuUsage();
    for (let i = 0; i < 5; i++) cutText(text);
    return process.cpuUsage(start).user;
  };
  cost(20_000);
  expect(cost(80_000)).toBeLessThan(cost(20_000) * 16);
});

test.each([
  ['a line of slashes', `weights ${'/'.repeat(500_000)}\n5\n`],
  ['many comments', `weights ${'// a // b\n'.repeat(50_000)}5\n`],
  ['many blanks', `block${' '.repeat(500_000)}5\n`],
])('a keyword before %s is looked at once', (_, text) => {
  const start = processorTime();
  expect(cutText(text)).toHaveLength(1);
  expect(processorTime() - start).toBeLessThan(10_000);
});
