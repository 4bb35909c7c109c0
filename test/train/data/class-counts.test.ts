import { expect, test } from 'vitest';
import { plainWords } from '../../../src/diagnostics/words.ts';
import { classCounts, classCountsText, classCountsWarnings } from '../../../src/train/data/class-counts.ts';
import type { Split } from '../../../src/train/data/types.ts';

const splitOf = (...counts: readonly number[]): Split => {
  const labels = Int32Array.from(counts.flatMap((count, label) => Array<number>(count).fill(label)));
  return { count: labels.length, labels, locate: () => ({ kind: 'file', path: '' }), nameOf: String };
};

test('few classes are counted each, to train on and to validate with', () => {
  const counts = classCounts(['ant', 'bee', 'cat'], splitOf(18, 18, 2), splitOf(2, 2, 1));
  expect(counts[2]).toEqual({ name: 'cat', train: 2, validation: 1 });
  expect(classCountsText(counts)).toBe('ant: 18, bee: 18, cat: 2 (to validate with: 2, 2, 1)');
  expect(classCountsWarnings(counts, false)).toEqual([]);
  expect(classCountsText(classCounts(['ant', 'bee'], splitOf(3, 4), undefined))).toBe('ant: 3, bee: 4');
});

test('of a thousand classes a line tells the ends and the middle', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `n${i}`);
  const counts = classCounts(names, splitOf(...names.map((_, i) => 1 + ((i * 7) % 1000))), undefined);
  expect(classCountsText(counts)).toBe("from 1 image ('n0') to 1,000 ('n857'), median 501");
});

test('what is likely not meant: classes without images, and unequal ones', () => {
  const names = ['a', 'b', 'c', 'd'];
  const counts = classCounts(names, splitOf(40, 3, 0, 1), splitOf(4, 0, 1));
  expect(classCountsWarnings(counts, true)).toEqual([
    "there is no training image of 'c'",
    "there is no validation image of 'b', 'd'",
  ]);
  expect(plainWords(classCountsWarnings(counts, false)[2] ?? '')).toBe(
    "the classes are unbalanced: 'a' has 40 training images, 'd' 1; 'class-weights: balanced' or 'balanced' compensates for it",
  );
  expect(classCountsWarnings(classCounts(['a', 'b'], splitOf(20, 2), undefined), false).length).toBe(1);
  expect(classCountsWarnings(classCounts(['a', 'b'], splitOf(19, 2), undefined), false)).toEqual([]);
  const many = classCounts(
    Array.from({ length: 20 }, (_, i) => String(i)),
    splitOf(9),
    undefined,
  );
  expect(classCountsWarnings(many, false)).toEqual([
    "there is no training image of '1', '2', '3', '4', '5' and 14 more",
  ]);
});

test('classes that are most likely one, written in two ways', () => {
  const counts = classCounts(['Cat', 'cat', 'cat ', 'dog'], splitOf(2, 2, 2, 2), undefined);
  expect(classCountsWarnings(counts, false)).toEqual([
    "the classes 'Cat', 'cat', 'cat ' differ only in case or in spaces: they are trained as 3 classes",
  ]);
});
