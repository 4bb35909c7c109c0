import { expect, test } from 'vitest';
import { didYouMean, nearestNames } from '../../src/diagnostics/nearest.ts';

test.each([
  // one slip in up to five letters, and always one
  ['cat', 'bat', true],
  ['cat', 'bag', false],
  ['ab', 'ac', true],
  ['chann', 'chanm', true],
  ['chann', 'chamm', false],
  // two in six to eight
  ['kernel', 'kxrnxl', true],
  ['kernel', 'kxrnxx', false],
  ['channels', 'chxnnxls', true],
  ['channels', 'chxnnxlx', false],
  // three in nine
  ['depthwise', 'dxpthwxsx', true],
  ['depthwise', 'dxpxhwxsx', false],
  // a single letter is a slip for no other
  ['a', 'b', false],
  ['a', 'ab', false],
  // letters that change places are one slip, and case is none
  ['kernle', 'kernel', true],
  ['ca', 'ac', true],
  ['CONV', 'conv', true],
])('%s for %s: %s', (name, candidate, near) => {
  expect(nearestNames(name, [candidate])).toEqual(near ? [candidate] : []);
});

test('the nearest first, of equals in the order of the alphabet; no more than are asked for', () => {
  expect(nearestNames('stride', ['strides', 'strife', 'stride', 'strided', 'width'], 4)).toEqual([
    'strided',
    'strides',
    'strife',
  ]);
  expect(nearestNames('kernel', ['kernels', 'kernal', 'kernels2'], 2)).toEqual(['kernal', 'kernels']);
  expect(nearestNames('kernel', ['kernels', 'kernal'])).toEqual(['kernal']);
  expect(didYouMean('widht', ['width'])).toBe("; did you mean 'width'?");
  expect(didYouMean('height', ['width'])).toBe('');
});
