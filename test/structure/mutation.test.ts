import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawMutants } from '../../scripts/mutation/draw.ts';
import { mutantsOf } from '../../scripts/mutation/mutants.ts';
import { seams } from '../../scripts/mutation/seams.ts';

const root = join(import.meta.dirname, '../..');

function mutated(text: string): string[] {
  return mutantsOf('a.ts', text).map(
    ({ start, end, replacement }) => text.slice(0, start) + replacement + text.slice(end),
  );
}

test.each([
  ['const far = a < b;', ['const far = a <= b;']],
  ['const size = Math.ceil(n);', ['const size = Math.floor(n);']],
  ["const name = a + 'x';", []],
  ['const x: Map<string, 1> = !y;', ['const x: Map<string, 1> = y;']],
  [
    'const one = n ? 2 : true;',
    ['const one = n ? true : 2;', 'const one = n ? 3 : true;', 'const one = n ? 2 : false;'],
  ],
  [
    'async () => { await rename(a); await rename(b); };',
    [
      'async () => { await rename(b); await rename(a); };',
      'async () => { ; await rename(b); };',
      'async () => { await rename(a); ; };',
    ],
  ],
])('the mutants of %s', (text, expected) => {
  expect(mutated(text).toSorted()).toEqual(expected.toSorted());
});

test('a draw is the same for the same seed, and stands in the order of the text', () => {
  const mutants = mutantsOf('a.ts', 'const list = [1, 2, 3, 4, 5, 6, 7, 8, 9];');
  const drawn = drawMutants(mutants, 4, 1, 'a.ts');
  expect(drawn).toHaveLength(4);
  expect(drawMutants(mutants, 4, 1, 'a.ts')).toEqual(drawn);
  expect(drawMutants(mutants, 4, 2, 'a.ts')).not.toEqual(drawn);
  expect(drawn.map(({ start }) => start)).toEqual(drawn.map(({ start }) => start).toSorted((a, b) => a - b));
});

test('the files and tests of the seams exist', () => {
  for (const path of seams.flatMap(({ files, tests }) => [...files, ...tests])) {
    expect(existsSync(join(root, path)), path).toBe(true);
  }
});
