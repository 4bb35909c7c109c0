import { expect, test } from 'vitest';
import type { Dataset } from '../../../src/train/data/types.ts';
import { checkClasses } from '../../../src/train/open/classified-network.ts';
import { build, model } from '../../language/build.ts';

const dataset = { path: 'data', classes: ['a', 'b'] } as unknown as Dataset;
const check = (members: string) =>
  checkClasses(build(model(`  input image: [3, 8, 8]\n${members}`)).graph, dataset, () => 'advice');

test('a network without class scores, or with several, is told what it lacks', () => {
  const head = '  stem: Conv(4, 3)\n  head: GlobalAvgPool\n';
  expect(() => check(head)).toThrow(/^'M' has no output of class scores, .* 'set: classes=0'$/);
  expect(() => check(`${head}  a: Linear(2)\n  b: head -> c: Linear(3)\n  return a, b`)).toThrow(
    "'M' has 2 outputs of class scores, not one",
  );
  expect(() => check(`${head}  a: Linear(3)`)).toThrow("'M' tells 3 classes apart, but 'data' has 2: advice");
  expect(() => check(`${head}  a: Linear(2)`)).not.toThrow();
  // A convolution as the classifier, as in SqueezeNet: the mean over its map has one number per class.
  expect(() => check('  scores: Conv(2, 1)\n  head: GlobalAvgPool')).not.toThrow();
});
