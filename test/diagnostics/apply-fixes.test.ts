import { expect, test } from 'vitest';
import { parse } from '../../src/1-parse/parse.ts';
import { applyFixes } from '../../src/diagnostics/apply-fixes.ts';
import type { Fix } from '../../src/diagnostics/diagnostic.ts';
import type { Source } from '../../src/source.ts';
import { processorTime } from '../processor-time.ts';

const source: Source = { name: 'x', text: 'abcdef' };
const fix = (start: number, end: number, newText: string, safe = true, of = source): Fix => ({
  title: newText,
  edits: [{ span: { source: of, start, end }, newText }],
  safe,
});

test('fixes are applied in the order of the text', () => {
  const { text, applied } = applyFixes(source, [fix(4, 5, 'E'), fix(0, 1, 'A'), fix(2, 2, '+')]);
  expect(text).toBe('Ab+cdEf');
  expect(applied.length).toBe(3);
});

test('of two that touch the same text the first wins', () => {
  expect(applyFixes(source, [fix(0, 3, 'X'), fix(2, 4, 'Y')]).text).toBe('Xdef');
  expect(applyFixes(source, [fix(2, 2, '|'), fix(2, 2, '|')]).text).toBe('ab|cdef');
});

test('each is compared with its neighbours alone: a hundred thousand take no time', () => {
  const long: Source = { name: 'x', text: 'ab '.repeat(100_000) };
  const many = Array.from({ length: 100_000 }, (_, i) => fix(3 * i, 3 * i + 1, 'A', true, long));
  const begin = processorTime();
  // twice: what is there already is touched, wherever it lies
  const { text, applied } = applyFixes(long, [...many, ...many, fix(10, 200_000, '', true, long)]);
  expect(processorTime() - begin).toBeLessThan(2_000);
  expect(applied).toHaveLength(100_000);
  expect(text).toBe('Ab '.repeat(100_000));
});

test('neither unsafe fixes nor those of another file', () => {
  const other = { name: 'y', text: 'abcdef' };
  expect(applyFixes(source, [fix(0, 1, 'X', false), fix(0, 1, 'Y', true, other)])).toEqual({
    text: 'abcdef',
    applied: [],
  });
});

test('a fix with several edits is applied whole or not at all', () => {
  const both: Fix = { ...fix(0, 1, 'A'), edits: [...fix(0, 1, 'A').edits, ...fix(3, 4, 'D').edits] };
  expect(applyFixes(source, [both]).text).toBe('AbcDef');
  expect(applyFixes(source, [fix(3, 5, '!'), both]).text).toBe('abc!f');
});

test('the fixes of slips mend a spec', () => {
  const text = [
    "import { B } from 'std/blocks';",
    'model M {',
    '  input image = [3, 8, 8,]',
    '  stem: Conv(8, kernel = 3) # the stem',
    '  stages: B {',
    '    | repeat | n |',
    '    | d(1)   | 2',
    '  }',
    '  head: Linear(2 ** 3) if 1 = 2 && !true',
    '}',
  ].join('\n');
  const spec = { name: 'x', text };
  const first = parse(spec);
  const fixed = applyFixes(
    spec,
    first.diagnostics.flatMap((d) => d.fixes ?? []),
  );
  expect(fixed.applied.length).toBe(first.diagnostics.length);
  expect(parse({ name: 'x', text: fixed.text }).diagnostics).toEqual([]);
  expect(fixed.text).toMatchInlineSnapshot(`
    "import { B } from "std/blocks"
    model M {
      input image: [3, 8, 8]
      stem: Conv(8, kernel: 3) // the stem
      stages: B {
        | repeat | n |
        | d(1)   | 2 |
      }
      head: Linear(2 ^ 3) if 1 == 2 and not true
    }"
  `);
});
