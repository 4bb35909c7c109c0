import { expect, test } from 'vitest';
import { format } from '../../src/1-parse/format.ts';
import { applyEdits } from '../../src/ide/features/edits.ts';
import { alignTableAt, formatDocument, formatOnType, formatRange } from '../../src/ide/features/formatting.ts';
import { textChanges } from '../../src/ide/features/text-diff.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture } from './fixture.ts';

/** A generator of numbers from 0 to 1, the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** A text with blanks put in and taken out where that means nothing. */
function disorder(text: string, next: () => number): string {
  return text.replace(/ +\|| \| +|^ +/gm, (blanks) =>
    next() < 0.3 ? blanks.replace(/ +/g, () => ' '.repeat(1 + Math.floor(next() * 4))) : blanks,
  );
}

const documents = Object.values(stdlib);

test('the edits make the canonical text, and touch what differs alone', () => {
  const next = numbers(1);
  for (const text of documents) {
    expect(formatDocument(openFixture(text).analysis)).toEqual([]);
    const messy = disorder(text, next);
    const edits = formatDocument(openFixture(messy).analysis);
    expect(applyEdits(messy, edits)).toBe(format({ name: '', text: messy }).text);
    for (const edit of edits) expect(messy.slice(edit.start, edit.end).trim()).toBe('');
  }
});

test('changes make one text another, whatever the two', () => {
  const next = numbers(2);
  const word = () => ['a', 'b', ' ', '\n', '| x |\n', 'block'][Math.floor(next() * 6)] as string;
  const make = () => Array.from({ length: Math.floor(next() * 40) }, word).join('');
  for (let i = 0; i < 500; i++) {
    const [before, after] = [make(), make()];
    const edits = textChanges(before, after).map((c) => ({ path: '', ...c }));
    expect(applyEdits(before, edits)).toBe(after);
  }
});

test('a document with CRLF keeps its line ends', () => {
  const text = 'block B(x) {\r\n    return x -> relu\r\n}\r\n';
  const edits = formatDocument(openFixture(text).analysis);
  expect(applyEdits(text, edits)).toBe('block B(x) {\r\n  return x -> relu\r\n}\r\n');
});

test('a range is formatted alone; text with errors is left', () => {
  const text = 'block A(x) { return x->relu }\nblock B(x) { return x->relu }\n';
  const { analysis } = openFixture(text);
  const edits = formatRange(analysis, 2, 3);
  expect(applyEdits(text, edits)).toMatch(
    /^block A\(x\) \{\n {2}return x -> relu\n\}\n+block B\(x\) \{ return x->relu \}\n$/,
  );
  expect(edits.every((e) => e.end <= text.indexOf('\n') + 1)).toBe(true);
  expect(formatDocument(openFixture('block A(x { return').analysis)).toEqual([]);
});

/** The text after what was typed before the mark was formatted. */
function typed(marked: string, character: string): string {
  const { analysis, offset } = openFixture(marked);
  return applyEdits(analysis.source.text, formatOnType(analysis, offset, character));
}

test('a table aligns as its bars are typed, in broken text too', () => {
  expect(typed('model M {\n  s: B {\n    | name | channels |\n    | c1 | w(16) |▮\n    | long_name | 8\n', '|')).toBe(
    'model M {\n  s: B {\n    | name      | channels |\n    | c1        | w(16)    |\n    | long_name | 8\n',
  );
});

test('a new line after a row goes on with a row', () => {
  expect(typed('  | name | n |\n  | c1   | 8 |\n▮\n  | c2   | 9 |\n', '\n')).toBe(
    '  | name | n |\n  | c1   | 8 |\n  |      |   |\n  | c2   | 9 |\n',
  );
  expect(typed('  | name | n |  // why\n▮\n}\n', '\n')).toBe('  | name | n |  // why\n  |      |   |\n}\n');
  const inRow = '  | name | n\n▮ |\n';
  expect(typed(inRow, '\n')).toBe(inRow.replace('▮', ''));
  expect(typed('block B(x) {\n▮\n}\n', '\n')).toBe('block B(x) {\n\n}\n');
});

test('aligning a table is what the formatter does to it', () => {
  const next = numbers(3);
  for (const text of documents) {
    const lines = text.split('\n');
    const messy = lines.map((l) => (l.trim().startsWith('|') ? disorder(l.trim(), next) : l)).join('\n');
    const first = lines.findIndex((l) => l.trim().startsWith('|'));
    if (first < 0) continue;
    const offset = messy.split('\n').slice(0, first).join('\n').length + 3;
    const { analysis } = openFixture(messy);
    const aligned = applyEdits(messy, alignTableAt(analysis, offset)).split('\n');
    const rows: string[] = [];
    for (let i = first; /^\s*(\||\/\/)/.test(aligned[i] ?? ''); i++) rows.push(aligned[i] as string);
    const wanted = lines.slice(first, first + rows.length).map((l) => l.replace(/\s*\/\/.*/, '').trim());
    expect(rows.map((l) => l.replace(/\s*\/\/.*/, '').trim())).toEqual(wanted);
  }
});
