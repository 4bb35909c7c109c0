import { expect, test } from 'vitest';
import { parse } from '../../src/1-parse/parse.ts';
import { createDocument, type Document } from '../../src/ide/core/document.ts';
import { numbersFrom } from './numbers.ts';

const rows = Array.from({ length: 120 }, (_, i) => `    | ${1 + (i % 3)} | ${8 * (i + 1)}, w(${i}) | {3, 5} |`);
const text = `model Long {
  input image: [3, 32, 32]
  stages: Conv {
    | repeat | channels | kernel |
${rows.join('\n')}
  }
  return stages
}
`;

const additions = [
  '|',
  '{',
  '}',
  '(',
  ')',
  '[',
  ',',
  '\n',
  '\n|',
  '|\n',
  '"',
  '// x',
  '/*',
  ' 7 ',
  'a',
  'model M {\n',
  '->',
  '',
];

test('a large table is read row by row into what the parser makes of the whole', () => {
  const source = { name: 'a.enet', text };
  const document = createDocument(source);
  expect(document.pieces[0]?.rows?.size).toBe(118);
  expect(document.parsed).toEqual(parse(source));
  expect(document.pieces[0]?.source.text).toBe(text);
});

test('after random edits too, whether the rows can still be read or not', () => {
  const next = numbersFrom(77);
  let document: Document | undefined;
  let whole = text;
  let byRow = 0;
  for (let i = 0; i < 400; i++) {
    if (next(3) === 0) whole = text;
    const at = next(whole.length);
    whole = whole.slice(0, at) + additions[next(additions.length)] + whole.slice(at + next(3));
    const source = { name: 'a.enet', text: whole };
    document = createDocument(source, document);
    if (document.pieces.length > 1) continue;
    if (document.pieces[0]?.rows) byRow++;
    expect(document.parsed, JSON.stringify([i, at])).toEqual(parse(source));
  }
  expect(byRow).toBeGreaterThan(100);
});

test('rows that stay are read no second time', () => {
  const before = createDocument({ name: 'a.enet', text });
  const after = createDocument({ name: 'a.enet', text: text.replace('| 80, w(9)', '| 81, w(9)') }, before);
  const known = (document: Document) => document.pieces[0]?.rows as NonNullable<Document['pieces'][0]['rows']>;
  const fresh = [...known(after)].filter(([line, row]) => known(before).get(line) !== row);
  expect(fresh.map(([line]) => line.trim())).toEqual(['| 1 | 81, w(9) | {3, 5} |']);
});
